import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../model/observation.ts';
import { engine, runtime } from '../suite/requirement.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import { all, ran } from '../suite/expect/outcome.ts';
import { node } from '../suite/expect/node.ts';
import { capabilities } from '../suite/expect/process.ts';
import type { Rule } from '../suite/rule.ts';
import { cell, evidence, frozen, lease, planned, type Sample } from '../testing/evidence.ts';
import { judge, unmet } from './judge.ts';

const path = '/dev/podproof-block';
const owner: Rule = {
  id: 'OWN-ON',
  title: 'A device belongs to runAsUser and runAsGroup',
  citation: 'a document',
  on: ['user-and-group'],
  expect: node(path, { uid: 1000, gid: 2000 }),
};
const issue: KnownIssue = {
  id: 'wide-owner',
  title: 'The owner is lost',
  url: 'https://example.org/1',
  rules: ['OWN-ON'],
  on: [engine('containerd <2.0'), runtime('runc')],
  observed: /^\/dev\/podproof-block uid 0$/,
  security: true,
};
const rootOwned = (observation: Sample): void => void Object.assign(observation.guest.dev[0] ?? {}, { uid: 0 });
const outcome =
  (value: Outcome) =>
  (observation: Sample): void =>
    void (observation.outcome = value);
const lost = (repeated: boolean, consoleTail: string): Outcome => ({
  kind: 'host-lost',
  message: 'QEMU ended with exit code 1',
  consoleTail,
  lastCall: 'StartContainer',
  repeated,
});

function judged(change: (observation: Sample) => void = () => undefined, known: readonly KnownIssue[] = [], rule = owner) {
  return judge(rule, evidence(change), planned, known);
}

describe('judgement', () => {
  it('passes what is as documented, and blames no layer', () => {
    const { verdict, layer, trail, observed } = judged();
    expect({ verdict, layer, observed }).toEqual({
      verdict: 'pass',
      layer: undefined,
      observed: `${path} uid 1000; ${path} gid 2000`,
    });
    expect(trail?.some(({ changed }) => changed)).toBe(false);
  });

  it('shows only what deviates, with the layer at fault', () => {
    expect(judged(rootOwned)).toMatchObject({
      verdict: 'fail',
      expected: `${path} uid 1000`,
      observed: `${path} uid 0`,
      layer: 'guest',
    });
  });

  it('says the same thing once', () => {
    const twice = { ...owner, expect: all(owner.expect, owner.expect) };
    expect(judged(rootOwned, [], twice).observed).toBe(`${path} uid 0`);
  });

  it('is unsupported where there is nothing to compare', () => {
    expect(judged(undefined, [], { ...owner, expect: () => [] })).toMatchObject({ verdict: 'unsupported' });
  });

  it('is void, whatever the rule says, when another runtime was tested', () => {
    const other = judged((observation) => (observation.identity.stateOf = 'crun'), [issue]);
    expect(other).toMatchObject({ verdict: 'void', reason: expect.stringContaining('that of crun, planned was runc') });
  });

  it('is an error of ours when the launch failed for a reason that is no answer of the engine', () => {
    const broken = judged(outcome({ kind: 'error', message: 'the stream was closed', stack: 'at launch' }), [issue]);
    expect(broken).toMatchObject({ verdict: 'error', observed: 'the stream was closed', reason: 'at launch' });
  });

  it('fails with the engine’s own words when the pod was refused', () => {
    const refused = judged(outcome({ kind: 'refused', call: 'StartContainer', code: 'UNKNOWN', message: 'EEXIST: File exists' }));
    expect(refused).toMatchObject({
      verdict: 'fail',
      expected: 'the pod runs',
      observed: 'StartContainer failed: EEXIST: File exists',
    });
  });

  it('is an error when the guest never answered', () => {
    const message = 'Failed to Check if grpc server is working: timed out connecting to vsock 2:1024';
    const mute = judged(outcome({ kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message }), [issue]);
    expect(mute).toMatchObject({ verdict: 'error', reason: 'the guest never answered on vsock' });
  });

  it('is an error after one loss of the host, and a failure with the host’s words after a second', () => {
    expect(judged(outcome(lost(false, 'panic')))).toMatchObject({
      verdict: 'error',
      reason: 'the host was lost, and the scenario was not tried again',
    });
    expect(judged(outcome(lost(true, 'panic')))).toMatchObject({
      verdict: 'fail',
      observed: 'the host was lost: QEMU ended with exit code 1',
    });
  });

  it('lays Oops int3 at the emulator’s door, however often it happens', () => {
    expect(judged(outcome(lost(true, '[ 93.1] Oops: int3: 0000 [#1]')))).toMatchObject({
      verdict: 'error',
      reason: 'the emulator died: Oops int3',
    });
  });
});

describe('hostile evidence', () => {
  it('costs its own verdict and nothing else', () => {
    const mask = { ...owner, expect: capabilities('default') };
    const junk = judged((observation) => (observation.guest.credentials.capBnd = 'no mask'), [issue], mask);
    expect(junk).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/^the rule cannot read this: /) });
    const link = judged((observation) => {
      observation.host.dev = [{ path: '/dev/vdb', type: 'l', uid: 0, gid: 0, mode: '0777', target: '//[' }];
    });
    expect(link).toMatchObject({ verdict: 'error' });
  });
});

describe('known issue', () => {
  it('turns a failure that it describes into known, with its title and mark', () => {
    expect(judged(rootOwned, [issue])).toMatchObject({
      verdict: 'known',
      known: 'wide-owner',
      reason: 'The owner is lost',
      security: true,
    });
  });

  it('leaves a failure that it does not describe alone', () => {
    const other = judged((observation) => Object.assign(observation.guest.dev[0] ?? {}, { uid: 7 }), [issue]);
    expect(other).toMatchObject({ verdict: 'fail' });
    expect(other.known).toBeUndefined();
  });

  it('is fixed where it no longer happens', () => {
    expect(judged(undefined, [issue])).toMatchObject({
      verdict: 'fixed',
      known: 'wide-owner',
      reason: 'The owner is lost: no longer so, its record needs a last version',
    });
  });

  it.for<[string, Partial<KnownIssue>]>([
    ['another rule', { rules: ['OWN-OFF'] }],
    ['another scenario', { scenarios: ['root'] }],
    ['another version', { on: [engine('containerd >=2.0')] }],
    ['another runtime', { on: [runtime('crun')] }],
  ])('for %s is not looked at', ([, change]) => {
    const elsewhere = { ...issue, ...change };
    expect(judged(rootOwned, [elsewhere]).verdict).toBe('fail');
    expect(judged(undefined, [elsewhere]).verdict).toBe('pass');
  });

  it('carries no security mark that it was not given', () => {
    const { security: _security, ...harmless } = issue;
    expect(judged(rootOwned, [harmless])).not.toHaveProperty('security');
  });

  it('never hides an error, a void or an unsupported rule', () => {
    const wide = { ...issue, observed: /./ };
    expect(judged(outcome({ kind: 'error', message: 'x', stack: '' }), [wide]).verdict).toBe('error');
    expect(judged((observation) => (observation.identity.runtimeSha256 = ''), [wide]).verdict).toBe('void');
    expect(judged(undefined, [wide], { ...owner, expect: () => [] }).verdict).toBe('unsupported');
  });
});

describe('requirements of a judgement', () => {
  it('are the scenario’s first, then the rule’s', () => {
    const scenario = { id: 's', title: 'pod', pod: {}, needs: [engine('crio')] };
    expect(unmet({ ...owner, needs: [runtime('kata')] }, scenario, cell)).toBe('applies to crio, this is containerd 1.7.24');
    expect(unmet({ ...owner, needs: [runtime('kata')] }, { ...scenario, needs: [] }, cell)).toBe(
      'applies to kata, this is runc 1.1.15',
    );
    expect(unmet(owner, { ...scenario, needs: [] }, cell)).toBeUndefined();
  });
});

describe('judging', () => {
  it('is pure: the same evidence gives the same judgement, and is not written to', () => {
    const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
      fc.constant<Outcome>({ kind: 'ran' }),
      fc.record({
        kind: fc.constant('refused' as const),
        call: fc.constantFrom('RunPodSandbox', 'CreateContainer'),
        code: fc.constant('UNKNOWN'),
        message: fc.string(),
      }),
      fc.record({ kind: fc.constant('error' as const), message: fc.string(), stack: fc.string() }),
      fc.boolean().map((repeated) => lost(repeated, '')),
    );
    fc.assert(
      fc.property(outcomes, fc.nat(2), fc.nat(7777), (value, uid, mode) => {
        const change = (observation: Sample): void => {
          observation.outcome = value;
          Object.assign(observation.guest.dev[0] ?? {}, { uid, mode: String(mode).padStart(4, '0') });
        };
        const rule = {
          ...owner,
          expect: all(
            owner.expect,
            ran(() => []),
            node(path, { mode: 'host' }),
          ),
        };
        const given = frozen({ ...evidence(change), lease: structuredClone(lease) });
        expect(judge(rule, given, planned, [issue])).toEqual(judge(rule, evidence(change), planned, [issue]));
      }),
    );
  });
});
