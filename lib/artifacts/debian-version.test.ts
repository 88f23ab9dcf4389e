import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMadison, pickCandidate, upstreamVersion } from './debian-version.ts';

test.each([
  ['1.7.24~ds1-6+b4', '1.7.24'],
  ['1.6.20~ds1-1+deb12u3', '1.6.20'],
  ['2.1.9+ds1-5', '2.1.9'],
  ['1.1.15+ds1-2+b4', '1.1.15'],
  ['1.21-1', '1.21'],
  ['1:2.0.0~rc.1+ds-1', '2.0.0-rc.1'],
  ['1.0.0~rc95+ds1-3', '1.0.0-rc95'],
  ['0.0~20240729.0-7+b1', '20240729.0'],
  ['1.2.3', '1.2.3'],
])('the upstream part of %s is %s', (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

describe('candidates', () => {
  const text = [
    'containerd | 1.7.28~ds1-1+deb13u1 | http://mirror.example/debian-security trixie-security/main amd64 Packages',
    'containerd | 1.7.24~ds1-6+b4 | http://mirror.example/debian trixie/main amd64 Packages',
    'containerd-dev | 1.7.24 | http://mirror.example/debian trixie/main amd64 Packages',
    'containerd | -o=evil | x',
    'noise',
  ].join('\n');

  test('are those of the package, newest first', () => {
    expect(parseMadison(text, 'containerd').map(({ debian }) => debian)).toEqual(['1.7.28~ds1-1+deb13u1', '1.7.24~ds1-6+b4']);
  });

  test('are picked by upstream version', () => {
    expect(pickCandidate(parseMadison(text, 'containerd'), '1.7.24')?.debian).toBe('1.7.24~ds1-6+b4');
    expect(pickCandidate(parseMadison(text, 'containerd'), '1.7.2')).toBeUndefined();
  });

  test('come out of any text without an exception', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, version) => {
        const candidates = parseMadison(`runc | ${name} | x\nrunc | 1${version} | x`, 'runc');
        pickCandidate(candidates, '1.1.15');
      }),
    );
  });
});
