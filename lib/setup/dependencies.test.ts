import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../util/paths.ts';

const Names = z.record(z.string(), z.string()).default({});
const Manifest = z.object({
  scripts: Names,
  dependencies: Names,
  devDependencies: Names,
  files: z.array(z.string()),
});
const Locked = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: Names,
      peerDependencies: Names,
      engines: z.object({ node: z.string().optional() }).optional(),
      bin: Names,
    }),
  ),
});

const manifest = Manifest.parse(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')));
const { packages } = Locked.parse(JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')));
const tsconfig = readFileSync(join(packageRoot, 'tsconfig.json'), 'utf8');
const listed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });

const sources = ['lib', 'suites'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?[jt]s$/.test(name))
    .map((name) => join(folder, name)),
);

/** Names of the packages that a source imports: `ajv` for `ajv/dist/2020.js`. */
function packagesOf(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/(?:\b(?:from|import) |\bimport\(|\burl\)\.resolve\()'([@\w][^'\s:]*)'/g)]
    .map(([, specifier = '']) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .filter((name) => !isBuiltin(name));
}

/** Where Node.js looks for `name` from the package at `path`: beside it, then in each node_modules above. */
function locked(path: string, name: string): boolean {
  for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    if (Object.hasOwn(packages, `${place}/node_modules/${name}`.replace(/^\//, ''))) return true;
    if (!place.includes('/node_modules/')) return Object.hasOwn(packages, `node_modules/${name}`);
  }
}

test('the lockfile has every platform that a package lists, so that npm ci takes it everywhere', () => {
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies).map((name) => [path, name] as const),
  );
  expect(wanted.length).toBeGreaterThan(50);
  expect(wanted.filter(([path, name]) => !locked(path, name))).toEqual([]);
});

test('every package of the lockfile runs on the oldest Node.js that podproof supports', () => {
  const newer = Object.entries(packages).filter(([, { engines }]) =>
    (engines?.node ?? '*').split('||').every((range) => /^\s*(>=\s*|\^)?2[1-9]/.test(range)),
  );
  expect(newer).toEqual([]);
});

test('every dependency is imported, run by a script, named by tsconfig.json, or a peer that another one needs', () => {
  const imported = new Set(sources.flatMap(packagesOf));
  const words = new Set(Object.values(manifest.scripts).flatMap((script) => script.split(' ')));
  const peers = new Set(listed.flatMap((name) => Object.keys(packages[`node_modules/${name}`]?.peerDependencies ?? {})));
  const types = [...tsconfig.matchAll(/"types": \["(\w+)"\]/g)].map(([, name]) => `@types/${name}`);
  const runs = (name: string): boolean => Object.keys(packages[`node_modules/${name}`]?.bin ?? {}).some((bin) => words.has(bin));
  expect(listed.filter((name) => !imported.has(name) && !runs(name) && !peers.has(name) && !types.includes(name))).toEqual([]);
});

test('every imported package is listed, and what ships imports no development package', () => {
  const shipped = (file: string): boolean => !file.endsWith('.test.ts') && !file.startsWith('lib/testing/');
  const strangers = sources.flatMap((file) =>
    packagesOf(file)
      .filter((name) => (shipped(file) ? !Object.hasOwn(manifest.dependencies, name) : !listed.includes(name)))
      .map((name) => `${file} imports ${name}`),
  );
  expect(strangers).toEqual([]);
});

test('packages are installed from the lockfile alone, by npm ci', () => {
  const folders = ['.github', 'lib/setup'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ya?ml|mjs)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const commands = [...folders, 'README.md', 'results/README.md'].flatMap((file) =>
    [
      ...readFileSync(join(packageRoot, file), 'utf8').matchAll(
        /\bnpm( --prefix \S+)? (install|i|add|update|ci)\b|'npm', \['(\w+)'/g,
      ),
    ].map((match) => match[2] ?? match[3]),
  );
  expect(commands.length).toBeGreaterThan(2);
  expect(new Set(commands)).toEqual(new Set(['ci']));
});

test('neither tests nor their rigs are published', () => {
  expect(manifest.files).toEqual(expect.arrayContaining(['lib', '!lib/testing', '!**/*.test.ts']));
});
