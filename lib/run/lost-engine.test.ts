import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { connectRemote } from '../hosts/shared/remote.ts';
import { withLostEngine } from './lost-engine.ts';
import { workerContext } from '../testing/worker.ts';

const remote = connectRemote({ prefix: ['env'], quoting: 'none' });
const context = workerContext();
const broken = { kind: 'error' as const, message: 'Cannot complete CreateContainer: the stream was closed', stack: '' };

const answers = (): Promise<unknown> => Promise.resolve();

/** The pid of a process that has ended. */
async function gone(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('a pod whose engine is gone says so, and which call it was in', async () => {
  const pid = await gone();
  expect(await withLostEngine(broken, workerContext({ pid }), remote, answers)).toMatchObject({
    kind: 'error',
    message: expect.stringMatching(
      new RegExp(`^containerd 1\\.7\\.24\\S* ended while the pod was under way, its process ${pid} is gone: .*CreateContainer`),
    ),
  });
});

it('a connection that broke while the engine runs stays what it is', async () => {
  expect(await withLostEngine(broken, workerContext({ pid: process.pid }), remote, answers)).toEqual(broken);
});

it('a host that does not answer says nothing of its engine', async () => {
  const lost = connectRemote({ prefix: ['false'], quoting: 'none' });
  const silent = { exec: async (argv: readonly string[]) => ({ ...(await lost.exec(argv)), exitCode: 255 }) };
  expect(await withLostEngine(broken, workerContext({ pid: await gone() }), silent, answers)).toEqual(broken);
});

it('an answer of the engine is left alone', async () => {
  const refused = { kind: 'refused' as const, call: 'CreateContainer', code: 'UNKNOWN', message: 'no' };
  expect(await withLostEngine(refused, workerContext({ pid: await gone() }), remote, answers)).toEqual(refused);
});

const late = { kind: 'refused' as const, call: 'RunPodSandbox', code: 'DEADLINE_EXCEEDED', message: 'no answer within 240 s' };

it('an engine that answers nothing else either hangs, and no other pod waits for it', async () => {
  const silent = (): Promise<never> => Promise.reject(new Error('Version: DEADLINE_EXCEEDED: no answer within 10 s'));
  expect(await withLostEngine(late, context, remote, silent)).toEqual({
    kind: 'error',
    message: expect.stringMatching(
      /^containerd 1\.7\.24\S* hangs: RunPodSandbox had no answer within 240 s, and Version: DEADLINE_EXCEEDED: no answer within 10 s$/,
    ),
    stack: '',
  });
});

it('a pod that is late under an engine that answers is the pod’s own, and another refusal asks for nothing', async () => {
  expect(await withLostEngine(late, context, remote, answers)).toEqual(late);
  const refused = { ...late, code: 'UNKNOWN' };
  expect(await withLostEngine(refused, context, remote, () => Promise.reject(new Error('asked')))).toEqual(refused);
});
