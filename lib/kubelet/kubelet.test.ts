import { expect, it } from 'vitest';
import { fakeHostFacts } from '../testing/fake-host/facts.ts';
import { HostLostError } from '../util/errors.ts';
import type { ExecResult } from '../util/exec.ts';
import { startKubelet } from './kubelet.ts';

const nothing = (): never => {
  throw new Error('the host was touched');
};
const host = {
  ...{ id: 'metal', connection: { prefix: [], quoting: 'none' as const } },
  ...{ argv: nothing, exec: nothing, dial: nothing, write: nothing, expose: nothing, assertAlive: nothing },
};
const spec = { version: '1.37.2', binary: '/kubelet', directory: '/var/lib/podproof/kubelet', cgroupDriver: 'systemd' as const };

it.each([{ disposable: false }, { ownKernel: false }])(
  'a kubelet does not start where the machine has %o, and touches nothing',
  async (lacks) => {
    const there = { ...host, facts: { ...fakeHostFacts, ...lacks } };
    await expect(
      startKubelet(there, spec, { engine: { socket: '/engine.sock', api: 'v1' }, signal: new AbortController().signal }),
    ).rejects.toThrow(/^Cannot start kubelet 1\.37\.2 on metal: it takes a whole machine that is thrown away$/);
  },
);

it.each([
  ['a machine that died while it started is lost, and blocks nothing', true],
  ['a kubelet that does not start on a machine that lives blocks its cell', false],
])('%s', async (_, dead) => {
  const exec = (argv: readonly string[]): Promise<ExecResult> => {
    const exitCode = dead || argv[2]?.endsWith('remember_host "$1"') === true ? 255 : 0;
    return Promise.resolve({
      ...{ argv, exitCode, timedOut: false, durationMs: 0 },
      ...{ stdout: '', stderr: '', failure: 'no answer' },
    });
  };
  const lost = new HostLostError('Host metal is lost: it does not answer', '');
  const assertAlive = (): Promise<void> => (dead ? Promise.reject(lost) : Promise.resolve());
  const facts = { ...fakeHostFacts, disposable: true, ownKernel: true };
  const { signal } = new AbortController();
  const error = await startKubelet({ ...host, facts, exec, assertAlive }, spec, {
    engine: { socket: '/engine.sock', api: 'v1' },
    signal,
  }).catch((thrown: unknown) => thrown);
  if (dead) expect(error).toBe(lost);
  else
    expect(error).toMatchObject({
      name: 'BlockedError',
      message:
        'Cannot start kubelet 1.37.2 on metal: Cannot remember what a kubelet changes on its host: no answer; its log ends: it is empty',
    });
});
