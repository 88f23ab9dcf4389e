import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocations } from './allocations.ts';
import { staticPod } from './differences.ts';

const control = { hostPath: '/dev/vfio/vfio', containerPath: '/dev/vfio/vfio', permissions: 'mrw' };
const group = (id: string) => ({ hostPath: `/dev/mine/${id}`, containerPath: `/dev/vfio/${id}`, permissions: 'mrw' });
const ids = ['58', '60', '68', '69'];
const offers = new Map([['qat.intel.com/generic', ids.map((id) => ({ id, nodes: [group(id), control] }))]]);

function pod(count: number) {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'main', image: 'i', resources: { limits: { 'qat.intel.com/generic': String(count) } } }] },
  };
  return staticPod(JSON.stringify(manifest), { version: '1.37.2', name: 'node' });
}

test('a container is given as many devices as it asks for, in the order of the kubelet’s own request, and a shared node once', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(ids, { minLength: 1 }), (drawn) => {
      const [first, ...others] = drawn.map(group);
      if (first === undefined) return;
      const asked = [first, control, ...others];
      expect(allocations(pod(drawn.length), offers, new Map([['main', asked]]))).toMatchObject([
        { container: 'main', devices: asked },
      ]);
    }),
  );
});

test('what the request of the kubelet lacks was offered all the same', () => {
  expect(allocations(pod(2), offers, new Map([['main', [group('69')]]]))).toMatchObject([
    { devices: [group('69'), control, group('58')] },
  ]);
});

test('a pod that asks for nothing is given nothing', () => {
  expect(allocations(pod(0), offers, new Map())).toEqual([]);
});
