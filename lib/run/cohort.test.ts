import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cohort } from './cohort.ts';

/** What happened, and a change that tells of itself. */
function telling() {
  const told: string[] = [];
  const change = (): Promise<AsyncDisposable> => {
    told.push('changed');
    return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(void told.push('undone')) });
  };
  return { told, change };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a cohort of pods', () => {
  it('has its host changed once for all, until the last is gone', async () => {
    const { told, change } = telling();
    const cohort = new Cohort();
    const [one, two] = await Promise.all([cohort.join(change), cohort.join(change)]);
    await one[Symbol.asyncDispose]();
    expect(told).toEqual(['changed']);
    const third = await cohort.join(change);
    await two[Symbol.asyncDispose]();
    await third[Symbol.asyncDispose]();
    expect(told).toEqual(['changed', 'undone']);
  });

  it('changes it again for whoever comes later, and not before it is as it was', async () => {
    const { told, change } = telling();
    const cohort = new Cohort();
    const one = await cohort.join(change);
    const [, two] = await Promise.all([one[Symbol.asyncDispose](), cohort.join(change)]);
    await two[Symbol.asyncDispose]();
    expect(told).toEqual(['changed', 'undone', 'changed', 'undone']);
  });

  it('waits for a member that is still to come, and for none that is gone', async () => {
    const cohort = new Cohort<string>();
    const [one, two, gone] = await Promise.all([1, 2, 3].map(() => cohort.join(telling().change)));
    let acts = 0;
    const act = (): Promise<string> => Promise.resolve(`${++acts}`);
    const first = one?.once(act);
    await gone?.[Symbol.asyncDispose]();
    await turn();
    expect(acts).toBe(0);
    expect(await two?.once(act)).toBe('1');
    expect(await first).toBe('1');
  });

  it('gives everybody what was thrown, and can go on', async () => {
    const cohort = new Cohort<string>();
    const failed = () => Promise.reject(new Error('no bus'));
    await expect(cohort.join(failed)).rejects.toThrow('no bus');
    const members = await Promise.all([1, 2].map(() => cohort.join(telling().change)));
    const both = await Promise.allSettled(members.map((member) => member.once(failed)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all(members.map((member) => member.once(() => Promise.resolve('done'))))).toEqual(['done', 'done']);
  });

  it('throws what could not be undone to the last, and to nobody who comes later', async () => {
    const cohort = new Cohort();
    const stuck = { [Symbol.asyncDispose]: () => Promise.reject(new Error('read-only')) };
    const one = await cohort.join(() => Promise.resolve(stuck));
    await expect(one[Symbol.asyncDispose]()).rejects.toThrow('read-only');
    const two = await cohort.join(telling().change);
    await two[Symbol.asyncDispose]();
  });

  it('acts in no order of events while somebody has not come so far, and keeps nobody waiting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), async (scheduler, comes) => {
        const cohort = new Cohort<string>();
        const onTheWay = new Set<number>();
        let changed = 0;
        const pod = async (index: number): Promise<string> => {
          await scheduler.schedule(Promise.resolve(), 'start');
          onTheWay.add(index);
          await using member = await cohort.join(async () => {
            expect(++changed).toBe(1);
            await scheduler.schedule(Promise.resolve(), 'change');
            return { [Symbol.asyncDispose]: async () => void (await scheduler.schedule(Promise.resolve(), 'undo'), changed--) };
          });
          await scheduler.schedule(Promise.resolve(), 'launch');
          onTheWay.delete(index);
          if (comes[index] !== true) return 'failed';
          return await member.once(() => {
            expect([...onTheWay]).toEqual([]);
            return scheduler.schedule(Promise.resolve('acted'), 'act');
          });
        };
        const results = await scheduler.waitFor(Promise.all(comes.map((_, index) => pod(index))));
        expect(results).toEqual(comes.map((come) => (come ? 'acted' : 'failed')));
        expect(changed).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
