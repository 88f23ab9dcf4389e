import { getPriority } from 'node:os';
import { expect, test } from 'vitest';

test('a test without a virtual machine gives way to those with one', () => {
  expect(getPriority()).toBeGreaterThanOrEqual(5);
});
