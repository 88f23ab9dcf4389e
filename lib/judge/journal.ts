import type { JournalEvent } from '../model/journal.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Span } from '../model/document.ts';

type Blocked = Extract<JournalEvent, { event: 'blocked' }>;

/** The journal of one run as look-up tables. */
export type Journal = ReturnType<typeof digest>;

/** Later events win, as a resumed run repeats some. */
export function digest(events: readonly JournalEvent[]) {
  const journal = {
    run: { id: '', started: '', ended: '', podproof: '', complete: false },
    hosts: new Map<string, Extract<JournalEvent, { event: 'host' }>>(),
    artifacts: new Map<string, Extract<JournalEvent, { event: 'artifact' }>>(),
    leases: new Map<string, LeaseRecord>(),
    blocked: new Map<string, Pick<Blocked, 'reason' | 'remedy'>>(),
    spans: [] as Span[],
  };
  for (const event of events) {
    switch (event.event) {
      case 'started':
        journal.run.id = event.run;
        journal.run.started ||= event.at;
        // Until it ends again, a run that was started once more is not complete.
        journal.run.complete = false;
        journal.run.podproof = event.podproof;
        // A resumed run tries again what was blocked.
        journal.blocked.clear();
        break;
      case 'host':
        journal.hosts.set(event.host, event);
        break;
      case 'artifact':
        journal.artifacts.set(event.key, event);
        break;
      case 'lease':
        journal.leases.set(event.record.lease, event.record);
        break;
      case 'blocked':
        for (const cell of event.cells) journal.blocked.set(cell, event);
        break;
      case 'span':
        journal.spans.push(event.span);
        break;
      case 'ended':
        journal.run.ended = event.at;
        journal.run.complete = event.complete;
        break;
    }
  }
  return journal;
}
