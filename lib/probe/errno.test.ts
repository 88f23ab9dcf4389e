import { describe, expect, it } from 'vitest';
import { errnoOf } from './errno.ts';

describe('errno name', () => {
  it.each([
    ["sh: can't open /dev/x: Permission denied", 'EACCES'],
    ["/podproof/probe: line 72: can't open /dev/x: no such file\n", 'ENOENT'],
    ["sh: can't create /a: b/c: nonexistent directory", 'ENOENT'],
    ['mknod: /tmp/n: Operation not permitted', 'EPERM'],
    ["sh: can't open /dev/vfio/5: Device or resource busy", 'EBUSY'],
    ['head: /dev/sda: Input/output error', 'EIO'],
    ['', null],
  ])('of %j is %j', (message, expected) => {
    expect(errnoOf(message)).toBe(expected);
  });

  it('is the words themselves where they are not known, and no more than a line of them', () => {
    expect(errnoOf('sh: something: The moon is full')).toBe('The moon is full');
    expect(errnoOf('x'.repeat(10_000))).toHaveLength(200);
  });
});
