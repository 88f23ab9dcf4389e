import { expect, test } from 'vitest';
import { identify, isRunning, startTimeIn } from './process-identity.ts';

test('the start time is field 22, whatever the name of the process holds', () => {
  const rest = ['S', ...Array.from({ length: 18 }, (_, i) => String(i)), '4711', '99'].join(' ');
  expect(startTimeIn(`12 (a) b (c)) ${rest}`)).toBe('4711');
  expect(startTimeIn('')).toBeUndefined();
});

test('this process runs, and not with another start time', async () => {
  const self = await identify(process.pid);
  if (self === undefined) throw new Error('this process has no identity');
  expect(await isRunning(self)).toBe(true);
  expect(await isRunning({ ...self, start: `${Number(self.start) + 1}` })).toBe(false);
  expect(await isRunning({ ...self, boot: 'another' })).toBe(false);
});
