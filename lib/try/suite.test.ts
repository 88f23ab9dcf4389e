import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Plan } from '../model/cell.ts';
import { TriedContainer } from '../model/tried.ts';
import { mediaWorkload } from '../testing/pods.ts';
import { cell } from '../testing/stage.ts';
import { parseDevice } from './device-spec.ts';
import { devicesOf } from './devices.ts';
import { recordedPlan } from './recorded-plan.ts';
import { trialSuite, triedContainers } from './suite.ts';

const workload = mediaWorkload();
const devices = devicesOf(workload.pod, {
  resources: [parseDevice('gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660'), parseDevice('gpu.intel.com/i915=vfio')],
  described: [],
});

test('a recorded trial asks whether each container runs, and whether it can use each of its devices', () => {
  const tried = triedContainers([{ workload, devices }]).flat();
  expect(tried.map(({ scenario }) => scenario)).toEqual(['media-media']);
  const { questions } = trialSuite(tried);
  expect(questions.map(({ id, asks }) => [id, asks])).toEqual([
    ['TRY-MEDIA-MEDIA-RUNS', 'Does container media of Deployment media run?'],
    [
      'TRY-MEDIA-MEDIA-DEV-DRI-RENDERD128',
      'Can container media of Deployment media use /dev/dri/renderD128 (gpu.intel.com/i915)?',
    ],
    ['TRY-MEDIA-MEDIA-VFIO', 'Can container media of Deployment media use the spare PCI function (gpu.intel.com/i915)?'],
  ]);
});

test('pods of one name are kept apart', () => {
  const scenarios = triedContainers([
    { workload, devices },
    { workload, devices },
  ]).flat();
  expect(scenarios.map(({ scenario }) => scenario)).toEqual(['media-media', 'media-media-2']);
});

test('its suite is made again from its plan, whatever names there are', () => {
  const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('media', 'media-2', 'runs', '/dev/x', '__proto__'));
  const container = fc.record({
    scenario: text,
    title: text,
    devices: fc.array(fc.record({ path: text, from: text }, { requiredKeys: ['from'] }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(container, { selector: ({ scenario }) => scenario, maxLength: 5 }), (tried) => {
      const plan = recordedPlan(
        { schema: 1, hash: '', profile: 'quick', only: '', suites: [], cells: [cell], excluded: [] },
        TriedContainer.array().parse(tried),
      );
      const read = Plan.parse(JSON.parse(JSON.stringify(plan)));
      const { scenarios, questions } = trialSuite(read.tried ?? []);
      expect(scenarios).toHaveLength(tried.length);
      expect(new Set(questions.map(({ id }) => id)).size).toBe(tried.length + tried.flatMap((each) => each.devices).length);
    }),
  );
});

test('two trials of the same cells and other pods are runs of other plans, which are never merged', () => {
  const plan: Plan = { schema: 1, hash: '', profile: 'quick', only: '', suites: [], cells: [cell], excluded: [] };
  const [one = []] = triedContainers([{ workload, devices }]);
  expect(recordedPlan(plan, one).hash).not.toBe(
    recordedPlan(
      plan,
      one.map((each) => ({ ...each, scenario: 'x' })),
    ).hash,
  );
  expect(recordedPlan(plan, one).hash).toBe(recordedPlan({ ...plan, profile: 'ci' }, one).hash);
});
