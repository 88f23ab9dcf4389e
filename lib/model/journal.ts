import { z } from 'zod';
import { Span } from './document.ts';
import { Fixtures } from './fixtures.ts';
import { HostFacts } from './host-facts.ts';
import { LeaseRecord } from './lease-record.ts';

/** What happened in a run, one line each, appended and flushed. Observations are beside it, by cell. */
export const JournalEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), run: z.string(), at: z.string(), podproof: z.string(), profile: z.string() }),
  z.object({ event: z.literal('host'), host: z.string(), facts: HostFacts, fixtures: Fixtures }),
  z.object({
    event: z.literal('artifact'),
    /** Of the component in the plan. */
    key: z.string(),
    name: z.string(),
    version: z.string(),
    source: z.string(),
    sha256: z.string(),
    /** Checksums of the executables by base name. */
    binaries: z.record(z.string(), z.string()),
  }),
  z.object({ event: z.literal('lease'), record: LeaseRecord }),
  z.object({
    event: z.literal('blocked'),
    cells: z.array(z.string()),
    /** The whole sentence, with the remedy at its end. */
    reason: z.string(),
    remedy: z.string().optional(),
  }),
  z.object({ event: z.literal('span'), span: Span }),
  z.object({ event: z.literal('ended'), at: z.string(), complete: z.boolean() }),
]);
export type JournalEvent = z.infer<typeof JournalEvent>;

/** What the engines of a run were, lease by lease. */
export function leasesIn(events: readonly JournalEvent[]): LeaseRecord[] {
  return events.flatMap((event) => (event.event === 'lease' ? [event.record] : []));
}
