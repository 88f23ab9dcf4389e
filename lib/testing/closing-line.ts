import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { packageRoot } from '../util/paths.ts';

/** How many test files are named as the slowest. */
const named = 10;

/** Ends a test run with its slowest files, and with one line that any machine reads: `720 passed, 0 failed, 3 skipped`. */
export default class ClosingLine implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state !== 'pending') this.#counts[state]++;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, skipped } = this.#counts;
    const closing = `${slowest(modules)}\n${passed} passed, ${failed + errors.length} failed, ${skipped} skipped\n`;
    // After the summary of the default reporter, which is written in the same turn.
    setImmediate(() => process.stdout.write(closing));
  }
}

/** Tests and hooks of each file, in seconds, the longest first. */
function slowest(modules: readonly TestModule[]): string {
  const files = modules.map((module) => ({
    name: relative(packageRoot, module.moduleId),
    seconds: (module.diagnostic().collectDuration + module.diagnostic().duration) / 1000,
  }));
  const lines = files
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, named)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${name}\n`);
  return `\nSlowest test files\n${lines.join('')}`;
}
