import { expect, test } from 'vitest';
import { sampleTrial } from '../testing/trial.ts';
import { trialText } from '../report/trial-text.ts';
import { explainRefusals } from './explain-refusals.ts';

const [first] = sampleTrial().attempts;
if (first === undefined) throw new Error('the sample has no attempt');
const refused = (reason: string) =>
  explainRefusals(sampleTrial({ attempts: [{ ...first, outcome: 'refused', reason, containers: [] }], fixes: [] }));

test('a refusal in known words says what it means, and where there is more', () => {
  const trial = refused('StartContainer: cold_plug_vfio= or hot_plug_vfio= port is not set for device 0000:00:08.0: unknown');
  expect(trial.attempts[0]?.cause?.id).toBe('no-vfio-port');
  const text = trialText(trial).replaceAll(/\s+/g, ' ');
  expect(text).toContain('that is: a VFIO device was given to the pod');
  expect(text).toContain('(npx podproof explain no-vfio-port)');
});

test('of other words nothing is said, and of a pod that ran neither', () => {
  expect(refused('RunPodSandbox: qwertz').attempts[0]?.cause).toBeUndefined();
  expect(explainRefusals(sampleTrial())).toEqual(sampleTrial());
});
