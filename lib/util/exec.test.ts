import { expect, it } from 'vitest';
import { exec } from './exec.ts';

it('does not wait for those to whom a killed process gave its pipes', async () => {
  const started = performance.now();
  const result = await exec(['sh', '-c', 'echo said; sleep 30 & exec sleep 30'], { timeoutMs: 300 });
  expect(result).toMatchObject({ timedOut: true, exitCode: undefined, stdout: 'said\n' });
  expect(result.failure).toMatch(/^Command timed out after 300 milliseconds/);
  expect(performance.now() - started).toBeLessThan(20_000);
});

it('waits for what was started in the background by a process that ended well', async () => {
  const { stdout, exitCode } = await exec(['sh', '-c', '(sleep 1; echo later) &']);
  expect({ stdout, exitCode }).toEqual({ stdout: 'later\n', exitCode: 0 });
});
