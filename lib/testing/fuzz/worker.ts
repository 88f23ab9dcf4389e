import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { mutant } from './mutate.ts';
import type { Target } from './target.ts';

const Task = z.object({
  module: z.string(),
  name: z.string(),
  seed: z.number(),
  from: z.number(),
  to: z.number(),
  counter: z.instanceof(SharedArrayBuffer),
});

/** Tries one target with inputs `from` to `to`. The counter tells which one is under way, also when it never ends. */
const { module, name, seed, from, to, counter } = Task.parse(workerData);
const current = new Int32Array(counter);
const { targets } = (await import(module)) as { targets: readonly Target[] };
const target = targets.find((each) => each.name === name);
if (target === undefined) throw new RangeError(`Cannot fuzz "${name}": there is no such target`);
const corpus = await target.corpus();
const opened = await target.open();
try {
  for (let index = from; index < to; index++) {
    Atomics.store(current, 0, index);
    try {
      await opened.try(mutant(corpus, seed, index));
    } catch (error) {
      parentPort?.postMessage({ index, why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
} finally {
  await opened[Symbol.asyncDispose]?.();
}
parentPort?.postMessage('done');
