import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from './util/paths.ts';

/**
 * What each room may import beside itself, in the order of the data path. A room is a folder; the `facts.ts` files of hosts, engines
 * and runtimes are one of their own, at the bottom: they are data, so that whoever needs no host may read them. Planning, judging,
 * asking and reporting need none, so that they run anywhere; nothing that ships needs a rig of `testing`.
 */
const allowed: Record<string, string> = {
  facts: 'util',
  util: '',
  model: 'facts util',
  plan: 'facts model util',
  artifacts: 'model util',
  suite: 'facts model util',
  suites: 'suite',
  hosts: 'artifacts facts model util',
  runtimes: 'artifacts engines facts model suite util',
  engines: 'cri facts hosts model runtimes suite util',
  manifest: 'model util',
  cri: 'manifest model util',
  probe: 'artifacts cri facts hosts model util',
  kubelet: 'cri engines hosts manifest model suite util',
  judge: 'facts model record suite util',
  record: 'model util',
  run: 'artifacts cri engines facts hosts judge kubelet model plan probe record runtimes suite util',
  try: 'cri engines facts hosts judge kubelet manifest model plan probe record run suite util',
  report: 'facts model page util',
  page: 'ask facts model report util',
  ask: 'facts judge model plan report suite util',
  setup: '',
  verbs: 'ask hosts judge manifest model page plan probe record report run suite suites try util',
};

/** `lib/run/run.ts` → `run`, `lib/hosts/vm/facts.ts` → `facts`. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  if (/^lib\/((hosts|engines|runtimes)\/(\w+\/)?|kubelet\/)facts\.ts$/.test(file)) return 'facts';
  return first === 'lib' ? second : first;
}

const files = ['lib', 'suites'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?[jt]s$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name)),
);

function sources(room: string): string[] {
  return files.filter((file) => roomOf(file) === room);
}

function imports(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/(?:from|import\(|import)\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    relative(packageRoot, resolve(packageRoot, dirname(file), match[1] ?? '')),
  );
}

test.for(Object.entries(allowed))('%s imports only what its row allows', ([room, row]) => {
  const may = new Set([...row.split(' '), room]);
  const crossings = sources(room).flatMap((file) =>
    imports(file)
      .filter((target) => !may.has(roomOf(target)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(crossings).toEqual([]);
});

test.for(Object.entries(allowed))('%s needs all that its row allows', ([room, row]) => {
  const used = new Set(sources(room).flatMap(imports).map(roomOf));
  expect(row.split(' ').filter((name) => name !== '' && !used.has(name))).toEqual([]);
});

test('every file of lib is in a room, but for the rigs, which never ship', () => {
  const inFolders = files.filter((file) => file.split('/').length > 2).map(roomOf);
  expect(new Set([...inFolders, 'suites'])).toEqual(new Set([...Object.keys(allowed), 'testing']));
});

test('a driver of a kind is known to its registry alone', () => {
  const crossings = files.flatMap((file) =>
    imports(file)
      .filter((target) => /^lib\/(hosts|engines|runtimes)\/\w+\/(kind|driver)\.ts$/.test(target))
      .filter((target) => roomOf(file) !== 'testing' && file !== join('lib', roomOf(target), 'registry.ts'))
      .map((target) => `${file} imports ${target}`),
  );
  expect(crossings).toEqual([]);
});

test('no file imports itself by way of others, types included', () => {
  const graph = new Map(files.map((file) => [file, imports(file)]));
  const done = new Set<string>();
  const circle = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = circle(next, [...path, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) expect(circle(file, [])).toBeUndefined();
});
