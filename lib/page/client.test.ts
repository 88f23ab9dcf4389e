import { Script } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions } from '../model/version.ts';
import { parseFilter } from './client/filter.js';
import { orderOfVersions } from './client/version.js';
import { clientScript, styleSheet } from './client.ts';

const meets = (text: string, key: string, value: string | { name: string; version: string; label: string }): boolean =>
  parseFilter(text).terms.every((term) => term.key !== key || term.test(value));
const containerd = (version: string) => ({ name: 'containerd', version, label: version });
const kata = { name: 'kata', version: '3.30.0', label: '3.30.0-go-qemu' };

test('the modules make one script without imports, exports or names that two modules use', () => {
  const script = clientScript();
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(/^(import|export) /m);
  const names = [...script.matchAll(/^(?:async )?(?:function|const|let) (\w+)/gm)].map((match) => match[1]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('the script has no way to turn data into markup or code', () => {
  expect(clientScript()).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\(['"`]on/,
  );
  expect(clientScript()).not.toContain('</script');
  expect(clientScript()).not.toMatch(/fetch\(|XMLHttpRequest|WebSocket|sendBeacon/);
});

test('the style sheet loads nothing and cannot end its element', () => {
  expect(styleSheet()).not.toMatch(/url\(|@import|<\//);
});

test('a term takes globs and alternatives, whatever their case', () => {
  expect(meets('rule=RVMM-*,own-on', 'rule', 'RVMM-UID')).toBe(true);
  expect(meets('rule=RVMM-*,own-on', 'rule', 'OWN-ON')).toBe(true);
  expect(meets('rule=RVMM-*,own-on', 'rule', 'OWN-OFF')).toBe(false);
  expect(meets('cell=debian-13/*', 'cell', 'debian-13/crio-1.36.3/runc-1.1.15')).toBe(true);
  expect(meets('rule=a.c', 'rule', 'abc')).toBe(false);
});

test('an engine or runtime is chosen by name, by version with flavour, and by comparisons', () => {
  expect(meets('engine=containerd>=1.7', 'engine', containerd('1.7.24'))).toBe(true);
  expect(meets('engine=containerd>=1.6<1.7', 'engine', containerd('1.7.24'))).toBe(false);
  expect(meets('engine=crio,containerd<2', 'engine', containerd('1.7.24'))).toBe(true);
  expect(meets('engine=>=2', 'engine', containerd('1.7.24'))).toBe(false);
  expect(meets('runtime=kata@3.30.0-go-*', 'runtime', kata)).toBe(true);
  expect(meets('runtime=kata@3.30.0', 'runtime', kata)).toBe(true);
  expect(meets('runtime=kata-3*', 'runtime', kata)).toBe(true);
  expect(meets('runtime=kata@4*', 'runtime', kata)).toBe(false);
});

test('what cannot be read is said, and the rest are words', () => {
  expect(parseFilter('colour=red engine=containerd>=x permission denied rule=').problems).toEqual([
    '“colour” is no key',
    '“x” is no version',
    'rule= has no value',
  ]);
  expect(parseFilter('Permission  denied').words).toEqual(['permission', 'denied']);
});

test('no filter text is refused with an exception', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const term of parseFilter(`${text} engine=${text} rule=${text}`).terms) term.test(term.key === 'engine' ? kata : 'x');
    }),
  );
});

test('versions have the order that they have everywhere in podproof', () => {
  const version = fc
    .tuple(
      fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '-rc1', '-rc.10', '-beta.0', '~rc2', '-alpha'),
      fc.constantFrom('', 'v'),
    )
    .map(([parts, pre, prefix]) => `${prefix}${parts.join('.')}${pre}`);
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(orderOfVersions(a, b) ?? NaN)).toBe(Math.sign(compareVersions(a, b)));
    }),
  );
});

test('every verdict can be read on its background, in light and in dark', () => {
  const [light = '', dark = ''] = styleSheet().split('@media (prefers-color-scheme: dark)');
  const names = ['pass', 'known', 'fixed', 'fail', 'void', 'blocked', 'error', 'missing', 'unsupported'];
  for (const sheet of [light, dark]) {
    const value = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(sheet)?.[1] ?? '';
    const pairs = [
      ...names.map((name) => [value(name), value(`${name}-bg`)]),
      ...['ink', 'quiet', 'link'].flatMap((name) => [
        [value(name), value('paper')],
        [value(name), value('sunk')],
      ]),
    ];
    for (const [ink = '', paper = ''] of pairs) expect(contrast(ink, paper), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
  }
});

/** Contrast ratio of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
