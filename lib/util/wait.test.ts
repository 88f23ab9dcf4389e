import { expect, test } from 'vitest';
import { monotonicMs } from './clock.ts';
import { waitFor, withDeadline } from './wait.ts';

test('waitFor returns the first value that is not undefined', async () => {
  let calls = 0;
  const value = await waitFor({ name: 'count to three', timeoutMs: 5_000, intervalMs: 1 }, async () =>
    ++calls === 3 ? calls : undefined,
  );
  expect(value).toBe(3);
});

test('waitFor waits after an attempt as long as is said of the time that it took', async () => {
  const took: number[] = [];
  const intervalMs = (ms: number): number => (took.push(ms), 1);
  let calls = 0;
  await waitFor({ name: 'count to three', timeoutMs: 5_000, intervalMs }, async () => {
    for (const end = monotonicMs() + 20; monotonicMs() < end;);
    return ++calls === 3 ? true : undefined;
  });
  expect(took).toHaveLength(2);
  for (const ms of took) expect(ms).toBeGreaterThanOrEqual(20);
});

test('waitFor names what was awaited and the last observation', async () => {
  const never = waitFor({ name: 'reach the CRI on /run/x.sock', timeoutMs: 30, intervalMs: 5 }, () =>
    Promise.reject(new Error('connect ENOENT')),
  );
  await expect(never).rejects.toThrow(/^Cannot reach the CRI on \/run\/x\.sock within 0 s: connect ENOENT$/);
});

test('waitFor gives the reason of its signal when it is aborted', async () => {
  const reason = new Error('interrupted');
  await expect(
    waitFor({ name: 'wait', timeoutMs: 5_000, signal: AbortSignal.abort(reason) }, async () => undefined),
  ).rejects.toBe(reason);
});

test('withDeadline rejects work that takes longer', async () => {
  await expect(withDeadline({ name: 'start the engine', timeoutMs: 20 }, () => new Promise(() => undefined))).rejects.toThrow(
    'Cannot start the engine within 0 s',
  );
});
