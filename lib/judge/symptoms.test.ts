import { describe, expect, it } from 'vitest';
import type { Outcome } from '../model/outcome.ts';
import { symptomOf, worthRetry } from './symptoms.ts';

const lost = (consoleTail: string, repeated: boolean): Outcome => ({
  kind: 'host-lost',
  message: 'QEMU ended',
  consoleTail,
  lastCall: 'StartContainer',
  repeated,
});
const refused = (message: string): Outcome => ({ kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message });
const noAnswer =
  'Failed to Check if grpc server is working: rpc error: code = DeadlineExceeded desc = timed out connecting to vsock 1';
const int3 = '[   93.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI';

describe('symptoms of the harness’s own trouble', () => {
  it('are known by their words', () => {
    expect(symptomOf(refused(noAnswer))).toBe('the guest never answered on vsock');
    expect(symptomOf(refused('timed out connecting to hybrid vsocket hvsock:///run/vc/vm/a/clh.sock:1024'))).toBeDefined();
    expect(symptomOf(refused('vsock: failed to connect to Vsock { port: 1024 } within 150s (attempts=8)'))).toBeDefined();
    expect(symptomOf(refused('failed to create shim task: ttrpc: closed: unknown'))).toBe(
      'the guest was lost in the middle of a request',
    );
    expect(
      symptomOf(refused('ttrpc: closed: unknown; its VMM was gone for 16 s, and podproof ended the shim 1154 that waited on')),
    ).toBe('the guest died while it booted: its VMM was gone, and its shim went on waiting');
    expect(
      symptomOf(refused('ttrpc: closed: unknown; its guest was silent for 47 s, and podproof ended the shim 7 that waited on')),
    ).toBe('the guest stayed silent far longer than others of its cell took to boot');
    expect(symptomOf(refused('the probe ended with 255: ; its sandbox ended while it was probed'))).toBe(
      'the guest was lost while it was probed: its shim ended the sandbox',
    );
    expect(symptomOf(lost(int3, true))).toBe('the emulator died: Oops int3');
  });

  it('are not seen in other failures', () => {
    expect(symptomOf(refused('EEXIST: File exists'))).toBeUndefined();
    expect(symptomOf(refused('the probe ended with 255: '))).toBeUndefined();
    expect(symptomOf(refused('open /dev/vhost-vsock: no such file or directory'))).toBeUndefined();
    expect(symptomOf(lost('Kernel panic - not syncing: Attempted to kill init!', true))).toBeUndefined();
    expect(symptomOf({ kind: 'ran' })).toBeUndefined();
    expect(symptomOf({ kind: 'error', message: noAnswer, stack: '' })).toBeUndefined();
  });
});

describe('a second try', () => {
  it.for([
    ['a pod that ran', { kind: 'ran' }, false],
    ['a refusal', refused('no'), false],
    ['a guest that does not answer', refused(noAnswer), true],
    ['a guest that is lost in a request', refused('ttrpc: closed: unknown'), true],
    ['an error of ours', { kind: 'error', message: 'socket', stack: '' }, true],
    ['a first loss of the host', lost('', false), true],
    ['a second loss of the host', lost('', true), false],
    ['a second loss of an emulated host', lost(int3, true), false],
  ] as const)('for %s: %j', ([, outcome, worth]) => {
    expect(worthRetry(outcome)).toBe(worth);
  });
});
