import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { bundle } from './bundle.ts';

const scripts = ['client/report.ts', 'client/site.ts'];
const sheets = ['styles/report.css', 'styles/site.css'];

test.for(scripts)('%s becomes one script that has no way to turn data into markup or code, nor to reach the network', (entry) => {
  const script = bundle(entry);
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\(['"`]on/,
  );
  expect(script).not.toContain('</script');
  // The search library has a map with a method of that name; the page's policy lets nothing out either.
  expect(script).not.toMatch(/(?<![.}])\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(/);
});

test('a script that needs a module of Node is refused, by name', () => {
  expect(() => bundle('bundle.ts')).toThrow(/^Cannot build bundle\.ts for the page: .*"node:url"/);
});

test('a page carries no library of the command line: its script is small', () => {
  expect(bundle('client/report.ts').length).toBeLessThan(48 * 1024);
});

test.for(sheets)('%s loads nothing and cannot end its element', (entry) => {
  expect(bundle(entry)).not.toMatch(/url\(|@import|<\//);
});
