import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Ledgered } from '../../hosts/shared/budget.ts';
import { readLedger } from '../../hosts/shared/ledger.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { forFile } from './for-file.ts';
import { documentOf, podproof } from './podproof.ts';
import { temporary } from '../temporary.ts';

const only = 'runtime=crun suite=ownership scenario=user-and-group,root question=OWN-ON,OWN-ID,OWN-MODE,OWN-ROOT';
const { path: directory } = await forFile(temporary());
const results = ['a', 'b'].map((name) => join(directory, name));

test('two podproofs at once on one machine both finish with the same verdicts, and let go of all they shared', async () => {
  const started = results.map((path) => podproof(['--results', path, 'run', '--only', only]));
  const pids = started.map(({ pid }) => pid);
  const runs = await Promise.all(started);
  for (const { exitCode, stderr } of runs) expect(exitCode, stderr).toBe(0);
  const verdicts = await Promise.all(
    results.map(async (path) =>
      (await documentOf(join(path, 'latest'))).verdicts.map(({ cell, scenario, question, verdict, observed }) =>
        [verdict, cell, scenario, question, observed].join(' '),
      ),
    ),
  );
  expect(verdicts[0]).toEqual(verdicts[1]);
  expect(verdicts[0]?.filter((line) => line.startsWith('pass ')).length).toBeGreaterThan(2);
  const { held, waiting } = Ledgered.parse(JSON.parse(await readFile(join(runtimeDirectory(), 'machine.json'), 'utf8')));
  expect([...held, ...waiting].filter(({ owner }) => pids.includes(owner.pid))).toEqual([]);
  expect((await readLedger()).filter(({ owner }) => pids.includes(owner.pid))).toEqual([]);
});
