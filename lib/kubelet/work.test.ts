import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordedKubelet, type RecordedPod } from '../model/kubelet-record.ts';
import { packageRoot } from '../util/paths.ts';
import { criRequestOf, kubeletWork } from './work.ts';

const { node, pods } = RecordedKubelet.parse(
  JSON.parse(await readFile(join(packageRoot, 'results/kubelet/1.37.2-cgroupfs.json'), 'utf8')),
);
const identity = { version: '1.37.2', sha256: 'k'.repeat(64), node };

function recorded(name: string): RecordedPod {
  const pod = pods[name];
  if (pod === undefined) throw new Error(`no pod ${name} was recorded`);
  return pod;
}

test('what a kubelet asked for is recorded with the manifest, and nothing differs', () => {
  expect(kubeletWork(identity, recorded('plain'), 'main')).toEqual({
    ...identity,
    pod: recorded('plain'),
    container: 'main',
    differences: [],
  });
});

test('of a pod that was not admitted there is nothing to differ', () => {
  expect(kubeletWork(identity, { ...recorded('plain'), requests: [] }, 'main')).toMatchObject({
    differences: [],
    pod: { requests: [] },
  });
});

test('a device that no plugin offers is named', () => {
  const { requests, ...pod } = recorded('plain');
  const device = '"devices":[{"container_path":"/dev/x","host_path":"/dev/x","permissions":"mrw"}],"mounts":';
  const given = JSON.parse(JSON.stringify(requests).replace('"mounts":', device));
  const { differences } = kubeletWork(identity, { ...pod, requests: given }, 'main');
  expect(differences).toContainEqual({ field: 'container main: devices[0].host_path', kubelet: '"/dev/x"' });
});

test('an engine is asked for a privileged container, for its user, and for what is masked', () => {
  expect(criRequestOf(recorded('privileged').requests, 'main', 'crun-1-21')).toMatchObject({
    handler: 'crun-1-21',
    privileged: true,
    sandboxPrivileged: true,
    hostNetwork: false,
    userNamespace: false,
  });
  expect(criRequestOf(recorded('host-namespaces').requests, 'main', '')).toMatchObject({ hostNetwork: true });
  expect(criRequestOf(recorded('user-namespace').requests, 'main', '')).toMatchObject({ userNamespace: true });
  expect(criRequestOf(recorded('plain').requests, 'main', '').maskedPaths).toContain('/proc/kcore');
});

test('where nothing was asked for, it was asked for nothing', () => {
  expect(criRequestOf([], 'main', 'runc-1-1-15')).toMatchObject({
    privileged: false,
    devices: [],
    cdiDevices: [],
    annotations: {},
  });
});
