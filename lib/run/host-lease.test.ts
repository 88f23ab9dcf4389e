import { expect, it } from 'vitest';
import { temporary } from '../artifact/testing.ts';
import { observation } from '../judge/evidence.sample.ts';
import type { Plan, PlannedCell } from '../plan/cell.ts';
import { appendRecord } from '../record/ndjson.ts';
import { scenarioKey, type Outcome } from '../record/observation.ts';
import { RunFolder } from '../record/run-folder.ts';
import { HostLostError } from '../util/errors.ts';
import { recordLoss } from './host-lease.ts';
import { progressOn } from './progress.ts';
import type { Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

const cell: PlannedCell = {
  id: 'debian-13/containerd-1.7.24/runc-1.1.15',
  host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
  engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path' } },
  runtime: { name: 'runc', version: '1.1.15', source: { kind: 'path' } },
};
const plan: Plan = { schema: 1, hash: 'h', profile: 'quick', only: '', suites: ['s'], cells: [cell], excluded: [] };
const late: Outcome = { kind: 'refused', call: 'RunPodSandbox', code: 'DEADLINE_EXCEEDED', message: 'no answer within 120 s' };
const refused: Outcome = { kind: 'refused', call: 'CreateContainer', code: 'UNKNOWN', message: 'no such device' };
const broken: Outcome = { kind: 'error', message: 'the stream was closed', stack: '' };

/** A run whose host last answered at 100 ms, and the scenarios that are launched again after its loss. */
async function afterLoss(answered: boolean): Promise<string[]> {
  await using results = await temporary();
  const folder = await RunFolder.create(results.path, plan);
  const timeline = new Timeline(Date.now(), (event) => folder.append(event));
  const stage: Pick<Stage, 'folder' | 'timeline' | 'progress' | 'done' | 'lost'> = {
    ...{ folder, timeline, done: new Set(), lost: new Set() },
    progress: progressOn({ write: () => true }),
  };
  const pods: Array<[string, number, Outcome]> = [
    ['ran', 90, { kind: 'ran' }],
    ['late before', 95, late],
    ['late since', 130, late],
    ['refused since', 131, refused],
    ['under way', 140, broken],
  ];
  for (const [scenario, endMs, outcome] of pods)
    appendRecord(folder.observationsFile(cell.id), { ...observation, cell: cell.id, scenario, startMs: 10, endMs, outcome });
  const lost = new HostLostError('Host debian-13 is lost', '', undefined, answered ? timeline.origin + 100 : undefined);
  await recordLoss(stage as Stage, [cell], lost);
  const latest = await folder.latest([cell.id]);
  const again = [...latest.values()].filter(({ outcome }) => outcome.kind === 'host-lost');
  for (const each of latest.values())
    expect(stage.done.has(scenarioKey(each)), each.scenario).toBe(each.outcome.kind !== 'host-lost');
  return again.map(({ scenario }) => scenario);
}

it('launches again what ran into a deadline after the last word of a host that fell silent', async () => {
  expect(await afterLoss(true)).toEqual(['late since', 'under way']);
});

it('believes a deadline of a host that was not silent', async () => {
  expect(await afterLoss(false)).toEqual(['under way']);
});
