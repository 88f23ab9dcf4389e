import { expect, test } from 'vitest';
import type { Observation } from './observation.ts';
import { outcomeText } from './outcome-text.ts';

const refused = (message: string): Pick<Observation, 'outcome'> => ({
  outcome: { kind: 'refused', call: 'StartContainer', code: 'UNKNOWN', message },
});
const text = (message: string): string => outcomeText(refused(message));

test('a refusal is given in the words of the engine', () => {
  expect(text('lstat /dev/nope: no such file or directory')).toBe(
    'StartContainer failed: lstat /dev/nope: no such file or directory',
  );
});

test('a backtrace of unknown frames is left out, with real line ends and with written ones', () => {
  expect(text('0000:02:00.0 has no IOMMU group\n\nStack backtrace:\n   0: <unknown>')).toBe(
    'StartContainer failed: 0000:02:00.0 has no IOMMU group',
  );
  expect(text(String.raw`expected: boolean\", id: None })\n\nStack backtrace:\n   0: <unknown>`)).toBe(
    String.raw`StartContainer failed: expected: boolean\", id: None })`,
  );
});
