import { BlockedError, HostLostError } from '../util/errors.ts';

/** What is done on one host in one piece: an engine with its cells. */
export interface Job {
  host: string;
  /** Expected. */
  seconds: number;
}

export interface Work<J extends Job> {
  jobs: readonly J[];
  /** What another copy of a host takes before it does anything. */
  bootSeconds: number;
  /** How many copies of a host there can be: one of a real machine. */
  copies: (host: string) => number;
  /** Whether a lease of `host` fits beside those that are active. It is not asked when none is. */
  fits: (host: string, active: readonly string[]) => boolean;
  /**
   * Leases a host, and does what `take` gives until it gives nothing. `copy` is a number from 1 that no other active lease of
   * this host has. Throws HostLostError when the host died, and BlockedError when it was unavailable.
   */
  lease: (host: string, take: () => J | undefined, copy: number) => Promise<void>;
  /** A host died over a job, or before it took one. The job is done again after this. */
  lost: (error: HostLostError, job: J | undefined) => Promise<void>;
  /** These jobs will not be done. */
  blocked: (jobs: J[], why: Error) => void;
}

/** How often one job may lose its host, and a host die before it took a job, before they are given up. */
const mostLosses = 5;

/** How often another copy of a host may be refused before no more are tried. */
const mostRefusals = 5;

interface HostState<J> {
  name: string;
  /** What nobody has taken, the cheapest first. */
  open: J[];
  openSeconds: number;
  copies: Set<number>;
  /** As many as there can be, or as there could be when one was last refused. */
  mostCopies: number;
  refusals: number;
  /** Deaths before a job was taken. */
  losses: number;
}

/**
 * Does every job once: hosts with most to do come up first, each takes its dearest job first, a copy of a host comes up where
 * it saves more than its start, and what a dead host had taken is taken up again. It knows no time and starts nothing itself, so
 * that a fleet can be simulated with it. An error of another kind ends it, once the other leases have ended.
 */
export async function schedule<J extends Job>(work: Work<J>): Promise<void> {
  const hosts = hostStates(work);
  const losses = new Map<J, number>();
  const active: string[] = [];
  let failure: { error: unknown } | undefined;

  const giveBack = (host: HostState<J>, job: J): void => {
    host.open.push(job);
    host.open.sort((a, b) => a.seconds - b.seconds);
    host.openSeconds += job.seconds;
  };

  const giveUp = (host: HostState<J>, jobs: J[], why: Error): void => {
    host.open = host.open.filter((job) => !jobs.includes(job));
    host.openSeconds = host.open.reduce((sum, { seconds }) => sum + seconds, 0);
    if (jobs.length > 0) work.blocked(jobs, why);
  };

  const onLoss = async (host: HostState<J>, job: J | undefined, error: HostLostError): Promise<void> => {
    await work.lost(error, job);
    if (job === undefined) {
      if (++host.losses >= mostLosses) giveUp(host, host.open, error);
      return;
    }
    const before = losses.get(job) ?? 0;
    losses.set(job, before + 1);
    if (before >= mostLosses) work.blocked([job], error);
    else giveBack(host, job);
  };

  /** A copy that is unavailable is done without while another works; the last one takes the work of its host with it. */
  const onBlocked = (host: HostState<J>, job: J | undefined, error: BlockedError): void => {
    if (job !== undefined) giveBack(host, job);
    host.refusals++;
    if (host.copies.size > 1) host.mostCopies = host.copies.size - 1;
    else giveUp(host, host.open, error);
  };

  /** What a lease gives back when it ends may be what a refused copy lacked. */
  const onEnd = (): void => {
    for (const host of hosts) if (host.refusals < mostRefusals) host.mostCopies = work.copies(host.name);
  };

  const lease = async (host: HostState<J>, copy: number): Promise<void> => {
    let taken: J | undefined;
    const take = (): J | undefined => {
      taken = failure === undefined ? host.open.pop() : undefined;
      host.openSeconds -= taken?.seconds ?? 0;
      return taken;
    };
    try {
      await work.lease(host.name, take, copy);
      onEnd();
    } catch (error) {
      if (error instanceof HostLostError) await onLoss(host, taken, error);
      else if (error instanceof BlockedError) onBlocked(host, taken, error);
      else throw error;
    }
  };

  await new Promise<void>((resolve) => {
    const advance = (): void => {
      for (;;) {
        const host = failure === undefined ? next(hosts, active, work) : undefined;
        if (host === undefined) break;
        const copy = firstFree(host.copies);
        host.copies.add(copy);
        active.push(host.name);
        void lease(host, copy)
          .catch((error: unknown) => (failure ??= { error }))
          .finally(() => {
            host.copies.delete(copy);
            active.splice(active.indexOf(host.name), 1);
            advance();
          });
      }
      if (active.length === 0) resolve();
    };
    advance();
  });
  if (failure !== undefined) throw failure.error;
}

function hostStates<J extends Job>({ jobs, copies }: Work<J>): HostState<J>[] {
  const hosts = new Map<string, HostState<J>>();
  for (const job of jobs.toSorted((a, b) => a.seconds - b.seconds)) {
    const host = hosts.get(job.host) ?? {
      name: job.host,
      open: [],
      openSeconds: 0,
      copies: new Set(),
      mostCopies: copies(job.host),
      refusals: 0,
      losses: 0,
    };
    host.open.push(job);
    host.openSeconds += job.seconds;
    hosts.set(job.host, host);
  }
  return [...hosts.values()];
}

/** The host with most open work for each of its copies, of those that another lease helps and that fit. */
function next<J extends Job>(hosts: readonly HostState<J>[], active: readonly string[], work: Work<J>): HostState<J> | undefined {
  let best: HostState<J> | undefined;
  for (const host of hosts) {
    const { open, openSeconds, copies, mostCopies } = host;
    const helps = open.length > 0 && copies.size < mostCopies && (copies.size === 0 || openSeconds > work.bootSeconds);
    if (!helps || (best !== undefined && share(host) <= share(best))) continue;
    if (active.length === 0 || work.fits(host.name, active)) best = host;
  }
  return best;
}

function share<J>({ openSeconds, copies }: HostState<J>): number {
  return openSeconds / (copies.size + 1);
}

function firstFree(taken: ReadonlySet<number>): number {
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}
