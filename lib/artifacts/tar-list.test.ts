import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits, parseTarList, refusal, type TarEntry } from './tar-list.ts';

const entry = (path: string, type = '-', target = '', size = 0): TarEntry => ({ path, type, target, size });

describe('parseTarList', () => {
  test('reads files, directories, links and devices with any name', () => {
    const text = [
      'drwxr-xr-x 0/0               0 2026-11-21 05:00:00 "opt/"',
      '-rwxr-xr-x 1000/100       1234 2026-11-21 05:00:00 "opt/a \\"b\\" -> c\\nd"',
      'lrwxrwxrwx 0/0               0 2026-11-21 05:00:00 "opt/l" -> "../\\303\\251"',
      'hrw-r--r-- 0/0               0 2026-11-21 05:00:00 "opt/h" link to "opt/a"',
      'crw-rw-rw- 0/0             1,3 2026-11-21 05:00:00 "opt/null"',
      '',
    ].join('\n');
    expect(parseTarList(text)).toEqual([
      entry('opt/', 'd'),
      entry('opt/a "b" -> c\nd', '-', '', 1234),
      entry('opt/l', 'l', '../é'),
      entry('opt/h', 'h', 'opt/a'),
      entry('opt/null', 'c', '', 0),
    ]);
  });

  test('refuses a line that it does not understand', () => {
    expect(() => parseTarList('-rw-r--r-- 0/0 1 2026-11-21 05:00:00 opt/a\n')).toThrow(
      'Cannot read the line "-rw-r--r-- 0/0 1 2026-11-21 05:00:00 opt/a" of tar',
    );
  });
});

describe('refusal', () => {
  test.each<[string, TarEntry[]]>([
    [
      'an ordinary prefix',
      [
        entry('./', 'd'),
        entry('./bin/', 'd'),
        entry('./bin/runc'),
        entry('./sbin', 'l', 'bin'),
        entry('./bin/r', 'h', 'bin/runc'),
      ],
    ],
    ['a link that goes up and comes back', [entry('opt/kata/lib', 'l', '../kata/./bin')]],
    ['a directory that is defined twice', [entry('opt/', 'd'), entry('opt', 'd')]],
    ['a chain of links', [entry('a', 'l', 'b'), entry('b', 'l', 'c/d'), entry('c', 'l', '.')]],
  ])('accepts %s', (_, entries) => {
    expect(refusal(entries)).toBeUndefined();
  });

  test.each<[string, TarEntry[], string]>([
    ['an absolute member', [entry('/etc/passwd')], '"/etc/passwd" is absolute, leaves the prefix or is too long'],
    ['a member that climbs out', [entry('a/../../b')], '"a/../../b" is absolute, leaves the prefix or is too long'],
    ['an endless name', [entry('a'.repeat(2_000))], `"${'a'.repeat(200)}" is absolute, leaves the prefix or is too long`],
    ['a device', [entry('dev/sda', 'b')], '"dev/sda" is a block device'],
    ['a fifo', [entry('f', 'p')], '"f" is a fifo'],
    ['an unknown type', [entry('v', 'V')], '"v" is of an unknown kind'],
    ['an absolute link', [entry('a', 'l', '/etc')], 'the link "a" to "/etc" leaves the prefix'],
    ['a link that climbs out', [entry('a/b', 'l', '../../c')], 'the link "a/b" to "../../c" leaves the prefix'],
    [
      'a link that climbs out through another',
      [entry('d', 'l', '.'), entry('l', 'l', 'd/d/../../c')],
      'the link "l" to "d/d/../../c" leaves the prefix',
    ],
    ['a loop of links', [entry('a', 'l', 'b'), entry('b', 'l', 'a')], 'the link "a" to "b" leaves the prefix'],
    ['a member below a link', [entry('a', 'l', 'b'), entry('a/x')], '"a/x" lies below "a", which is no directory'],
    ['a file in the place of a link', [entry('a', 'l', 'b'), entry('./a')], '"./a" is defined twice'],
    [
      'a hard link out of the prefix',
      [entry('a', 'h', '../etc/shadow')],
      'the hard link "a" names no file of the archive before it',
    ],
    [
      'a hard link to a link',
      [entry('a', 'l', 'b'), entry('c', 'h', 'a')],
      'the hard link "c" names no file of the archive before it',
    ],
    ['an absurd size', [entry('a', '-', '', limits.bytes), entry('b', '-', '', 1)], 'it unpacks to more than 16 GiB'],
  ])('refuses %s', (_, entries, why) => {
    expect(refusal(entries)).toBe(why);
  });

  test('refuses more members than any release has', () => {
    expect(refusal(Array.from({ length: limits.entries + 1 }, (_, index) => entry(`f${index}`)))).toBe(
      'it has 200001 members, more than 200000',
    );
  });

  test('accepts no link that leads out, by a walk of a file system', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const target = fc
      .array(fc.oneof(name, fc.constantFrom('..', '.')), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('/'));
    const link = fc.record({ path, target });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 5 }), (links) => {
        const entries = links.map((each) => entry(each.path, 'l', each.target));
        if (refusal(entries) !== undefined) return;
        const world = new Map(links.map((each) => [`/r/${each.path}`, each.target]));
        for (const each of links) expect(walk(`/r/${each.path}`, world, 0)).toMatch(/^\/r(\/|$)/);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** An independent path walk: one component at a time from the root, as the kernel does it. */
function walk(path: string, links: ReadonlyMap<string, string>, depth: number): string {
  if (depth > 100) return 'a loop';
  let at = '/';
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    at = posix.join(at, part);
    const target = links.get(at);
    if (target !== undefined) return walk(`${posix.dirname(at)}/${target}/${parts.slice(index + 1).join('/')}`, links, depth + 1);
  }
  return posix.resolve(at);
}
