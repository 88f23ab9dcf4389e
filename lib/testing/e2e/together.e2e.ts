import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ledgered } from '../../hosts/shared/budget.ts';
import { readLedger } from '../../hosts/shared/ledger.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { documentOf, podproof } from './podproof.ts';

const only = 'runtime=crun suite=ownership scenario=user-and-group,root question=OWN-ON,OWN-ID,OWN-MODE,OWN-ROOT';
let results: string[];
beforeAll(async () => {
  results = await Promise.all(['a', 'b'].map((name) => mkdtemp(join(tmpdir(), `podproof-together-${name}-`))));
});
afterAll(() => Promise.all(results.map((path) => rm(path, { recursive: true }))));

test('two podproofs at once on one machine both finish with the same verdicts, and let go of all they shared', async () => {
  const started = results.map((path) => podproof(['--results', path, 'run', '--only', only]));
  const pids = started.map(({ pid }) => pid);
  const runs = await Promise.all(started);
  for (const { exitCode, stderr } of runs) expect(exitCode, stderr).toBe(0);
  const verdicts = await Promise.all(
    results.map(async (path) =>
      (await documentOf(join(path, 'latest'))).verdicts.map(({ cell, scenario, question, verdict, observed }) => ({
        cell,
        scenario,
        question,
        verdict,
        observed,
      })),
    ),
  );
  expect(verdicts[0]).toEqual(verdicts[1]);
  expect(verdicts[0]?.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(2);
  const { held, waiting } = Ledgered.parse(JSON.parse(await readFile(join(runtimeDirectory(), 'machine.json'), 'utf8')));
  expect([...held, ...waiting].filter(({ owner }) => pids.includes(owner.pid))).toEqual([]);
  expect((await readLedger()).filter(({ owner }) => pids.includes(owner.pid))).toEqual([]);
});
