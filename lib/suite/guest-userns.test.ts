import { describe, expect, it } from 'vitest';
import guest from '../../suites/guest.suite.ts';
import { exhibit, judge, type Judgement } from '../judge/judge.ts';
import { unmet } from '../judge/applies.ts';
import type { Outcome } from '../model/outcome.ts';
import { cell, evidence, kataCell, lease, planned, vmm } from '../testing/evidence.ts';
import type { CellFacts } from './requirement.ts';

const [question] = guest.questions;
const [scenario] = guest.scenarios;
const gvisor: CellFacts = { ...cell, runtime: { name: 'runsc', version: '20260622.0' } };
const under = (engine: 'containerd' | 'crio', version: string, one: CellFacts): CellFacts => ({
  ...one,
  engine: { name: engine, version },
});

function judged(one: CellFacts, outcome: Outcome, uidMap?: string[]): Judgement {
  if (question === undefined) throw new Error('The suite has no question');
  const given = evidence((observation) => {
    const path = '/dev/podproof-char';
    observation.outcome = outcome;
    observation.request.devices = [{ hostPath: '/dev/podproof/char', containerPath: path, permissions: 'rwm' }];
    const node = { type: 'c' as const, major: 10, minor: 229, mode: '0640' };
    observation.host.dev = [{ ...node, path: '/dev/podproof/char', uid: 1234, gid: 4321 }];
    observation.host.processes = [{ ...vmm, role: one.runtime.name === 'kata' ? 'vmm' : 'sentry' }];
    observation.identity.stateOf = one.runtime.name;
    const shown = { bootId: 'boot of the guest', dev: [{ ...node, path, uid: 1000, gid: 2000 }] };
    Object.assign(observation.guest, { ...shown, opens: [{ path, access: 'read', error: null }], uidMap });
  });
  const reportedName = one.engine.name === 'crio' ? 'cri-o' : 'containerd';
  const engine = { ...lease.engine, reportedName, reportedVersion: one.engine.version };
  return judge(question, exhibit({ ...given, cell: one, lease: { ...lease, engine } }, planned), []);
}

const refused = (call: string, message: string): Outcome => ({ kind: 'refused', call, code: 'UNKNOWN', message });
const invalid = 'failed to create containerd task: failed to validate OCI runtime features: ';

describe('a user namespace for a pod on a kernel of its own', () => {
  it.each([kataCell, gvisor])('is asked of $runtime.name, where the engine has them', (one) => {
    if (question === undefined || scenario === undefined) throw new Error('The suite is empty');
    expect(unmet({ question, scenario }, under('containerd', '2.3.4', one))).toBeUndefined();
    expect(unmet({ question, scenario }, one)).toMatch(/has no user-namespaces/);
    expect(unmet({ question, scenario }, { ...cell, engine: { name: 'containerd', version: '2.3.4' } })).toMatch(
      /applies to kata/,
    );
  });

  it.each([
    'runtime info: failed to run [/opt/kata/bin/containerd-shim-kata-v2 -info]: exit status 2 (stderr: "flag provided but not defined: -info")',
    'unmarshal runtime features: type with url : not found',
    'idmap mounts not supported: missing `mountExtensions.idmap` entry in `features` command',
  ])('is refused by containerd for a Kata shim that says: %s', (words) => {
    const one = under('containerd', '2.3.4', kataCell);
    expect(judged(one, refused('StartContainer', invalid + words))).toMatchObject({
      verdict: 'pass',
      answer: 'refused',
      harm: 'breaks',
    });
  });

  it('ends at the device in a Kata guest under CRI-O, which asks no shim', () => {
    const message =
      'Creating container device LinuxDevice { path: "/dev/podproof-char" }\n\nCaused by:\n    ENOENT: No such file or directory';
    expect(judged(under('crio', '1.36.3', kataCell), refused('CreateContainer', message))).toMatchObject({
      verdict: 'pass',
      answer: 'no-device',
    });
  });

  it('is seen by the ids of the process: its own, or those of the first one of the kernel', () => {
    const [kata, runsc] = [kataCell, gvisor].map((one) => under('containerd', '2.3.4', one));
    if (kata === undefined || runsc === undefined) throw new Error('There are two cells');
    expect(judged(kata, { kind: 'ran' }, ['0 65536 65536'])).toMatchObject({ verdict: 'fail', answer: 'own' });
    expect(judged(runsc, { kind: 'ran' }, ['0 0 4294967295'])).toMatchObject({ verdict: 'pass', answer: 'ignored' });
    expect(judged(runsc, { kind: 'ran' })?.answer).toBeUndefined();
  });
});
