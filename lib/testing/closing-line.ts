import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { packageRoot } from '../util/paths.ts';

/** How many test files are named as the slowest. */
const named = 10;

/** Counts the tests of one or more instances of vitest, and ends them with one line that any machine reads. */
export class ClosingLine implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #modules: TestModule[] = [];

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state !== 'pending') this.#counts[state]++;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.#modules.push(...modules);
    // A file that cannot be loaded has no test that could fail.
    this.#counts.failed += errors.length + modules.filter((module) => module.errors().length > 0).length;
  }

  /** Prints the slowest files, then `720 passed, 0 failed, 3 skipped`. Returns the exit code: 1 when a test failed, or none ran. */
  print(): 0 | 1 {
    const { passed, failed, skipped } = this.#counts;
    process.stdout.write(`${slowest(this.#modules)}\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    return failed > 0 || passed === 0 ? 1 : 0;
  }
}

/** Loading, tests and hooks of each file, in seconds, the longest first. */
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
