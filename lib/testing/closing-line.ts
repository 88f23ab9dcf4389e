import type { Reporter, TestCase } from 'vitest/node';

/** Ends a test run with one line that any machine reads: `720 passed, 0 failed, 3 skipped`. */
export default class ClosingLine implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state !== 'pending') this.#counts[state]++;
  }

  onTestRunEnd(_modules: unknown, errors: readonly unknown[]): void {
    const { passed, failed, skipped } = this.#counts;
    // After the summary of the default reporter, which is written in the same turn.
    setImmediate(() => process.stdout.write(`\n${passed} passed, ${failed + errors.length} failed, ${skipped} skipped\n`));
  }
}
