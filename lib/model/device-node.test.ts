import { expect, test } from 'vitest';
import { isWiderThan } from './device-node.ts';

test.each([
  ['0666', '0660', true],
  ['0664', '0660', true],
  ['0660', '0660', false],
  ['0660', '0600', false],
  ['0661', '0660', false],
  ['0600', '0666', false],
])('a node %s gives everybody more than one %s: %s', (mode, other, wider) => {
  expect(isWiderThan({ mode }, { mode: other })).toBe(wider);
});
