import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../util/paths.ts';

/** Tables are what is known of kinds, and of the messages that people paste. */
const sources = readdirSync(join(packageRoot, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[jt]s$/.test(name) && !/\.test\.ts$|^testing\/|\/gen\/|\bfacts\.ts$|^ask\/symptoms\//.test(name))
  .map((name) => ({ name, text: readFileSync(join(packageRoot, 'lib', name), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '') }));

test('what a version can do is in tables alone: no other file has a range or a version to compare with', () => {
  const range = /(['"`])(?:\w+ )?[<>]=?\s*v?\d[\w.~-]*(?:\s+[<>]=?\s*v?\d[\w.~-]*)*\1/g;
  const comparison = /\b(?:compareVersions|inRange|rangeTest|sameVersion)\([^;\n]*['"`]v?\d/g;
  expect([...`inRange(version, '>=1.6 <2.0') runtime('crun >=1.8')`.matchAll(range)]).toHaveLength(2);
  const found = sources.flatMap(({ name, text }) =>
    [...text.matchAll(range), ...text.matchAll(comparison)].map(([what]) => `${name}: ${what}`),
  );
  expect(found).toEqual([]);
});

/** Each asks the one order of versions a question of its own. */
const askers = {
  'a row of the tables': ['model/feature.ts', 'engines/crio/config.ts', 'runtimes/kata/template.ts', 'artifacts/upstream.ts'],
  'another row of the tables': ['artifacts/host-limits.ts', 'model/matrix/references.ts'],
  'what a user, a pasted text or a suite named': [
    'ask/diagnose.ts',
    'ask/narrow.ts',
    'model/version-term.ts',
    'suite/requirement.ts',
  ],
  'whether what was found is what was planned': [
    'judge/canary.ts',
    'suite/read/engine.ts',
    'runtimes/kata/release.ts',
    'artifacts/debian-version.ts',
  ],
  'which C library a program needs': ['artifacts/elf.ts', 'artifacts/inspect.ts'],
  'whether a newer one has come': ['run/check-newest.ts'],
  'which of a matrix are the newest': ['plan/pairs.ts'],
  'which is the older of two that are compared': ['plan/qualification.ts', 'report/qualification/qualification.ts'],
  'which fields a version of Kubernetes has': ['manifest/fields.ts'],
  'which QEMU runs a host, and what it can do': ['hosts/vm/qemu.ts', 'hosts/vm/doctor.ts', 'hosts/vm/arguments.ts'],
  'in which order to show versions': ['report/ranges.ts'],
};

test('versions are compared by those alone who have a reason to', () => {
  const asking = sources
    .filter(({ text }) => /\b(compareVersions|inRange|rangeTest|sameVersion)\(/.test(text))
    .map(({ name }) => name);
  expect(asking.sort()).toEqual(['model/version.ts', ...Object.values(askers).flat()].sort());
});
