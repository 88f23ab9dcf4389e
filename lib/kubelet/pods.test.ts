import { expect, test } from 'vitest';
import { isSettled, PodStatus, refusalOf, runningId } from './pods.ts';

function pod(status: object): PodStatus {
  return PodStatus.parse({ metadata: { name: 'p-node', namespace: 'default', uid: 'u' }, status });
}
const container = (more: object) => ({ name: 'main', ready: false, ...more });

test('a pod is settled once each container is ready', () => {
  const beside = { name: 'beside', ready: true };
  expect(isSettled(pod({ phase: 'Running', containerStatuses: [container({}), beside] }))).toBe(false);
  expect(isSettled(pod({ phase: 'Running', containerStatuses: [container({ ready: true }), beside] }))).toBe(true);
  expect(isSettled(pod({ phase: 'Pending' }))).toBe(false);
});

test('a pod that is not admitted is refused by the kubelet, with its words', () => {
  const failed = pod({ phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'no healthy devices present' });
  expect(isSettled(failed)).toBe(true);
  expect(refusalOf(failed)).toEqual({
    call: 'Admission',
    code: 'UnexpectedAdmissionError',
    message: 'no healthy devices present',
  });
});

test.each([
  ['CreateContainerError', 'CreateContainer'],
  ['RunContainerError', 'StartContainer'],
  ['CreateContainerConfigError', 'kubelet'],
])('%s is the refusal of %s', (reason, call) => {
  const waiting = pod({ phase: 'Pending', containerStatuses: [container({ state: { waiting: { reason, message: 'no' } } })] });
  expect(refusalOf(waiting)).toEqual({ call, code: reason, message: 'no' });
});

test('a container that is not there yet is no refusal', () => {
  const waiting = { reason: 'ContainerCreating' };
  expect(refusalOf(pod({ phase: 'Pending', containerStatuses: [container({ state: { waiting } })] }))).toBeUndefined();
});

test('the engine knows a container by its id once it runs, one that runs before the others too', () => {
  const first = container({ name: 'first', containerID: 'containerd://abc', state: { running: { startedAt: 'now' } } });
  const starting = pod({ phase: 'Pending', initContainerStatuses: [first], containerStatuses: [container({ containerID: '' })] });
  expect(runningId(starting, 'first')).toBe('abc');
  expect(runningId(starting, 'main')).toBeUndefined();
});
