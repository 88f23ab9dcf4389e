import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../model/outcome.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import { question, refused, type Question } from '../suite/question.ts';
import { capabilities } from '../suite/read/credentials.ts';
import { modeOf, ownerOf } from '../suite/read/node.ts';
import { reading } from '../suite/reading.ts';
import { engine, runtime } from '../suite/requirement.ts';
import { cell, evidence, frozen, lease, planned, type Sample } from '../testing/evidence.ts';
import { unmet } from './applies.ts';
import { exhibit, judge } from './judge.ts';

const path = '/dev/podproof-block';
const owner = question({
  id: 'OWN-ON',
  asks: 'Whose is the device?',
  on: ['user-and-group'],
  reads: { owner: ownerOf(path), mode: modeOf(path) },
  answers: {
    owned: { says: 'it belongs to the pod', seen: { owner: 'asked', mode: 'host' } },
    'of-root': { says: 'it belongs to root', harm: 'weakens', seen: { owner: 'root', mode: 'host' } },
    kept: { says: 'it belongs to whom it did', harm: 'breaks', seen: { owner: 'host', mode: 'host' } },
    'no-space': { says: 'the pod is refused', harm: 'breaks', seen: refused('CreateContainer', /no space left/) },
  },
  documented: [
    { answer: 'owned', where: [engine('containerd')], citation: 'a document' },
    { answer: 'kept', where: [engine('crio')], citation: 'another document' },
  ],
});
const issue: KnownIssue = {
  id: 'wide-owner',
  title: 'The owner is lost',
  url: 'https://example.org/1',
  answers: { 'OWN-ON': ['of-root'] },
  where: [engine('containerd <2.0'), runtime('runc')],
  impact: 'Root has it.',
  remedy: 'none known',
};
const rootOwned = (observation: Sample): void => void Object.assign(observation.guest.dev[0] ?? {}, { uid: 0, gid: 0 });
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

function judged(
  change: (observation: Sample) => void = () => undefined,
  known: readonly KnownIssue[] = [],
  asked: Question = owner,
) {
  return judge(asked, exhibit(evidence(change), planned), known);
}

describe('judgement', () => {
  it('passes the documented answer, names it, and blames no layer', () => {
    const { verdict, answer, harm, layer, layers, expected, observed } = judged();
    expect({ verdict, answer, harm, layer, expected, observed }).toEqual({
      verdict: 'pass',
      answer: 'owned',
      harm: undefined,
      layer: undefined,
      expected: 'it belongs to the pod',
      observed: `it belongs to the pod: ${path} belongs to 1000:2000; ${path} has mode 0640, the host's 0640`,
    });
    expect(layers?.some(({ changed }) => changed)).toBe(false);
  });

  it('shows of another answer only what deviates, with its harm and the layer at fault', () => {
    expect(judged(rootOwned)).toMatchObject({
      verdict: 'fail',
      answer: 'of-root',
      harm: 'weakens',
      expected: 'it belongs to the pod',
      observed: `it belongs to root: ${path} belongs to 0:0`,
      layer: 'guest',
    });
  });

  it('fails what nobody foresaw, and says what was seen', () => {
    const odd = judged((observation) => void Object.assign(observation.guest.dev[0] ?? {}, { uid: 7 }), [issue]);
    expect(odd).toMatchObject({
      verdict: 'fail',
      expected: 'it belongs to the pod',
      observed: `${path} belongs to 7:2000`,
    });
    expect(odd?.answer).toBeUndefined();
    expect(odd?.harm).toBeUndefined();
  });

  it('takes the documented answer of the cell at hand', () => {
    const crio = { ...evidence(), cell: { ...cell, engine: { name: 'crio' as const, version: '1.36.3' } } };
    crio.lease = { ...lease, engine: { ...lease.engine, reportedName: 'cri-o', reportedVersion: '1.36.3' } };
    expect(judge(owner, exhibit(crio, planned), [])).toMatchObject({
      verdict: 'fail',
      answer: 'owned',
      expected: 'it belongs to whom it did',
    });
  });

  it('fails an answer for which nothing is documented', () => {
    const nowhere = judged(undefined, [], { ...owner, documented: [] });
    expect(nowhere).toMatchObject({ verdict: 'fail', answer: 'owned', expected: expect.stringMatching(/none is recorded/) });
  });

  it('is an error, a fault of the table, when two answers are seen at once', () => {
    const both: Question = {
      ...owner,
      answers: { ...owner.answers, mine: { says: 'mine', seen: { owner: 'asked', mode: 'host' } } },
    };
    expect(judged(undefined, [], both)).toMatchObject({
      verdict: 'error',
      reason: 'a fault of the table: owned and mine are seen at once',
    });
  });

  it('is unsupported where the run recorded nothing of it', () => {
    const silent: Question = { ...owner, reads: { ...owner.reads, none: reading(['x'], () => undefined) } };
    expect(judged(undefined, [], silent)).toMatchObject({ verdict: 'unsupported', observed: 'nothing to compare' });
  });

  it('is void, whatever the question, when another runtime was tested', () => {
    const other = judged((observation) => (observation.identity.stateOf = 'crun'), [issue]);
    expect(other).toMatchObject({ verdict: 'void', reason: expect.stringContaining('that of crun, planned was runc') });
  });

  it('is an error of ours when the launch failed for a reason that is no answer of the engine', () => {
    const broken = judged(outcome({ kind: 'error', message: 'the stream was closed', stack: 'at launch' }), [issue]);
    expect(broken).toMatchObject({ verdict: 'error', observed: 'the stream was closed', reason: 'at launch' });
  });

  it('fails with the engine’s own words when the pod was refused', () => {
    const message = 'EEXIST: File exists';
    expect(judged(outcome({ kind: 'refused', call: 'StartContainer', code: 'UNKNOWN', message }))).toMatchObject({
      verdict: 'fail',
      expected: 'it belongs to the pod',
      observed: 'StartContainer failed: EEXIST: File exists',
    });
  });

  it('knows a refusal by its call and its words', () => {
    const at = (call: string): Outcome => ({ kind: 'refused', call, code: 'UNKNOWN', message: 'no space left on device' });
    expect(judged(outcome(at('CreateContainer')))).toMatchObject({
      answer: 'no-space',
      harm: 'breaks',
      observed: 'the pod is refused: CreateContainer failed: no space left on device',
    });
    expect(judged(outcome(at('RunPodSandbox')))?.answer).toBeUndefined();
  });

  it('is an error when the guest never answered', () => {
    const message = 'Failed to Check if grpc server is working: timed out connecting to vsock 2:1024';
    const silent = judged(outcome({ kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message }), [issue]);
    expect(silent).toMatchObject({ verdict: 'error', reason: 'the guest never answered on vsock' });
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
    const mask: Question = { ...owner, reads: { ...owner.reads, held: capabilities('capBnd') } };
    const junk = judged((observation) => (observation.guest.credentials.capBnd = 'no mask'), [issue], mask);
    expect(junk).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/^the question cannot read this: /) });
    const link = judged((observation) => {
      observation.host.dev = [{ path: '/dev/vdb', type: 'l', uid: 0, gid: 0, mode: '0777', target: '//[' }];
    });
    expect(link).toMatchObject({ verdict: 'error' });
  });
});

describe('known issue', () => {
  it('turns an answer that it names into known, with its title', () => {
    expect(judged(rootOwned, [issue])).toMatchObject({
      verdict: 'known',
      answer: 'of-root',
      harm: 'weakens',
      known: 'wide-owner',
      reason: 'The owner is lost',
    });
  });

  it('leaves another answer alone', () => {
    const other = judged((observation) => Object.assign(observation.guest.dev[0] ?? {}, { uid: 1234, gid: 4321 }), [issue]);
    expect(other).toMatchObject({ verdict: 'fail', answer: 'kept' });
    expect(other.known).toBeUndefined();
  });

  it('is fixed where the documented answer is seen instead', () => {
    expect(judged(undefined, [issue])).toMatchObject({
      verdict: 'fixed',
      answer: 'owned',
      known: 'wide-owner',
      reason: 'The owner is lost: no longer so, its record needs a last version',
    });
  });

  it.for<[string, Partial<KnownIssue>]>([
    ['another question', { answers: { 'OWN-OFF': ['of-root'] } }],
    ['another scenario', { on: ['root'] }],
    ['another version', { where: [engine('containerd >=2.0')] }],
    ['another runtime', { where: [runtime('crun')] }],
  ])('for %s is not looked at', ([, change]) => {
    const elsewhere = { ...issue, ...change };
    expect(judged(rootOwned, [elsewhere]).verdict).toBe('fail');
    expect(judged(undefined, [elsewhere]).verdict).toBe('pass');
  });

  it('never hides an error, a void or what nobody foresaw', () => {
    const wide = { ...issue, answers: { 'OWN-ON': Object.keys(owner.answers) } };
    expect(judged(outcome({ kind: 'error', message: 'x', stack: '' }), [wide]).verdict).toBe('error');
    expect(judged((observation) => (observation.identity.runtimeSha256 = ''), [wide]).verdict).toBe('void');
    expect(judged((observation) => Object.assign(observation.guest.dev[0] ?? {}, { uid: 7 }), [wide]).verdict).toBe('fail');
  });
});

describe('requirements of a question', () => {
  it('are the scenario’s first, then its own', () => {
    const scenario = { id: 's', title: 'pod', pod: {}, needs: [engine('crio')] };
    const kata = { ...owner, needs: [runtime('kata')] };
    expect(unmet({ question: kata, scenario }, cell)).toBe('applies to crio, this is containerd 1.7.24');
    expect(unmet({ question: kata, scenario: { ...scenario, needs: [] } }, cell)).toBe('applies to kata, this is runc 1.1.15');
    expect(unmet({ question: owner, scenario: { ...scenario, needs: [] } }, cell)).toBeUndefined();
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
        const given = frozen({ ...evidence(change), lease: structuredClone(lease) });
        expect(judge(owner, exhibit(given, planned), [issue])).toEqual(judged(change, [issue]));
      }),
    );
  });
});
