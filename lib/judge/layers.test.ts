import { describe, expect, it } from 'vitest';
import type { About } from '../suite/reading.ts';
import { evidence, lease, type Sample } from '../testing/evidence.ts';
import { deviceLayers } from './layers.ts';

const path = '/dev/podproof-block';
const flag = 'device_ownership_from_security_context';
type Field = About['field'];

/** `layer: value` of every hop, with a star at the one that is blamed. */
function hops(field: Field, change: (observation: Sample) => void = () => undefined, at = path, on = lease): string[] {
  return deviceLayers({ path: at, field }, { ...evidence(change), lease: on }).map(
    ({ layer, value, changed }) => `${changed ? '* ' : ''}${layer}: ${value}`,
  );
}

function blamed(...given: Parameters<typeof hops>): string[] {
  return hops(...given).filter((hop) => hop.startsWith('* '));
}

const guest = (observation: Sample) => observation.guest.dev[0];
const spec = (observation: Sample) => observation.spec.linux?.devices[0];

describe('deviceLayers', () => {
  it('names the value at each layer', () => {
    expect(hops('uid')).toEqual([
      'cri: runAsUser 1000',
      `engine-config: ${flag} = true`,
      '* oci-spec: 1000',
      'host: 1234',
      'guest: 1000',
    ]);
    expect(hops('mode').slice(0, 2)).toEqual(['cri: /dev/vdb rwm', 'engine-config: no key changes it']);
    expect(hops('type')).toContain('host: b 254:16');
  });

  it('blames the engine’s configuration when the planned key is not effective', () => {
    const effective = { [flag]: false };
    const off = { ...lease, engine: { ...lease.engine, effective } };
    expect(blamed('gid', undefined, path, off)).toEqual([`* engine-config: ${flag} = false, planned true`]);
    const gone = { ...lease, engine: { ...lease.engine, effective: {} } };
    expect(blamed('gid', undefined, path, gone)).toEqual([`* engine-config: ${flag} = not effective, planned true`]);
  });

  it('does not blame the ownership key for a mode', () => {
    const off = { ...lease, engine: { ...lease.engine, effective: {} } };
    expect(blamed('mode', undefined, path, off)).toEqual(['* oci-spec: 0640']);
  });

  it('blames the specification when it already has what the guest shows', () => {
    expect(
      blamed('uid', (observation) => {
        Object.assign(spec(observation) ?? {}, { uid: 0 });
        Object.assign(guest(observation) ?? {}, { uid: 0 });
      }),
    ).toEqual(['* oci-spec: 0']);
  });

  it('blames the guest when it differs from the specification', () => {
    expect(blamed('uid', (observation) => Object.assign(guest(observation) ?? {}, { uid: 0 }))).toEqual(['* guest: 0']);
    expect(blamed('presence', (observation) => (observation.guest.dev = []))).toEqual(['* guest: no node']);
  });

  it('blames the specification’s silence, which leaves the choice to the runtime', () => {
    expect(
      blamed('mode', (observation) => {
        delete spec(observation)?.fileMode;
        Object.assign(guest(observation) ?? {}, { mode: '0666' });
      }),
    ).toEqual(['* oci-spec: unset: the runtime chooses']);
    expect(blamed('gid', (observation) => delete spec(observation)?.gid)).toEqual(['* oci-spec: unset']);
  });

  it('blames the specification when the device is neither there nor in the guest', () => {
    expect(
      blamed('presence', (observation) => {
        observation.spec.linux?.devices.splice(0);
        observation.guest.dev = [];
      }),
    ).toEqual([`* oci-spec: no device at ${path}`]);
  });

  it('follows a node below a directory device to the host’s node', () => {
    const below = hops(
      'mode',
      (observation) => {
        observation.request.devices = [
          { hostPath: '/dev/podproof/nodes', containerPath: '/dev/podproof-directory', permissions: 'rwm' },
        ];
        observation.host.dev = [
          { path: '/dev/podproof/nodes/first', type: 'c', major: 10, minor: 229, uid: 11, gid: 22, mode: '0641' },
        ];
      },
      '/dev/podproof-directory/first',
    );
    expect(below).toContain('cri: /dev/podproof/nodes rwm');
    expect(below).toContain('host: 0641');
  });

  it('stands when the pod never ran', () => {
    const had = evidence();
    const { guest: _guest, host: _host, spec: _spec, ...refused } = had.observation;
    const layers = deviceLayers({ path, field: 'presence' }, { ...had, observation: refused });
    expect(layers.map(({ value }) => value)).toEqual([
      '/dev/vdb rwm',
      'no key changes it',
      `no device at ${path}`,
      'no node',
      'no node',
    ]);
  });

  it('blames one layer and no other', () => {
    for (const field of ['uid', 'gid', 'mode', 'type', 'presence'] as const) expect(blamed(field)).toHaveLength(1);
  });
});
