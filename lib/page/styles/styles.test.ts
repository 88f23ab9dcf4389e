import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = new URL('../', import.meta.url);
const read = (names: readonly string[]): string => names.map((name) => readFileSync(new URL(name, page), 'utf8')).join('\n');
const files = readdirSync(page, { recursive: true, encoding: 'utf8' });

test('every class and id that a sheet names is one that a source writes', () => {
  const sources = read(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')));
  const written = new Set(sources.match(/[a-zA-Z][\w-]*/g));
  // Names that are made of a letter and a word: `v-${verdict}`.
  const beginnings = [...sources.matchAll(/([a-z]-)\$\{/g)].map(([, beginning = '']) => beginning);
  const selectors = read(files.filter((name) => name.endsWith('.css')))
    .replaceAll(/@import .*|\/\*.*\*\//g, '')
    .replaceAll(/\{[^{}]*\}/g, '');
  const named = [...selectors.matchAll(/[.#]([a-z][\w-]*)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !written.has(name) && !beginnings.some((beginning) => name.startsWith(beginning)))).toEqual([]);
});

const palette = readFileSync(new URL('palette.css', import.meta.url), 'utf8');

test('every verdict can be read on its background, in light and in dark', () => {
  const names = ['pass', 'known', 'fixed', 'fail', 'void', 'blocked', 'error', 'missing', 'unsupported'];
  for (const scheme of [1, 2]) {
    const value = (name: string): string =>
      new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(palette)?.[scheme] ?? '';
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
