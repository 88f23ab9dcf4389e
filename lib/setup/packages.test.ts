import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../util/paths.ts';
import { browserOf } from './browser.ts';
import { needsOf } from './packages.ts';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
/** What README says is installed: the paragraph after these words. */
const listed = (before: string): string[] => {
  const [, text = ''] = readme.split(before);
  return [...(text.trim().split('\n')[0] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map(([, name = '']) => name).sort();
};

test('README names every package that npm start installs, and no other', () => {
  const needed = Object.values(needsOf('start', { root: false, browser: undefined })).sort();
  expect(listed('those of these Debian packages that are missing:')).toEqual(needed);
});

test('npm test needs a browser besides, where none is named', () => {
  const root = true;
  const start = Object.values(needsOf('start', { root, browser: undefined }));
  expect(Object.values(needsOf('test', { root, browser: undefined }))).toEqual([...start, 'chromium-headless-shell']);
  expect(Object.values(needsOf('test', { root, browser: '/opt/chrome' }))).toEqual(start);
  expect(readme).toContain('`npm test` also installs `chromium-headless-shell` where there is no Chromium');
});

test('a plan needs no more than what looks up a version that floats', () => {
  const needed = Object.values(needsOf('plan', { root: false, browser: undefined }));
  expect(needed).toEqual(['mmdebstrap', 'debian-archive-keyring']);
  const workflow = readFileSync(join(packageRoot, '.github/workflows/podproof.yml'), 'utf8');
  expect(workflow).toMatch(/bootstrap\.mjs plan\n +- id: plan\n/);
});

test('root needs neither a user namespace nor fakeroot', () => {
  const [user, root] = [false, true].map((each) => Object.values(needsOf('start', { root: each, browser: undefined })));
  expect(user?.filter((name) => !root?.includes(name))).toEqual(['uidmap', 'fakeroot']);
});

test.for([
  ['the one that is named', { PODPROOF_CHROMIUM: '/opt/chrome' }, ['/usr/bin/chromium'], '/opt/chrome'],
  [
    'the one without a desktop',
    {},
    ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'],
    '/usr/bin/chromium-headless-shell',
  ],
  ['the one with a desktop where there is no other', {}, ['/usr/bin/chromium'], '/usr/bin/chromium'],
  ['none where there is none', {}, [], undefined],
] as const)('the browser of the tests is %s', ([, env, there, browser]) => {
  expect(browserOf(env, (path) => there.some((each) => each === path))).toBe(browser);
});
