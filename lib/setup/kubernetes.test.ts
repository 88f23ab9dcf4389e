import { Job } from 'kubernetes-models/batch/v1';
import { PersistentVolumeClaim } from 'kubernetes-models/v1';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { temporary } from '../testing/temporary.ts';
import { execOk } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';

const text = await readFile(join(packageRoot, '.github/kubernetes/job.yaml'), 'utf8');
const [claim, manifest] = parseAllDocuments(text).map((document) => document.toJS() as unknown);

/** The parts whose meaning the schema does not check. */
const Spec = z.object({
  completionMode: z.string(),
  completions: z.int(),
  parallelism: z.int(),
  backoffLimitPerIndex: z.int(),
  maxFailedIndexes: z.int(),
  podFailurePolicy: z.object({
    rules: z.array(
      z.object({
        action: z.enum(['Ignore', 'Count', 'FailJob', 'FailIndex']),
        onExitCodes: z
          .object({ containerName: z.string(), operator: z.enum(['In', 'NotIn']), values: z.array(z.int()) })
          .optional(),
        onPodConditions: z.array(z.object({ type: z.string() })).optional(),
      }),
    ),
  }),
  template: z.object({
    spec: z.object({
      restartPolicy: z.string(),
      containers: z.array(
        z.object({
          name: z.string(),
          command: z.array(z.string()),
          env: z.array(z.object({ name: z.string(), value: z.string() })),
          volumeMounts: z.array(z.object({ name: z.string() })),
        }),
      ),
      volumes: z.array(z.object({ name: z.string() })),
    }),
  }),
});
const { spec } = z.object({ spec: Spec }).parse(manifest);
const [container] = spec.template.spec.containers;

/** What the Job does with a pod that ends so: the first rule that matches, and otherwise it counts (Kubernetes, "Pod failure policy"). */
function actionFor(code: number): string {
  const rule = spec.podFailurePolicy.rules.find(({ onExitCodes }) => onExitCodes?.values.includes(code) === true);
  return rule?.action ?? 'Count';
}

/** The schema of the API takes these documents; it is asked with one member changed, too, to show that it refuses. */
function valid(value: unknown): () => void {
  return () => new Job(value as ConstructorParameters<typeof Job>[0]).validate();
}

describe('the Kubernetes manifest', () => {
  it('is valid by the schema of the API, which refuses what is wrong', () => {
    expect(valid(manifest)).not.toThrow();
    expect(() =>
      new PersistentVolumeClaim(claim as ConstructorParameters<typeof PersistentVolumeClaim>[0]).validate(),
    ).not.toThrow();
    const broken = (change: Record<string, unknown>): unknown => ({ ...(manifest as object), spec: { ...spec, ...change } });
    expect(valid(broken({ completions: 'eight' }))).toThrow();
    expect(valid(broken({ podFailurePolicy: { rules: [{ onExitCodes: { operator: 'In', values: [1] } }] } }))).toThrow();
  });

  it('runs one shard for each index, and names the number of shards once more', () => {
    expect(spec.completionMode).toBe('Indexed');
    expect(container?.env.find(({ name }) => name === 'SHARDS')?.value).toBe(String(spec.completions));
    expect(spec.parallelism).toBeLessThanOrEqual(spec.completions);
  });

  it('keeps what the API asks of a pod failure policy and of limits for each index', () => {
    expect(spec.template.spec.restartPolicy).toBe('Never');
    const limited = spec.podFailurePolicy.rules.flatMap(({ onExitCodes }) => onExitCodes ?? []);
    for (const { containerName, operator, values } of limited) {
      expect(containerName).toBe(container?.name);
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
      expect(values.length).toBeLessThanOrEqual(255);
      if (operator === 'In') expect(values).not.toContain(0);
    }
    const mounted = container?.volumeMounts.map(({ name }) => name).sort();
    expect(mounted).toEqual(spec.template.spec.volumes.map(({ name }) => name).sort());
  });

  it('tries again what infrastructure spoiled, and never what another try would say again', () => {
    expect(Object.fromEntries([1, 2, 75, 77, 130, 137].map((code) => [code, actionFor(code)]))).toEqual({
      1: 'FailIndex',
      2: 'FailJob',
      75: 'Count',
      77: 'FailIndex',
      130: 'Count',
      137: 'Count',
    });
    expect(spec.podFailurePolicy.rules[0]).toMatchObject({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] });
    expect(spec.maxFailedIndexes).toBeGreaterThanOrEqual(spec.completions);
  });

  it('counts shards from 1, and resumes where an earlier pod of the index left records', async () => {
    const [shell, flags, script] = container?.command ?? [];
    const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
    const told = (results: string): Promise<string> =>
      execOk([shell ?? '', flags ?? '', `node() { echo "$@"; }; ${(script ?? '').replaceAll('exec node', 'node')}`], {
        env: { ...env, RESULTS: results, JOB_COMPLETION_INDEX: '2' },
      });
    expect((await told('/nonexistent')).trim()).toBe(
      '/podproof/lib/bin.mjs --results /nonexistent/shard-3 run --plan /plan/plan.json --shard 3/8',
    );
    await using place = await temporary();
    await mkdir(join(place.path, 'shard-3/latest'), { recursive: true });
    await writeFile(join(place.path, 'shard-3/latest/plan.json'), '{}');
    expect((await told(place.path)).split('\n')[0]).toBe(`/podproof/lib/bin.mjs --results ${place.path}/shard-3 run --resume`);
  });
});
