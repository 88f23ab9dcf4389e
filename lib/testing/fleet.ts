import { BlockedError, HostLostError } from '../util/errors.ts';
import { schedule, type Job } from '../run/schedule.ts';
import { fractions } from '../util/random.ts';

export interface Fleet {
  seed: number;
  /** Machines that can be leased at once. */
  machines: number;
  /** Kinds of host; each machine can become a copy of any. With `pinned` each is one machine and no other. */
  hosts: number;
  pinned: boolean;
  enginesPerHost: number;
  cellsPerEngine: number;
  /** Probabilities: that a host dies in a cell, that it does not come up, and that it is slow (half as quick). */
  death: number;
  refusal: number;
  slow: number;
}

export interface Outcome {
  makespan: number;
  /** No schedule is quicker: the work over all machines' speed, or the host or the engine that takes longest. */
  lowerBound: number;
  /** How often each cell was finished. */
  finished: Uint8Array;
  blocked: number;
  deaths: number;
  refusals: number;
  mostActive: number;
  /** Leases that began and did not end. */
  open: number;
}

interface Engine extends Job {
  /** Real seconds of each cell on a machine of usual speed, and the number of the first. */
  cells: Float64Array;
  first: number;
  /** Cells that are done: a host that died goes on where it was. */
  done: number;
}

const boot = 60;

/** Runs a fleet of made-up hosts in virtual time with the scheduler of real runs. Equal fleets end equally. */
export async function simulate(fleet: Fleet): Promise<Outcome> {
  const random = fractions(fleet.seed);
  const clock = new VirtualClock();
  const cellCount = fleet.hosts * fleet.enginesPerHost * fleet.cellsPerEngine;
  const jobs: Engine[] = [];
  for (let n = 0; n < fleet.hosts * fleet.enginesPerHost; n++) {
    const cells = Float64Array.from({ length: fleet.cellsPerEngine }, () => 30 + 300 * random() ** 3);
    // What is expected is wrong by up to a half.
    const seconds = sum(cells) * (0.5 + random());
    jobs.push({ host: `host-${n % fleet.hosts}`, seconds, cells, first: n * fleet.cellsPerEngine, done: 0 });
  }
  const speeds = Array.from({ length: fleet.machines }, () => (random() < fleet.slow ? 0.5 : 1));
  const idle = [...speeds.keys()];
  const outcome = { finished: new Uint8Array(cellCount), blocked: 0, deaths: 0, refusals: 0, mostActive: 0, open: 0 };
  const machineOf = (host: string): number => (fleet.pinned ? Number(host.slice('host-'.length)) : (idle.pop() ?? NaN));

  await schedule<Engine>({
    jobs,
    bootSeconds: boot,
    copies: () => (fleet.pinned ? 1 : fleet.machines),
    fits: (_, active) => active.length < fleet.machines,
    async lease(host, take) {
      const machine = machineOf(host);
      const speed = speeds[machine] ?? NaN;
      outcome.mostActive = Math.max(outcome.mostActive, ++outcome.open);
      try {
        await clock.sleep(boot);
        if (random() < fleet.refusal) {
          outcome.refusals++;
          throw new BlockedError(`Cannot bring up ${host}`);
        }
        for (let job = take(); job !== undefined; job = take()) {
          while (job.done < job.cells.length) {
            const dies = random() < fleet.death;
            await clock.sleep(((job.cells[job.done] ?? NaN) / speed) * (dies ? random() : 1));
            if (dies) {
              outcome.deaths++;
              throw new HostLostError(`${host} is lost`, '');
            }
            const cell = job.first + job.done++;
            outcome.finished[cell] = (outcome.finished[cell] ?? 0) + 1;
          }
        }
      } finally {
        outcome.open--;
        if (!fleet.pinned) idle.push(machine);
      }
    },
    lost: () => Promise.resolve(),
    blocked(given) {
      for (const job of given) outcome.blocked += job.cells.length - job.done;
    },
  });
  return { ...outcome, makespan: clock.now, lowerBound: boot + lowerBound(fleet, jobs, speeds) };
}

function lowerBound(fleet: Fleet, jobs: Engine[], speeds: number[]): number {
  const work = jobs.map(({ cells }) => sum(cells));
  const longest = Math.max(...work) / Math.max(...speeds);
  if (!fleet.pinned) return Math.max(longest, sum(work) / sum(speeds));
  const loads = speeds.map(() => 0);
  for (const [index, { host }] of jobs.entries()) {
    const machine = Number(host.slice('host-'.length));
    loads[machine] = (loads[machine] ?? 0) + (work[index] ?? 0) / (speeds[machine] ?? 1);
  }
  return Math.max(...loads);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Time that passes only when everybody waits for it. */
class VirtualClock {
  now = 0;
  readonly #sleepers: Array<{ at: number; wake: () => void }> = [];
  #armed = false;

  sleep(seconds: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.now + seconds;
      // The last one wakes first; of several at one moment the one that slept first.
      this.#sleepers.splice(this.#sleepers.findLastIndex((other) => other.at > at) + 1, 0, { at, wake });
      this.#arm();
    });
  }

  /** All that follows from a waking has happened once the event loop turns. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      const first = this.#sleepers.pop();
      if (first === undefined) return;
      this.now = first.at;
      first.wake();
      if (this.#sleepers.length > 0) this.#arm();
    });
  }
}
