import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from './util/paths.ts';

/** What each place must never import, so that planning, judging and reporting need no host. */
const forbidden: Record<string, string[]> = {
  'lib/util': [
    'lib/matrix',
    'lib/plan',
    'lib/artifact',
    'lib/host',
    'lib/engine',
    'lib/cri',
    'lib/probe',
    'lib/suite',
    'lib/judge',
    'lib/run',
    'lib/record',
    'lib/report',
    'suites',
  ],
  'lib/matrix': [
    'lib/plan',
    'lib/artifact',
    'lib/host',
    'lib/engine',
    'lib/cri',
    'lib/probe',
    'lib/suite',
    'lib/judge',
    'lib/run',
    'lib/report',
    'suites',
  ],
  'lib/plan': [
    'lib/artifact',
    'lib/host',
    'lib/engine',
    'lib/cri',
    'lib/probe',
    'lib/suite',
    'lib/judge',
    'lib/run',
    'lib/report',
    'suites',
  ],
  'lib/suite': ['lib/host', 'lib/engine', 'lib/cri', 'lib/probe', 'lib/judge', 'lib/run', 'lib/report', 'lib/artifact', 'suites'],
  'lib/judge': ['lib/host', 'lib/engine', 'lib/cri', 'lib/probe', 'lib/run', 'lib/report', 'lib/artifact', 'suites'],
  'lib/record': ['lib/host', 'lib/engine', 'lib/cri', 'lib/probe', 'lib/judge', 'lib/run', 'lib/report', 'lib/suite', 'suites'],
  'lib/report': ['lib/host', 'lib/engine', 'lib/cri', 'lib/probe', 'lib/run', 'lib/suite', 'lib/artifact', 'suites'],
  'lib/explain': ['lib/host', 'lib/engine', 'lib/cri', 'lib/probe', 'lib/run', 'lib/artifact', 'suites'],
  suites: [
    'lib/host',
    'lib/engine',
    'lib/cri',
    'lib/probe',
    'lib/judge',
    'lib/run',
    'lib/report',
    'lib/matrix',
    'lib/plan',
    'lib/artifact',
  ],
};

function sources(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.e2e.ts'))
    .map((name) => join(folder, name));
}

function imports(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    relative(packageRoot, resolve(packageRoot, dirname(file), match[1] ?? '')),
  );
}

test.for(Object.entries(forbidden))('%s imports nothing of the stages after it', ([folder, others]) => {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(0);
  const crossings = files.flatMap((file) =>
    imports(file)
      .filter((target) => others.some((other) => target.startsWith(`${other}/`)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(crossings).toEqual([]);
});
