import { Worker } from 'node:worker_threads';
import { messageOf } from '../../util/errors.ts';
import { timeoutFactor } from '../../util/wait.ts';

export interface Finding {
  /** Number of the input; with the seed it is made again. */
  index: number;
  why: string;
}

export interface FuzzResult {
  target: string;
  inputs: number;
  findings: Finding[];
  seconds: number;
  /** Most memory of this process while the target ran. */
  peakMiB: number;
}

export interface FuzzOptions {
  seed: number;
  count: number;
  from?: number;
  /** An input that takes longer than this hangs. */
  hangMs?: number;
  /** Where the targets are. */
  module?: URL;
  /** When the whole process takes so much more memory than at first, that is a finding. */
  mostMiB?: number;
}

const enough = 20;

/** What this process takes, in MiB. */
const memory = (): number => Math.round(process.memoryUsage.rss() / 1024 ** 2);
const notBegun = -1;

/**
 * Tries one target in a thread of its own, which is ended when an input hangs or takes too much memory; the next input goes
 * on in a new one. Ends early after 20 findings.
 */
export async function fuzz(target: string, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, count, from = 0, mostMiB = 512, module = new URL('targets.ts', import.meta.url) } = options;
  const started = performance.now();
  const atFirst = memory();
  const result: FuzzResult = { target, inputs: 0, findings: [], seconds: 0, peakMiB: 0 };
  let next = from;
  // On a machine under load a thread may be stopped for as long as a hang takes: an input hangs when it does so twice.
  let suspect = notBegun;
  while (next < from + count && result.findings.length < enough) {
    const counter = new SharedArrayBuffer(4);
    const current = new Int32Array(counter).fill(notBegun);
    const worker = new Worker(new URL('worker.mjs', import.meta.url), {
      workerData: { module: module.href, name: target, seed, from: next, to: from + count, counter },
      resourceLimits: { maxOldGenerationSizeMb: mostMiB },
    });
    const end = await watch(worker, current, result, { hangMs: options.hangMs ?? 10_000, mostMiB, atFirst });
    const index = Atomics.load(current, 0);
    if (end === 'hang' && index !== suspect) next = suspect = index;
    else {
      if (end === 'hang') result.findings.push({ index, why: `twice no answer within ${(options.hangMs ?? 10_000) / 1000} s` });
      next = end === 'done' ? from + count : index + 1;
    }
  }
  result.inputs = next - from;
  result.seconds = Math.round((performance.now() - started) / 100) / 10;
  return result;
}

type End = 'done' | 'hang' | 'finding';

/** How the worker ended: with all its inputs, with one that did not end, or with one that ended it. */
function watch(
  worker: Worker,
  current: Int32Array,
  result: FuzzResult,
  limits: Required<Pick<FuzzOptions, 'hangMs' | 'mostMiB'>> & { atFirst: number },
): Promise<End> {
  return new Promise((resolve, reject) => {
    let last = { index: notBegun, at: performance.now() };
    let end: End | undefined;
    const stop = (how: End, why?: string): void => {
      // A thread that is busy takes a while to end.
      if (end !== undefined) return;
      end = how;
      if (why !== undefined) result.findings.push({ index: Atomics.load(current, 0), why });
      void worker.terminate();
    };
    const timer = setInterval(() => {
      const index = Atomics.load(current, 0);
      // Loading a thread takes longer than any input may.
      if (index === notBegun || index !== last.index) last = { index, at: performance.now() };
      else if (performance.now() - last.at > limits.hangMs * timeoutFactor) stop('hang');
      const used = memory();
      result.peakMiB = Math.max(result.peakMiB, used);
      const more = used - limits.atFirst;
      if (more > limits.mostMiB) stop('finding', `${more} MiB of memory, more than ${limits.mostMiB}`);
      if (result.findings.length >= enough) stop('finding');
    }, 200);
    worker.on('message', (message: 'done' | Finding) => {
      if (message === 'done') end ??= 'done';
      else result.findings.push(message);
    });
    worker.on('error', (error) => {
      if (Atomics.load(current, 0) === notBegun) reject(error);
      else stop('finding', messageOf(error));
    });
    worker.on('exit', () => {
      clearInterval(timer);
      resolve(end ?? 'finding');
    });
  });
}
