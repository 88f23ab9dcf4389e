import { describe, expect, it } from 'vitest';
import { BlockedError, HostLostError } from '../util/errors.ts';
import { simulate, type Fleet } from '../testing/fleet.ts';
import { schedule, type Job, type Work } from './schedule.ts';

interface Named extends Job {
  name: string;
}

const job = (name: string, host: string, seconds: number): Named => ({ name, host, seconds });

/** Runs jobs with leases that do all they can take at once, unless the test says otherwise; tells what happened. */
async function told(jobs: Named[], change: Partial<Work<Named>> = {}): Promise<string[]> {
  const lines: string[] = [];
  await schedule<Named>({
    jobs,
    bootSeconds: 60,
    copies: () => 1,
    fits: () => true,
    async lease(host, take, copy) {
      for (let next = take(); next !== undefined; next = take()) {
        lines.push(`${next.name} on ${host} ${copy}`);
        await Promise.resolve();
      }
    },
    lost: async (error, lost) => void lines.push(`${lost?.name ?? 'nothing'} lost: ${error.message}`),
    blocked: (given, why) => void lines.push(`${given.map(({ name }) => name).join(', ')} blocked: ${why.message}`),
    ...change,
  });
  return lines;
}

describe('the scheduler', () => {
  it('starts the host with most to do first, and its dearest job first', async () => {
    const jobs = [job('a', 'small', 10), job('b', 'big', 20), job('c', 'big', 30)];
    expect(await told(jobs, { fits: () => false })).toEqual(['c on big 1', 'b on big 1', 'a on small 1']);
  });

  it('brings up copies of a host while the open work is worth the start of another', async () => {
    const jobs = Array.from({ length: 4 }, (_, index) => job(`j${index}`, 'vm', 100));
    const lines = await told(jobs, { copies: () => Infinity, bootSeconds: 150 });
    expect(new Set(lines.map((line) => line.split(' ').at(-1)))).toEqual(new Set(['1', '2', '3']));
    expect(lines).toHaveLength(4);
    expect(await told(jobs, { copies: () => Infinity, bootSeconds: 1_000 })).toEqual(
      jobs.map(({ name }) => `${name} on vm 1`).toReversed(),
    );
  });

  it('does a job again whose host died, and gives it up when that happens again and again', async () => {
    const jobs = [job('deadly', 'vm', 100), job('meek', 'vm', 10)];
    const lines = await told(jobs, {
      async lease(host, take) {
        for (let next = take(); next !== undefined; next = take())
          if (next.name === 'deadly') throw new HostLostError(`${host} is lost`, '');
      },
    });
    expect(lines).toEqual([...Array<string>(6).fill('deadly lost: vm is lost'), 'deadly blocked: vm is lost']);
  });

  it('gives up a host that dies before it takes anything', async () => {
    const lines = await told([job('a', 'vm', 1)], { lease: () => Promise.reject(new HostLostError('vm is lost', '')) });
    expect(lines).toEqual([...Array<string>(5).fill('nothing lost: vm is lost'), 'a blocked: vm is lost']);
  });

  it('gives up the work of a host that is unavailable, and goes on with others', async () => {
    const lines = await told([job('a', 'none', 50), job('b', 'none', 40), job('c', 'vm', 10)], {
      async lease(host, take) {
        if (host === 'none') throw new BlockedError('there is none');
        while (take() !== undefined);
      },
    });
    expect(lines).toEqual(['b, a blocked: there is none']);
  });

  it('does without a copy that is unavailable', async () => {
    const done: string[] = [];
    const lines = await told([job('a', 'vm', 500), job('b', 'vm', 400)], {
      copies: () => 2,
      async lease(_, take, copy) {
        if (copy === 2) throw new BlockedError('no memory for a second');
        for (let next = take(); next !== undefined; next = take()) {
          done.push(next.name);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    });
    expect({ lines, done }).toEqual({ lines: [], done: ['a', 'b'] });
  });

  it('ends with an error of its own once the other leases have ended, and starts nothing more', async () => {
    const ended: string[] = [];
    const work = told([job('a', 'broken', 500), job('b', 'vm', 400), job('c', 'vm', 300)], {
      async lease(host, take) {
        take();
        if (host === 'broken') throw new TypeError('a slip');
        await new Promise((resolve) => setImmediate(resolve));
        ended.push(`${host} ${take()?.name ?? 'idle'}`);
      },
    });
    await expect(work).rejects.toThrow('a slip');
    expect(ended).toEqual(['vm idle']);
  });

  it('has nothing to do without jobs', async () => {
    expect(await told([])).toEqual([]);
  });
});

const fleet: Fleet = {
  seed: 1,
  machines: 200,
  hosts: 10,
  pinned: false,
  enginesPerHost: 200,
  cellsPerEngine: 10,
  death: 0.002,
  refusal: 0.01,
  slow: 0.05,
};

describe('a simulated fleet of 200 machines and 20,000 cells', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'finishes each cell once, within 1.2 of the lower bound, whatever dies (seed %i)',
    async (seed) => {
      const outcome = await simulate({ ...fleet, seed });
      expect(outcome.finished).toHaveLength(20_000);
      expect(outcome.finished.every((times) => times === 1)).toBe(true);
      expect(outcome).toMatchObject({ blocked: 0, open: 0 });
      expect(outcome.deaths).toBeGreaterThan(10);
      expect(outcome.refusals).toBeGreaterThan(0);
      expect(outcome.mostActive).toBeLessThanOrEqual(200);
      expect(outcome.makespan / outcome.lowerBound).toBeLessThan(1.2);
    },
  );

  it('does so too where each host is one machine and no other', async () => {
    const outcome = await simulate({ ...fleet, hosts: 200, pinned: true, enginesPerHost: 10, refusal: 0 });
    expect(outcome.finished.every((times) => times === 1)).toBe(true);
    expect(outcome.makespan / outcome.lowerBound).toBeLessThan(1.2);
  });

  it('accounts for every cell of a host that is unavailable', async () => {
    const outcome = await simulate({ ...fleet, hosts: 200, pinned: true, enginesPerHost: 10, refusal: 0.1 });
    const finished = outcome.finished.reduce((total, times) => total + times, 0);
    expect(outcome.blocked).toBeGreaterThan(0);
    expect(finished + outcome.blocked).toBe(20_000);
  });

  it('ends equally for an equal seed', async () => {
    expect(await simulate(fleet)).toEqual(await simulate(fleet));
  });
});
