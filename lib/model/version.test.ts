import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, inRange, isVersion } from './version.ts';

test('a text is a version if and only if it can be compared', () => {
  const noise = fc.array(fc.constantFrom('1', '20', '.', 'v', 'rc', '-', ':', ' ', 'newest', 'x'), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        noise.map((parts) => parts.join('')),
      ),
      (text) => {
        const compare = (): number => compareVersions(text, text);
        if (isVersion(text)) expect(compare()).toBe(0);
        else expect(compare).toThrow(RangeError);
      },
    ),
  );
});

describe('compareVersions', () => {
  test.for([
    ['1.0.0-rc9', '1.0.0-rc10'],
    ['1.0.0-rc10', '1.0.0'],
    ['2.4.0-beta.0', '2.4.0'],
    ['2.4.0-alpha.1', '2.4.0-beta.0'],
    ['1.7.9', '1.7.24'],
    ['1.21', '1.21.1'],
    ['1.6.20~ds1-1+deb12u1', '1.7.24~ds1-6+b4'],
    ['1.1.5+ds1-1+deb12u1', '1.1.15+ds1-2+b4'],
  ] as const)('puts %s before %s', ([older, newer]) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  test.for([
    ['v2.3.4', '2.3.4'],
    ['1.21', '1.21.0'],
    ['1.7.24~ds1-6+b4', '1.7.24'],
  ] as const)('takes %s and %s for the same', ([a, b]) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  test('refuses what has no number', () => {
    expect(() => compareVersions('latest', '1.0')).toThrow('Cannot read the version "latest"');
  });

  test('is a total order on final releases', () => {
    const version = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('inRange', () => {
  test('needs every comparator', () => {
    expect(inRange('1.7.24', '>=1.6 <2.0')).toBe(true);
    expect(inRange('2.0.0', '>=1.6 <2.0')).toBe(false);
    expect(inRange('1.5.18', '>=1.6 <2.0')).toBe(false);
  });

  test('counts a pre-release of the upper bound in, unlike semver', () => {
    expect(inRange('2.0.0-beta.1', '>=1.6 <2.0')).toBe(true);
  });

  test('holds for all when empty or a star', () => {
    expect(inRange('0.1', '')).toBe(true);
    expect(inRange('0.1', '*')).toBe(true);
  });
});
