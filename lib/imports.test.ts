import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from './util/paths.ts';

/**
 * What each folder may import beside itself, in the order of the data path. Planning, judging, asking and reporting need no
 * host, so that they run anywhere; nothing that ships needs a rig of `testing`.
 */
const allowed: Record<string, string> = {
  'lib/util': '',
  'lib/model': 'util',
  'lib/plan': 'model util',
  'lib/artifacts': 'model util',
  'lib/suite': 'model',
  suites: 'suite',
  'lib/hosts': 'artifacts model util',
  'lib/runtimes': 'artifacts engines model suite util',
  'lib/engines': 'cri hosts model runtimes suite util',
  'lib/cri': 'model util',
  'lib/probe': 'cri hosts model util',
  'lib/judge': 'model plan record suite util',
  'lib/record': 'model util',
  'lib/run': 'artifacts cri engines hosts judge model plan probe record runtimes suite suites util',
  'lib/report': 'model page util',
  'lib/page': 'model report util',
  'lib/ask': 'judge model plan report suite',
  'lib/setup': '',
  'lib/verbs': 'ask hosts judge model page plan probe record report run suites util',
};

const everywhere = Object.keys(allowed);

function sources(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?[jt]s$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

function imports(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    relative(packageRoot, resolve(packageRoot, dirname(file), match[1] ?? '')),
  );
}

/** The folder of the table that a file belongs to, by its short name: `lib/run/run.ts` → `run`. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'lib' ? second : first;
}

test.for(Object.entries(allowed))('%s imports only what its row allows', ([folder, row]) => {
  const may = new Set([...row.split(' '), roomOf(`${folder}/`)]);
  const crossings = sources(folder).flatMap((file) =>
    imports(file)
      .filter((target) => !may.has(roomOf(target)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(crossings).toEqual([]);
});

test.for(Object.entries(allowed))('%s needs all that its row allows', ([folder, row]) => {
  const used = new Set(sources(folder).flatMap(imports).map(roomOf));
  expect(row.split(' ').filter((name) => name !== '' && !used.has(name))).toEqual([]);
});

test('every folder of lib has a row, but the rigs, which ship with nothing', () => {
  const folders = readdirSync(join(packageRoot, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(
    folders
      .map(({ name }) => `lib/${name}`)
      .filter((name) => name !== 'lib/testing')
      .sort(),
  ).toEqual(everywhere.filter((name) => name !== 'suites').sort());
});
