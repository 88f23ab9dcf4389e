import { expect, it } from 'vitest';
import { fakeHostFacts } from '../testing/fake-host-facts.ts';
import { startKubelet } from './kubelet.ts';

const nothing = (): never => {
  throw new Error('the host was touched');
};
const host = { id: 'metal', connection: { prefix: [], quoting: 'none' as const }, argv: nothing, exec: nothing, dial: nothing };
const spec = { version: '1.37.2', binary: '/kubelet', directory: '/var/lib/podproof/kubelet', cgroupDriver: 'systemd' as const };

it.each([{ disposable: false }, { ownKernel: false }])(
  'a kubelet does not start where the machine has %o, and touches nothing',
  async (lacks) => {
    const there = { ...host, write: nothing, expose: nothing, facts: { ...fakeHostFacts, ...lacks } };
    await expect(
      startKubelet(there, spec, { engine: { socket: '/engine.sock', api: 'v1' }, signal: new AbortController().signal }),
    ).rejects.toThrow(/^Cannot start kubelet 1\.37\.2 on metal: it takes a whole machine that is thrown away$/);
  },
);
