import { hostKindFacts } from '../hosts/facts.ts';
import { fitTogether } from '../hosts/shared/machine-lease.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { Costs } from '../plan/cost.ts';
import { planLeases } from '../plan/leases.ts';
import type { HostLostError } from '../util/errors.ts';
import { reasonNot, resolveAll, type Resolved } from './artifacts.ts';
import { jobsOf, leaseHost, type HostJob } from './host-lease.ts';
import type { HostWork } from './host-work.ts';
import { schedule } from './schedule.ts';
import type { Stage } from './stage.ts';

/** Resolves the artifacts of these cells; `before` is the journal of a run that is resumed. */
export async function resolveOn(
  { timeline, signal, progress, folder }: Stage,
  cells: readonly PlannedCell[],
  before: readonly JournalEvent[] = [],
): Promise<Map<string, Resolved>> {
  return timeline.span('artifact', 'resolve', () =>
    resolveAll(cells, {
      signal,
      progress: (text) => progress.line('artifact', text),
      append: (event) => folder.append(event),
      before,
    }),
  );
}

/** The cells that have all their artifacts; the others are blocked. */
export function withArtifacts(
  stage: Stage,
  cells: readonly PlannedCell[],
  resolved: ReadonlyMap<string, Resolved>,
): PlannedCell[] {
  return cells.filter((cell) => {
    const reason = reasonNot(cell, resolved);
    if (reason !== undefined) stage.block([cell], reason);
    return reason === undefined;
  });
}

export interface Leasing {
  by: Costs;
  /** Each host once, however often it could be leased. */
  once: boolean;
  /** A host died over these cells; they are tried again after this. */
  lost: (error: HostLostError, cells: readonly PlannedCell[]) => Promise<void>;
}

/** Leases the hosts of these cells, and does the work of each of their engines. */
export async function onHosts(
  stage: Stage,
  work: HostWork,
  cells: readonly PlannedCell[],
  { by, once, lost }: Leasing,
): Promise<void> {
  const hosts = new Map(cells.map(({ host }) => [host.id, host]));
  const hostOf = (id: string): PlannedCell['host'] => {
    const host = hosts.get(id);
    if (host === undefined) throw new Error(`Cannot lease ${id}: the plan has no such host`);
    return host;
  };
  await schedule<HostJob>({
    jobs: planLeases(cells).flatMap((group) => jobsOf(group, by)),
    bootSeconds: by.host,
    copies: (host) => (once ? 1 : hostKindFacts(hostOf(host).spec).copies),
    fits: (host, active) => fitTogether([host, ...active].map((id) => hostOf(id).spec)),
    lease: (host, take, copy) => leaseHost(stage, work, hostOf(host), take, copy),
    lost: async (error, job) => {
      stage.progress.line('host', `${error.message}; bringing it back`);
      await lost(error, job?.group.cells ?? []);
    },
    blocked(jobs, why) {
      stage.block(
        jobs.flatMap(({ group }) => group.cells),
        why,
      );
    },
  });
}
