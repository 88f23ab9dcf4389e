import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineConfig } from '../../engine/engine.ts';
import { loadMatrix } from '../../matrix/load.ts';
import { makePlan } from '../../plan/plan.ts';
import type { Document } from '../../record/document.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { packageRoot } from '../../util/paths.ts';
import { rulebookFor } from '../../verbs/rulebook.ts';
import { progressOn } from '../progress.ts';
import { run } from '../run.ts';

let results: string;
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'podproof-sabotage-'));
});
afterAll(() => rm(results, { recursive: true }));

/** A real run of a selection with an engine whose configuration is changed behind the plan's back. */
async function sabotaged(only: string, change: (text: string) => string): Promise<Document> {
  const matrix = await loadMatrix(join(packageRoot, 'matrix.json'));
  const plan = makePlan(matrix, { profile: 'quick', only });
  const tamper = (config: EngineConfig): EngineConfig => ({
    ...config,
    files: Object.fromEntries(
      Object.entries(config.files).map(([path, text]) => [path, path.endsWith('/config.toml') ? change(text) : text]),
    ),
  });
  return run({
    plan,
    folder: await RunFolder.create(results, plan),
    rulebook: rulebookFor(plan),
    version: '0.0.0',
    progress: progressOn({ write: () => true }),
    signal: new AbortController().signal,
    tamper,
  });
}

describe('an engine whose configuration was sabotaged', () => {
  test('with the ownership flag turned off, OWN-EFFECTIVE and OWN-ON are red and the trail names the engine configuration', async () => {
    const document = await sabotaged('runtime=runc scenario=user-and-group rule=OWN-EFFECTIVE,OWN-ON,OWN-ID', (text) => {
      const changed = text.replace(
        'device_ownership_from_security_context = true',
        'device_ownership_from_security_context = false',
      );
      expect(changed).not.toBe(text);
      return changed;
    });
    const verdicts = Object.fromEntries(document.verdicts.map((verdict) => [verdict.rule, verdict]));
    expect(verdicts['OWN-EFFECTIVE']).toMatchObject({
      verdict: 'fail',
      observed: 'device_ownership_from_security_context = false',
    });
    expect(verdicts['OWN-ON']).toMatchObject({ verdict: 'fail', layer: 'engine-config' });
    expect(verdicts['OWN-ON']?.trail?.find((layer) => layer.changed)).toMatchObject({ layer: 'engine-config' });
    expect(verdicts['OWN-ID']).toMatchObject({ verdict: 'pass' });
    expect(document.run.exit).toBe(1);
  });

  test('with crun where runc was planned, the cell is void', async () => {
    const document = await sabotaged('scenario=plain rule=ID-*', (text) => {
      const paths = [...text.matchAll(/BinaryName = "(\S+)"/g)].map((match) => match[1] ?? '');
      const crun = paths.find((path) => path.endsWith('/crun')) ?? '';
      const runc = paths.find((path) => path.endsWith('/runc')) ?? '';
      expect([crun, runc]).not.toContain('');
      return text.replaceAll(runc, crun);
    });
    const [runc] = document.cells.filter((cell) => cell.runtime.name === 'runc');
    const [crun] = document.cells.filter((cell) => cell.runtime.name === 'crun');
    expect(runc).toMatchObject({ verdict: 'void' });
    expect(crun).toMatchObject({ verdict: 'pass' });
    expect(document.run.exit).toBe(1);
  });
});
