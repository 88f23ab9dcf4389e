import { writeFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { BlockedError, UsageError } from '../util/errors.ts';
import { sayWhy } from './failure.ts';

const said: string[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  said.length = 0;
});

function says(error: unknown): [code: number, words: string] {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  return [sayWhy(error), said.join('')];
}

it('ends with 2 for bad input and 75 for what was unavailable, each in one sentence', () => {
  expect(says(new UsageError('Cannot read the matrix'))).toEqual([2, 'podproof: Cannot read the matrix\n']);
  said.length = 0;
  expect(says(new BlockedError('Cannot boot', { remedy: 'apt install qemu' }))).toEqual([
    75,
    'podproof: Cannot boot; apt install qemu\n',
  ]);
});

it('says of a full disk what to do, and that it is nobody’s fault', () => {
  let thrown: unknown;
  try {
    writeFileSync('/dev/full', 'x');
  } catch (error) {
    thrown = error;
  }
  const [code, words] = says(thrown);
  expect(code).toBe(75);
  expect(words).toMatch(
    /^podproof: Cannot write .*: no space is left on the device; make room, then go on with podproof run --resume\n$/,
  );
});

it('shows the stack of what is our own fault', () => {
  const [code, words] = says(new TypeError('undefined is not a function'));
  expect(code).toBe(75);
  expect(words).toMatch(/own fault: TypeError: undefined is not a function\n +at /);
});
