import { chmod, copyFile, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { exec, execOk } from './exec.ts';
import { packageRoot } from './paths.ts';

/** A package of one program, which reads a file beside the source of a module. */
async function smallPackage() {
  const place = await temporary();
  const at = (...path: string[]): string => join(place.path, ...path);
  await Promise.all(['lib/deep', 'lib/util', 'suites', 'node_modules'].map((folder) => mkdir(at(folder), { recursive: true })));
  for (const name of ['esbuild', 'tsx', 'get-tsconfig', 'resolve-pkg-maps'])
    await symlink(join(packageRoot, 'node_modules', name), at('node_modules', name));
  await copyFile(join(packageRoot, 'lib/util/compiled.mjs'), at('lib/util/compiled.mjs'));
  await writeFile(at('package.json'), '{ "type": "module" }');
  await writeFile(
    at('lib/bin.mjs'),
    `import { compiled } from './util/compiled.mjs';\nconst [cli] = await compiled('lib/cli.ts');\nawait import(cli);\n`,
  );
  await writeFile(at('lib/cli.ts'), `import { word } from './deep/word.ts';\nconsole.log(word() satisfies string);\n`);
  await writeFile(
    at('lib/deep/word.ts'),
    `import { readFileSync } from 'node:fs';\n` +
      `export const word = (): string => readFileSync(new URL('word.txt', import.meta.url), 'utf8');\n`,
  );
  await writeFile(at('lib/deep/word.txt'), 'first');
  const run = async (...before: string[]) => exec([...before, process.execPath, at('lib/bin.mjs')]);
  const made = async (): Promise<string[]> => readdir(at('node_modules/.cache/podproof')).catch(() => []);
  return { ...place, at, run, made };
}

/** Root may read and write everything. */
const otherUser = process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--clear-groups'] : [];

describe('a compiled program', () => {
  it('reads what lies beside its sources, and is made once for them', async () => {
    await using program = await smallPackage();
    expect(await program.run()).toMatchObject({ stdout: 'first\n', stderr: '' });
    const once = await program.made();
    expect(once).toHaveLength(1);
    await writeFile(program.at('lib/deep/word.txt'), 'second');
    expect(await program.run()).toMatchObject({ stdout: 'second\n', stderr: '' });
    expect(await program.made()).toEqual(once);
  });

  it('compiles others as its sources do', async () => {
    await using program = await smallPackage();
    const cli = `import { compiled } from './util/compiled.mjs';\nconst [other] = await compiled('lib/other.ts');\nawait import(other);\n`;
    await writeFile(program.at('lib/cli.ts'), cli);
    await writeFile(program.at('lib/other.ts'), `import { word } from './deep/word.ts';\nconsole.log(word());\n`);
    expect(await program.run()).toMatchObject({ stdout: 'first\n', stderr: '' });
  });

  it('holds its packages, of the older kind too, and is made again when npm has put others there', async () => {
    await using program = await smallPackage();
    await mkdir(program.at('node_modules/older'));
    await writeFile(program.at('node_modules/older/package.json'), '{ "name": "older", "main": "index.js" }');
    const index = (version: string): Promise<void> =>
      writeFile(program.at('node_modules/older/index.js'), `exports.word = require('node:path').basename('x/${version}');\n`);
    await index('1.0');
    await writeFile(program.at('lib/cli.ts'), `import older from '${'older'}';\nconsole.log(older.word);\n`);
    expect(await program.run()).toMatchObject({ stdout: '1.0\n', stderr: '' });
    await index('2.0');
    expect(await program.run()).toMatchObject({ stdout: '1.0\n' });
    await writeFile(program.at('node_modules/.package-lock.json'), '{}');
    expect(await program.run()).toMatchObject({ stdout: '2.0\n' });
  });

  it('is made again when a source has changed', async () => {
    await using program = await smallPackage();
    await program.run();
    await writeFile(program.at('lib/cli.ts'), `console.log('another');\n`);
    expect(await program.run()).toMatchObject({ stdout: 'another\n' });
    expect(await program.made()).toHaveLength(2);
  });

  it('goes a day after its sources have changed, and never before', async () => {
    await using program = await smallPackage();
    const ages = async (): Promise<void> => {
      const old = new Date(Date.now() - 25 * 3600 * 1000);
      for (const name of await program.made()) await utimes(program.at('node_modules/.cache/podproof', name), old, old);
    };
    await program.run();
    await writeFile(program.at('lib/other.ts'), `console.log('other');\n`);
    await program.run();
    const [first, second] = await program.made();
    expect([first, second]).not.toContain(undefined);
    await ages();
    await writeFile(program.at('lib/bin.mjs'), `${await readFile(program.at('lib/bin.mjs'), 'utf8')}\n`);
    await program.run();
    expect((await program.made()).filter((name) => name === first || name === second)).toEqual([]);
    const [third] = await program.made();
    await ages();
    await writeFile(
      program.at('node_modules/again.mjs'),
      `import { compiled } from '../lib/util/compiled.mjs';\nawait compiled('lib/other.ts');\n`,
    );
    await execOk([process.execPath, program.at('node_modules/again.mjs')]);
    expect(await program.made()).toContain(third);
  });

  it('is made by one of several that start at once, and all of them run', async () => {
    await using program = await smallPackage();
    const said = await Promise.all([program.run(), program.run(), program.run()]);
    expect(said.map(({ stdout }) => stdout)).toEqual(['first\n', 'first\n', 'first\n']);
    expect(await program.made()).toHaveLength(1);
  });

  it('names the lines of its sources where it fails', async () => {
    await using program = await smallPackage();
    await writeFile(program.at('lib/deep/word.ts'), `export const word = (): string => {\n  throw new Error('broken');\n};\n`);
    expect((await program.run()).stderr).toContain('deep/word.ts:2');
  });

  it('says where a source cannot be compiled', async () => {
    await using program = await smallPackage();
    await writeFile(program.at('lib/cli.ts'), 'const = 1;\n');
    const { exitCode, stderr } = await program.run();
    expect({ exitCode, says: stderr.includes('lib/cli.ts:1:6') }).toEqual({ exitCode: 1, says: true });
    expect(await program.made()).toEqual([]);
  });

  it('runs for users who did not make it, and from its sources for those who may not read it', async () => {
    await using program = await smallPackage();
    await chmod(program.path, 0o755);
    await program.run();
    expect(await program.run(...otherUser)).toMatchObject({ stdout: 'first\n', stderr: '' });
    const [made = ''] = await program.made();
    await chmod(program.at('node_modules/.cache/podproof', made), 0o000);
    expect(await program.run(...otherUser)).toMatchObject({ stdout: 'first\n', stderr: '' });
    await chmod(program.at('node_modules/.cache/podproof', made), 0o755);
  });

  it('runs from its sources for a user who may not write below node_modules', async () => {
    await using program = await smallPackage();
    await chmod(program.path, 0o755);
    await chmod(program.at('node_modules'), 0o555);
    expect(await program.run(...otherUser)).toMatchObject({ stdout: 'first\n', stderr: '' });
    expect(await program.made()).toEqual([]);
    await chmod(program.at('node_modules'), 0o755);
  });
});

describe('a text that is made of the sources', () => {
  const cli = `import { madeOnce } from './util/compiled.mjs';
console.log(madeOnce('page', () => { console.log('making'); return 'text'; }));\n`;

  it('is made once, and again when a source or a style has changed', async () => {
    await using program = await smallPackage();
    await writeFile(program.at('lib/cli.ts'), cli);
    expect((await program.run()).stdout).toBe('making\ntext\n');
    expect((await program.run()).stdout).toBe('text\n');
    await writeFile(program.at('lib/page.css'), 'a {}');
    expect((await program.run()).stdout).toBe('making\ntext\n');
    await writeFile(program.at('lib/deep/word.ts'), 'export const word = () => 1;\n');
    expect((await program.run()).stdout).toBe('making\ntext\n');
    expect((await program.run()).stdout).toBe('text\n');
  });

  it('is made each time where it cannot be kept', async () => {
    await using program = await smallPackage();
    await writeFile(program.at('lib/cli.ts'), cli);
    await writeFile(program.at('lib/bin.mjs'), `import 'tsx/esm';\nawait import('./cli.ts');\n`);
    for (const path of ['node_modules', '.']) await chmod(program.at(path), 0o555);
    for (let time = 0; time < 2; time++) expect((await program.run(...otherUser)).stdout).toBe('making\ntext\n');
    expect(await program.made()).toEqual([]);
    await chmod(program.at('.'), 0o755);
    await chmod(program.at('node_modules'), 0o755);
  });
});
