import { expect, test } from 'vitest';
import { Semaphore } from './semaphore.ts';

test('a semaphore never lets more work in than it has slots, and lets all of it in', async () => {
  const semaphore = new Semaphore(3);
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 20 }, (_, index) =>
    semaphore.run(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (index % 5 === 0) throw new Error('failed work frees its slot too');
      return index;
    }),
  );
  const settled = await Promise.allSettled(work);
  expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(16);
  expect(most).toBe(3);
  expect(running).toBe(0);
});

test('work with a cohort keeps its place in the queue, and runs only beside others of that', async () => {
  const semaphore = new Semaphore(2);
  const running = new Set<string>();
  const seen: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    running.add(name);
    seen.push([...running].join('+'));
    await new Promise((resolve) => setImmediate(resolve));
    running.delete(name);
  };
  const [own, shared] = [{}, {}];
  await Promise.all([
    ...['a', 'b'].map((name) => semaphore.run(work(name))),
    semaphore.run(work('alone'), own),
    ...['one', 'two', 'three'].map((name) => semaphore.run(work(name), shared)),
    ...['c', 'd'].map((name) => semaphore.run(work(name))),
  ]);
  expect(seen).toEqual(['a', 'a+b', 'alone', 'one', 'one+two', 'two+three', 'c', 'c+d']);
});
