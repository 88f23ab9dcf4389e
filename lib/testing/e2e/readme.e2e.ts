import { execa } from 'execa';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporary } from '../temporary.ts';
import { packageRoot } from '../../util/paths.ts';
import { podproof } from './podproof.ts';

interface Line {
  file: string;
  /** What follows `npx podproof`, as a shell would read it. */
  words: string;
}

/** Every `npx podproof` line of a fenced block of a README that ships. */
async function commands(): Promise<Line[]> {
  const names = await readdir(packageRoot, { recursive: true });
  const files = names.filter((name) => /(^|\/)README\.md$/.test(name) && !/(^|\/)(node_modules|\.git)\//.test(name));
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(packageRoot, file), 'utf8') })));
  return texts.flatMap(({ file, text }) =>
    [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
      .flatMap(([, block = '']) => block.split('\n'))
      .flatMap((line) => {
        const [, words] = /^(?:\w+=\S+ )?npx podproof (.*?)(?:\s+# .*)?$/.exec(line) ?? [];
        return words === undefined ? [] : [{ file: relative('.', file), words }];
      }),
  );
}

const lines = await commands();

/** A directory where each command of the texts finds the files that it names. */
let place: Awaited<ReturnType<typeof temporary>>;
let env: Record<string, string>;
beforeAll(async () => {
  place = await temporary();
  const reference = join(packageRoot, 'results/reference');
  const run = join(reference, 'containerd-2.3.4');
  const into = (...path: string[]): string => join(place.path, ...path);
  await mkdir(into('results/reference'), { recursive: true });
  for (const name of ['2026-11-21-071033', '../shards/1', '../shards/2', '../results-of-the-job/shard-1/latest'])
    await cp(run, into('results', name), { recursive: true });
  for (const name of ['docs', 'kata-3.30.0-go-privileged', 'crio-1.30.14', 'crio-1.36.3'])
    await cp(join(reference, name), into('results/reference', name), { recursive: true });
  await symlink('2026-11-21-071033', into('results/latest'));
  await cp(join(run, 'report.json'), into('old/report.json'));
  const plan = await podproof(['plan', '--profile', 'ci', '--shards', '8', '--json']);
  await writeFile(into('plan.json'), plan.stdout);
  // An empty ledger and an empty cache: nothing of this machine is cleaned.
  env = { XDG_STATE_HOME: into('state'), XDG_CACHE_HOME: into('cache'), PODPROOF: join(packageRoot, 'lib/bin.mjs') };
});
afterAll(() => place[Symbol.asyncDispose]());

const helps = new Map<string, Promise<string>>();

function helpOf(verb: string): Promise<string> {
  const known = helps.get(verb) ?? podproof([verb, '--help']).then(({ stdout }) => stdout);
  helps.set(verb, known);
  return known;
}

/** What needs a host is shown to select something, and to have the flags that it is given. */
const hosted = /^(run|try|shell|fetch|doctor|qualify(?!.* --recorded))\b/;

describe('the commands of the texts', () => {
  test('are there, in each text that a reader is sent to', () => {
    expect(new Set(lines.map(({ file }) => file))).toEqual(
      new Set(['README.md', 'lib/artifacts/README.md', 'results/README.md', 'suites/README.md']),
    );
  });

  test.for(lines.filter(({ words }) => !hosted.test(words)))('$file: podproof $words', async ({ words }) => {
    const ran = await execa('bash', ['-c', `node "$PODPROOF" --results results ${words}`], {
      cwd: place.path,
      env,
      reject: false,
      stdin: 'ignore',
    });
    expect(ran.exitCode, `${ran.stdout}\n${ran.stderr}`).toBe(0);
    const [, file] = / > (\S+)$/.exec(words) ?? [];
    expect(file === undefined ? ran.stdout : await readFile(join(place.path, file), 'utf8')).toMatch(/\w/);
  });

  test.for(lines.filter(({ words }) => hosted.test(words)))('$file: podproof $words has what it selects', async ({ words }) => {
    const [verb = ''] = words.split(' ');
    const help = await helpOf(verb);
    const flags = [...words.replace(/'[^']*'/g, '').matchAll(/ (--[a-z-]+)/g)].map(([, flag = '']) => flag);
    expect(flags.filter((flag) => !new RegExp(`^ +${flag}\\b`, 'm').test(help))).toEqual([]);
    const [selection] = /--profile \S+( --only '[^']*')?|--only '[^']*'/.exec(words) ?? [];
    if (selection === undefined) return;
    const planned = await execa('bash', ['-c', `node "$PODPROOF" plan ${selection}`], { env, reject: false, stdin: 'ignore' });
    expect(planned.exitCode, planned.stderr).toBe(0);
  });
});
