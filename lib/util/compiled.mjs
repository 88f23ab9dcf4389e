// Runs before any TypeScript can: plain Node.js, and esbuild where there is something to make.
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Below node_modules, as what the program imports is looked for from where it lies.
const kept = join(root, 'node_modules/.cache/podproof');
const dayMs = 24 * 3600 * 1000;

/**
 * What to import in place of `entries`, such as `lib/cli.ts`, as paths: the same with all that they import, in a few files of
 * JavaScript. Loading hundreds of modules, each through a hook, took longer than most answers. It is made once for the
 * sources and packages as they are; where it cannot be kept, these are the entries themselves, which tsx loads.
 */
export async function compiled(...entries) {
  const sources = identityOfSources();
  const folder = join(kept, `${sources}-${identity(entries.join('\0'))}`);
  const programs = entries.map((entry) => join(folder, entry.replace(/\.ts$/, '.js')));
  try {
    if (!existsSync(folder)) await make(entries, folder, sources);
    for (const program of programs) accessSync(program, constants.R_OK);
  } catch (error) {
    if (!notToBeKept.includes(error.code)) throw error;
    const { register } = await import('tsx/esm/api');
    register();
    return entries.map((entry) => join(root, entry));
  }
  process.setSourceMapsEnabled(true);
  return programs;
}

/** Where a user may not write, or nobody can. */
const notToBeKept = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'];

/** What `make` makes of the sources as they are, under a name of its own: made once, and read by all later processes where it can be kept. */
export function madeOnce(name, make) {
  const folder = join(kept, `${identityOfSources()}-made`);
  const file = join(folder, identity(name));
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!['ENOENT', ...notToBeKept].includes(error.code)) throw error;
  }
  const text = make();
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    if (!notToBeKept.includes(error.code)) throw error;
  }
  return text;
}

function identity(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function identityOfSources() {
  const lines = [root];
  // What npm wrote of the packages that it put there last.
  const installed = statSync(join(root, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  lines.push(`packages\0${installed?.size}\0${installed?.mtimeMs}`);
  for (const top of ['lib', 'suites'])
    for (const path of readdirSync(join(root, top), { recursive: true }).sort()) {
      if (!/\.(ts|mjs|css)$/.test(path) || path.endsWith('.test.ts')) continue;
      const { size, mtimeMs } = statSync(join(root, top, path));
      lines.push(`${path}\0${size}\0${mtimeMs}`);
    }
  return identity(lines.join('\0'));
}

/** Packages that look for files of their own, and those that are one for all who import them: a runner of tests and its tests. */
const keptOutside = ['esbuild', 'tsx', 'vitest', 'testcontainers'];

/** What packages of the older kind ask for Node's own modules with, in a module of the newer. */
const requireOfPackages = `import { createRequire as podproofRequire } from 'node:module'; const require = podproofRequire(${JSON.stringify(root)});`;

async function make(entries, folder, sources) {
  mkdirSync(kept, { recursive: true });
  // A process that runs what was made of other sources may load more of it, and another may be at work here.
  for (const name of readdirSync(kept).filter((each) => !each.startsWith(sources))) {
    const madeMs = statSync(join(kept, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - madeMs > dayMs) rmSync(join(kept, name), { recursive: true, force: true });
  }
  const unfinished = mkdtempSync(join(kept, 'new-'));
  // Whoever made it, others of this machine may run it.
  chmodSync(unfinished, 0o755);
  const { build } = await import('esbuild');
  try {
    await build({
      entryPoints: entries.map((entry) => join(root, entry)),
      outbase: root,
      outdir: unfinished,
      bundle: true,
      splitting: true,
      external: keptOutside,
      // A module of the newest kind before one that asks for its parts in a way that no compiler follows (jsonc-parser).
      mainFields: ['module', 'main'],
      banner: { js: requireOfPackages },
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [besideTheSource],
    });
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(folder)) throw error;
  }
}

/** A module finds the files that lie beside it where its source is. */
const besideTheSource = {
  name: 'beside the source',
  setup(build) {
    build.onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => ({
      // Not as text: this module is compiled too, and would lose what it looks for.
      contents: (await readFile(path, 'utf8')).replace(/import\.meta\.url/g, () => JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};
