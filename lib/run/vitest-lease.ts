import { join } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { packageRoot } from '../util/paths.ts';
import type { WorkerContext } from './worker-context.ts';

export interface SuiteRun {
  context: WorkerContext;
  signal: AbortSignal;
  /** Hears of every finished test: one rule in one cell. */
  onRule: (title: string, passed: boolean) => void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the selected rules of all suites through vitest, once for an engine lease. Observations are recorded by the worker;
 * what vitest itself could not run (suites that do not load, a worker that died) is returned as errors.
 */
export async function runSuites(run: SuiteRun): Promise<string[]> {
  const { createVitest } = await import('vitest/node');
  const errors: string[] = [];
  const ours = signals.map((signal) => process.listeners(signal));
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: packageRoot,
      watch: false,
      include: ['suites/all.ts'],
      runner: join(packageRoot, 'lib/run/suite-runner.ts'),
      reporters: [reporter(run, errors)],
      provide: { podproof: run.context },
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
  const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
  run.signal.addEventListener('abort', cancel, { once: true });
  const exitCode = process.exitCode;
  try {
    run.signal.throwIfAborted();
    await Promise.race([vitest.start(), aborted(run.signal)]);
  } finally {
    run.signal.removeEventListener('abort', cancel);
    await close(vitest);
    // vitest sets it for failed tests; ours is decided by verdicts.
    process.exitCode = exitCode;
  }
  return errors;
}

function reporter(run: SuiteRun, errors: string[]): Reporter {
  return {
    onTestCaseResult(test: TestCase) {
      const result = test.result();
      run.onRule(test.fullName, result.state === 'passed');
      if (result.state === 'failed' && test.meta().podproof === undefined) {
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

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

async function close(vitest: Vitest): Promise<void> {
  await vitest.close();
}
