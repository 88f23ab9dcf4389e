import { beforeAll, expect, test } from 'vitest';
import { faultOf } from '../faults/campaign.ts';
import { experiment, undisturbed, type Fault } from '../faults/experiment.ts';

// A short campaign; `npm run faults` is the long one.
let expected: ReadonlyMap<string, string>;
beforeAll(async () => {
  expected = await undisturbed('fake');
});

const faults: Fault[] = [
  { kind: 'engine', what: 'kill podproof', at: 12 },
  // This call pulls an image: the engine is up, and has no pod yet.
  { kind: 'engine', what: 'reset', at: 5 },
  { kind: 'engine', what: 'kill engine', at: 9 },
  { kind: 'engine', what: 'lose host', at: 14 },
  { kind: 'registry', manner: 'lies' },
  { kind: 'clock jump', ms: -3_600_000 },
];

test.for(faults)('a run ends or resumes to the same verdicts, and nothing is left: %j', async (fault) => {
  const outcome = await experiment(fault, expected);
  expect(outcome).toMatchObject({ happened: true, differing: [], leftovers: [], wrong: [] });
});

test('an undisturbed run has verdicts of more than one kind, so that a difference can be seen', () => {
  expect(new Set(expected.values())).toEqual(new Set(['pass', 'fail', 'unsupported']));
});

test('the same seed gives the same faults', () => {
  const list = (seed: number) => Array.from({ length: 30 }, (_, index) => faultOf('fake', seed, index));
  expect(list(5)).toEqual(list(5));
  expect(list(5)).not.toEqual(list(6));
});
