import { expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { observation } from '../testing/evidence.ts';
import { appendRecord } from '../record/ndjson.ts';
import { scenarioKey } from '../model/observation.ts';
import { type Outcome } from '../model/outcome.ts';
import { HostLostError } from '../util/errors.ts';
import { recordLoss } from './host-lease.ts';
import { cell, openIn, stageIn } from '../testing/stage.ts';

const late: Outcome = { kind: 'refused', call: 'RunPodSandbox', code: 'DEADLINE_EXCEEDED', message: 'no answer within 120 s' };
const refused: Outcome = { kind: 'refused', call: 'CreateContainer', code: 'UNKNOWN', message: 'no such device' };
const broken: Outcome = { kind: 'error', message: 'the stream was closed', stack: '' };

/** A run whose host last answered at 100 ms, and the scenarios that are launched again after its loss. */
async function afterLoss(answered: boolean): Promise<string[]> {
  await using results = await temporary();
  const { stage } = await stageIn(results.path);
  const { folder, timeline } = stage;
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
  const open = openIn();
  await recordLoss(stage, open, [cell], lost);
  const latest = await folder.latest([cell.id]);
  const again = [...latest.values()].filter(({ outcome }) => outcome.kind === 'host-lost');
  for (const each of latest.values())
    expect(open.isSettled(scenarioKey(each)), each.scenario).toBe(each.outcome.kind !== 'host-lost');
  return again.map(({ scenario }) => scenario);
}

it('launches again what ran into a deadline after the last word of a host that fell silent', async () => {
  expect(await afterLoss(true)).toEqual(['late since', 'under way']);
});

it('believes a deadline of a host that was not silent', async () => {
  expect(await afterLoss(false)).toEqual(['under way']);
});
