import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../util/paths.ts';
import type { Document } from '../../model/document.ts';
import { fakeFleet, only } from './fake-fleet.ts';
import { forFile } from './for-file.ts';
import { documentOf } from './podproof.ts';
import { inputs, readAction, readWorkflow, runStep, stepOf, type Ran } from './steps.ts';

const fleet = await forFile(fakeFleet());

const entry = join(packageRoot, 'lib/testing/e2e/fake-podproof.mjs');
/** Found from here, as a job's workspace has no packages of its own. */
const shards = 3;

describe('the workflow for other repositories, step by step with its own commands', () => {
  let planned: Ran;
  let merge: Ran;
  let merged: Document;
  const ran: Ran[] = [];

  /** A job's machine: an empty workspace. Only where podproof lies is another than on a runner. */
  const machine = async (name: string) => {
    const directory = join(fleet.directory, name);
    await mkdir(directory, { recursive: true });
    return {
      directory,
      env: {
        ...fleet.environment(name),
        PODPROOF: entry,
      },
    };
  };

  beforeAll(async () => {
    const workflow = await readWorkflow();
    const action = await readAction();
    const stepsOf = (job: string) => workflow.jobs[job]?.steps ?? [];
    const given = { profile: 'all', only: `${only} engine=containerd@1.7.*`, shards: String(shards), matrix: fleet.matrix };
    const values = inputs(workflow.on.workflow_call.inputs, given);

    const planner = await machine('planner');
    planned = await runStep(stepOf(stepsOf('plan'), 'plan'), values, planner);
    expect(planned.exitCode, planned.stderr).toBe(0);

    const merger = await machine('merger');
    const step = stepOf(stepsOf('shard'), 'run');
    for (const shard of JSON.parse(planned.outputs['shards'] ?? '[]') as number[]) {
      const here = await machine(`shard-${shard}`);
      await cp(join(planner.directory, 'plan.json'), join(here.directory, 'plan.json'));
      const context = {
        'matrix.shard': String(shard),
        'needs.plan.outputs.count': planned.outputs['count'] ?? '',
        'github.action_path': '',
      };
      const passed = Object.fromEntries(
        Object.entries(step.with).map(([name, value]) => [
          name,
          String(value).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, key: keyof typeof context) => context[key]),
        ]),
      );
      const result = await runStep(stepOf(action.runs.steps, 'run'), { ...context, ...inputs(action.inputs, passed) }, here);
      ran.push(result);
      // What upload-artifact and download-artifact do with a pattern.
      if (result.outputs['folder'])
        await cp(result.outputs['folder'], join(merger.directory, 'shards', `podproof-shard-${shard}-attempt-1`), {
          recursive: true,
        });
    }
    merge = await runStep(stepOf(stepsOf('merge'), 'merge'), values, merger);
    merged = await documentOf(join(merger.directory, 'merged'));
  });

  test('the plan has a job for each shard with work, and says so in the summary', () => {
    expect(JSON.parse(planned.outputs['shards'] ?? '')).toEqual([1, 2, 3]);
    expect(planned.outputs['count']).toBe('3');
    expect(planned.summary).toContain('shard 3/3: ');
  });

  test('a shard with a deviation is green, as the merge tells it', () => {
    expect(ran.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
    expect(ran.map(({ outputs }) => outputs['exit'])).toContain('1');
  });

  test('the merge has every cell, the exit code of the run, the summary and annotations', () => {
    expect(merged.cells).toHaveLength(12);
    expect(merged.counts).toMatchObject({ missing: 0, blocked: 0, error: 0 });
    expect(merged.counts.fail).toBeGreaterThan(0);
    expect(merge.exitCode, merge.stderr).toBe(1);
    expect(merge.outputs['exit']).toBe('1');
    expect(merge.summary).toContain('OWN-ON');
    expect(merge.stdout).toMatch(/^::error title=fail%3A OWN-ON in odd\//m);
  });
});

test('more shards than a matrix may have jobs are refused', async () => {
  await using fleet = await fakeFleet();
  const workflow = await readWorkflow();
  const values = inputs(workflow.on.workflow_call.inputs, { shards: '257' });
  const step = stepOf(workflow.jobs['plan']?.steps ?? [], 'plan');
  const { exitCode, stdout } = await runStep(step, values, { directory: fleet.directory, env: { PODPROOF: entry } });
  expect(exitCode).toBe(2);
  expect(stdout).toContain('at most 256');
});
