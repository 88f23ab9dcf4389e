import { expect, test } from 'vitest';
import type { Host } from '../hosts/host.ts';
import type { Component } from '../model/cell.ts';
import { fakeHostFacts } from '../testing/fake-host/facts.ts';
import { sealRuntime } from './sealed-runtime.ts';

const source = { kind: 'path' } as const;
const runc: Component = { name: 'runc', version: '1.1.15', source };
const artifact = { binaries: { runc: 'usr/sbin/runc', crun: 'usr/bin/crun', containerd: 'usr/bin/containerd' } };

/** What is sealed on a host of this kind, and what was run there for it. */
async function sealed(component: Component, { accelerator = 'tcg' as Host['facts']['accelerator'], exitCode = 0 } = {}) {
  const ran: Array<readonly string[]> = [];
  const host: Pick<Host, 'exec' | 'facts'> = {
    facts: { ...fakeHostFacts, accelerator },
    exec(argv) {
      ran.push(argv);
      return Promise.resolve({ argv, exitCode, stdout: '', stderr: 'no room\n', timedOut: false, durationMs: 1, failure: '' });
    },
  };
  return { file: await sealRuntime(host, component, artifact, '/opt/podproof/runc'), ran };
}

test('a runc that copies itself runs from a sealed copy on an emulated host', async () => {
  const { file, ran } = await sealed(runc);
  expect(file).toBe('/opt/podproof/runc/usr/sbin/runc');
  expect(ran.map((argv) => argv.slice(-2))).toEqual([['/opt/podproof/runc/usr/sbin/runc', '/run/podproof/sealed']]);
});

test.for([
  ['a runc that binds its file', { ...runc, version: '1.1.14' }, {}],
  ['a runc that lays a file system over it', { ...runc, version: '1.2.0' }, {}],
  ['another runtime', { name: 'crun', version: '1.21', source }, {}],
  ['an engine', { name: 'containerd', version: '1.1.15', source }, {}],
  ['runc under KVM', runc, { accelerator: 'kvm' }],
  ['runc on a machine of its own', runc, { accelerator: 'none' }],
] as const)('%s runs as it is', async ([, component, where]) => {
  expect(await sealed(component, where)).toEqual({ file: undefined, ran: [] });
});

test('where it cannot be sealed, the program and the reason are named', async () => {
  await expect(sealed(runc, { exitCode: 1 })).rejects.toThrow(
    'Cannot seal a copy of /opt/podproof/runc/usr/sbin/runc in the memory of the host: no room',
  );
});
