import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { wrongThingTested } from './canary.ts';
import { cell, evidence, kataCell, lease, planned, vmm } from '../testing/evidence.ts';

const { observation } = evidence();
const engine = (change: Partial<typeof lease.engine>) => ({ ...lease, engine: { ...lease.engine, ...change } });
const identity = (change: Partial<typeof observation.identity>): Observation => ({
  ...observation,
  identity: { ...observation.identity, ...change },
});
const guestOwn: Observation = {
  ...observation,
  guest: { ...observation.guest, bootId: 'boot-of-the-guest' },
  host: { ...observation.host, processes: [vmm] },
};

describe('identity canary', () => {
  it('says nothing of what was planned', () => {
    expect(wrongThingTested(cell, planned, lease, observation)).toBeUndefined();
    expect(wrongThingTested(kataCell, planned, lease, guestOwn)).toBeUndefined();
  });

  it('takes cri-o for the engine crio', () => {
    const crio = { ...cell, engine: { name: 'crio', version: '1.36.3' } } as const;
    const reported = engine({ reportedName: 'cri-o', reportedVersion: '1.36.3' });
    expect(wrongThingTested(crio, planned, reported, observation)).toBeUndefined();
  });

  it.for([
    ['another engine', engine({ reportedName: 'cri-o' }), /says that it is cri-o, planned was containerd/],
    ['another version', engine({ reportedVersion: 'v2.1.0' }), /says that it is v2\.1\.0, planned was 1\.7\.24/],
    ['an unreadable version', engine({ reportedVersion: 'unknown' }), /says that it is unknown/],
    ['another binary', engine({ sha256: 'f'.repeat(64) }), /sha256 ffffffffffff, planned was eeeeeeeeeeee/],
  ] as const)('sees %s', ([, lied, words]) => {
    expect(wrongThingTested(cell, planned, lied, observation)).toMatch(words);
  });

  it('sees another runtime binary, and a container whose state is another runtime’s or nobody’s', () => {
    const of = (change: Parameters<typeof identity>[0]) => wrongThingTested(cell, planned, lease, identity(change));
    expect(of({ runtimeSha256: '' })).toMatch(/runs \S+\/runc with sha256 none, planned was rrrrrrrrrrrr/);
    expect(of({ stateOf: 'crun' })).toBe("the container's state on the host is that of crun, planned was runc");
    expect(of({ stateOf: null })).toBe("the container's state on the host is absent, planned was runc");
  });

  it('asks a pod that was refused for no state', () => {
    const refused = { kind: 'refused' as const, call: 'CreateContainer', code: 'UNKNOWN', message: 'no' };
    expect(wrongThingTested(cell, planned, lease, { ...identity({ stateOf: null }), outcome: refused })).toBeUndefined();
  });

  it('sees a Kata pod on the host’s kernel, and one without a VMM', () => {
    expect(wrongThingTested(kataCell, planned, lease, observation)).toMatch(/runs on the host's kernel 6\.12\.117/);
    const without = { ...guestOwn, host: { ...observation.host, processes: [{ ...vmm, role: 'shim' as const }] } };
    expect(wrongThingTested(kataCell, planned, lease, without)).toBe('no VMM process on the host belongs to this sandbox');
  });

  it('sees a shim that loaded another configuration, also where the pod was refused, and takes none for loaded that no log names', () => {
    const configured = (loaded: string | null): Observation => ({
      ...guestOwn,
      identity: { ...observation.identity, configuration: { planned: '/var/lib/kata/rootless.toml', loaded } },
    });
    const said = 'the shim says that it loaded /etc/kata-containers/configuration.toml, planned was /var/lib/kata/rootless.toml';
    const another = configured('/etc/kata-containers/configuration.toml');
    expect(wrongThingTested(kataCell, planned, lease, another)).toBe(said);
    const refused = { kind: 'refused' as const, call: 'RunPodSandbox', code: 'UNKNOWN', message: 'no' };
    expect(wrongThingTested(kataCell, planned, lease, { ...another, outcome: refused })).toBe(said);
    expect(wrongThingTested(kataCell, planned, lease, configured('/var/lib/kata/rootless.toml'))).toBeUndefined();
    expect(wrongThingTested(kataCell, planned, lease, configured(null))).toBe(
      'no log says that the shim loaded a configuration, planned was /var/lib/kata/rootless.toml',
    );
    expect(wrongThingTested(kataCell, planned, lease, { ...configured(null), outcome: refused })).toBeUndefined();
  });

  it('sees a configuration that was loaded by its path, and holds something else', () => {
    const path = '/var/lib/kata/rootless.toml';
    const holding = (sha256: string): Observation => ({
      ...guestOwn,
      identity: {
        ...observation.identity,
        configuration: { planned: path, loaded: path, plannedSha256: 'a'.repeat(64), sha256 },
      },
    });
    expect(wrongThingTested(kataCell, planned, lease, holding('a'.repeat(64)))).toBeUndefined();
    expect(wrongThingTested(kataCell, planned, lease, holding('b'.repeat(64)))).toBe(
      `the configuration ${path} has sha256 bbbbbbbbbbbb, planned was aaaaaaaaaaaa`,
    );
    expect(wrongThingTested(kataCell, planned, lease, holding(''))).toMatch(/has sha256 none, planned was/);
  });

  it('sees the shim of another runtime that was started in the place of Kata’s', () => {
    const message =
      'failed to start sandbox "4c": failed to create containerd task: failed to create shim task: type with url runtimeoptions.v1.Options: not found: unknown';
    const refused = { kind: 'refused' as const, call: 'RunPodSandbox', code: 'UNKNOWN', message };
    expect(wrongThingTested(kataCell, planned, lease, { ...observation, outcome: refused })).toBe(
      'the program that handler runc-1-1-15 starts is no shim of Kata: it does not know the options of one',
    );
    expect(wrongThingTested(cell, planned, lease, { ...observation, outcome: refused })).toBeUndefined();
  });

  it('sees a gVisor pod on the host’s kernel, one whose state is another runtime’s, and one without a sentry', () => {
    const gvisor = { ...cell, runtime: { name: 'runsc', version: '20260706.0' } } as const;
    const own = { ...guestOwn, ...identity({ stateOf: 'runsc' }), guest: guestOwn.guest };
    const sentry = { ...own, host: { ...observation.host, processes: [{ ...vmm, role: 'sentry' as const }] } };
    expect(wrongThingTested(gvisor, planned, lease, sentry)).toBeUndefined();
    expect(wrongThingTested(gvisor, planned, lease, { ...sentry, guest: observation.guest })).toMatch(
      /runs on the host's kernel 6\.12\.117\S*, planned was a kernel of gVisor/,
    );
    expect(wrongThingTested(gvisor, planned, lease, { ...sentry, ...identity({ stateOf: 'runc' }) })).toMatch(
      /that of runc, planned was runsc/,
    );
    expect(wrongThingTested(gvisor, planned, lease, { ...sentry, host: { ...observation.host, processes: [vmm] } })).toBe(
      'no sentry process on the host belongs to this sandbox',
    );
  });

  it('asks Dragonball, which runs inside the shim, for no VMM process', () => {
    const dragonball = { ...kataCell, runtime: { ...kataCell.runtime, shim: 'rust', vmm: 'dragonball' } } as const;
    const without = { ...guestOwn, host: { ...observation.host, processes: [] } };
    expect(wrongThingTested(dragonball, planned, lease, without)).toBeUndefined();
  });
});
