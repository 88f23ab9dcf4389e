import type { TestAnnotation } from 'vitest';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { compiled } from '../util/compiled.mjs';
import type { Observation } from '../model/observation.ts';
import { packageRoot } from '../util/paths.ts';
import { openHandover } from './handover.ts';
import { begun, type WorkerContext } from './worker-context.ts';

export interface SuiteRun {
  context: WorkerContext;
  signal: AbortSignal;
  /** Hears of every task that is done: with what was observed, as it was recorded. */
  onObserved: (observation: Observation) => void;
  /** Called when a pod gets its slot, and when it is gone: `debian-13/containerd-1.7.24/crun-1.21 user-and-group`. */
  onPod: (pod: string, begun: boolean) => void;
}

/** vitest for one engine lease. */
export interface LeaseSuites extends AsyncDisposable {
  /**
   * Does the tasks of a lease, once. Observations are recorded by the worker; what vitest itself could not run
   * (suites that do not load, a worker that died) is returned as errors.
   */
  run(work: SuiteRun): Promise<string[]>;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
/** For a worker to remove its pods when the run is stopped: an engine that answers needs less, and stopping one that does not ends them too. */
const graceMs = 10_000;

/**
 * Begins to load vitest and a worker with all suites: while an engine starts, nobody waits for them. Never throws: `run` does.
 */
export function prepareSuites(): LeaseSuites {
  const errors: string[] = [];
  const heard: Pick<SuiteRun, 'onObserved' | 'onPod'> = { onObserved: () => undefined, onPod: () => undefined };
  const handover = openHandover();
  const { exitCode } = process;
  const ready = start(reporter(heard, errors), handover.name);
  const ran = ready.then((vitest) => vitest.start());
  ran.catch(() => undefined);
  let given = false;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    handover.give(undefined);
    const vitest = await ready.catch(() => undefined);
    // A worker that vitest only starts while it is closed would outlive it; one that has nothing to test ends by itself.
    if (!given) await ran.catch(() => undefined);
    await vitest?.close();
    // vitest sets it for failed tests; ours is decided by verdicts.
    process.exitCode = exitCode;
  };
  return {
    async run(work) {
      const vitest = await ready;
      Object.assign(heard, { onObserved: work.onObserved, onPod: work.onPod });
      const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
      work.signal.addEventListener('abort', cancel, { once: true });
      try {
        work.signal.throwIfAborted();
        given = true;
        handover.give(work.context);
        await Promise.race([ran, abandoned(work.signal)]);
        work.signal.throwIfAborted();
        process.exitCode = exitCode;
      } finally {
        work.signal.removeEventListener('abort', cancel);
        // Nobody waits for the end of the worker but who ends the lease.
        closing = close();
        closing.catch(() => undefined);
      }
      return errors;
    },
    async [Symbol.asyncDispose]() {
      await (closing ?? close());
      handover[Symbol.dispose]();
    },
  };
}

async function start(heard: Reporter, handover: string): Promise<Vitest> {
  const { createVitest } = await import('vitest/node');
  // As they would have to be transformed one by one in each run.
  const [suites = '', runner = ''] = await compiled('suites/all.ts', 'lib/run/suite-runner.ts');
  const ours = signals.map((signal) => process.listeners(signal));
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: packageRoot,
      watch: false,
      include: [suites],
      exclude: [],
      runner,
      reporters: [heard],
      // Pods, calls and probes have deadlines of their own; a test only waits for its scenario.
      testTimeout: 0,
      maxConcurrency: 10_000,
      pool: 'threads',
      isolate: false,
      fileParallelism: false,
      retry: 0,
      passWithNoTests: true,
    },
    { logLevel: 'error' },
  );
  // vitest would end the process a millisecond after a signal, and with it the release of the host.
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) if (!ours[index]?.includes(listener)) process.off(signal, listener);
  });
  vitest.provide('podproof', handover);
  return vitest;
}

function reporter(heard: Pick<SuiteRun, 'onObserved' | 'onPod'>, errors: string[]): Reporter {
  return {
    onTestCaseAnnotate(_, { message, type }: TestAnnotation) {
      heard.onPod(message, type === begun);
    },
    onTestCaseResult(test: TestCase) {
      const result = test.result();
      const { podproof } = test.meta();
      if (podproof !== undefined) heard.onObserved(podproof);
      else if (result.state === 'failed') {
        errors.push(`${test.fullName}: ${result.errors[0]?.stack ?? result.errors[0]?.message ?? 'failed without an error'}`);
      }
    },
    onTestModuleEnd(module: TestModule) {
      for (const error of module.errors()) errors.push(`${module.relativeModuleId}: ${error.stack ?? error.message}`);
    },
    onTestRunEnd(_, unhandled) {
      for (const error of unhandled) errors.push(error.stack ?? error.message);
    },
  };
}

/** Rejects where a worker has not ended by itself within some seconds after `signal`: it removes its pods until then. */
function abandoned(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => void setTimeout(() => reject(signal.reason), graceMs).unref(), { once: true }),
  );
}
