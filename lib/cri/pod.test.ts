import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { criClient } from './client.ts';
import { CriError } from './error.ts';
import { fakeCri, hang, type FakeCriOptions } from '../testing/fake-cri/server.ts';
import { launchPod, removeSandboxIds } from './pod.ts';
import type { PodSpec } from './pod-spec.ts';

const plain: PodSpec = {
  name: 'pod-1',
  uid: 'uid-1',
  namespace: 'podproof',
  handler: 'kata',
  image: 'localhost:5000/podproof/probe:1',
};

describe('pod', () => {
  it('is launched by three calls and removed by its disposal', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    const ids: string[] = [];
    {
      await using pod = await launchPod(client, plain, { onId: (kind, id) => ids.push(`${kind} ${id}`) });
      expect(ids).toEqual([`sandbox ${pod.sandboxId}`, `container ${pod.containerId}`]);
      expect(await pod.exec(['id', '-u'], 5)).toEqual({ exitCode: 0, stdout: 'id -u', stderr: '' });
      expect(await pod.pid()).toBe(4711);
    }
    expect(cri.engine.sandboxes.size).toBe(0);
    const calls = cri.calls.map(({ call }) => call);
    expect(calls.slice(0, 3)).toEqual(['RunPodSandbox', 'CreateContainer', 'StartContainer']);
    expect(calls.slice(-3)).toEqual(['ListPodSandbox', 'StopPodSandbox', 'RemovePodSandbox']);
  });

  it.each(['createContainer', 'startContainer'] as const)(
    'removes its sandbox when %s fails, and passes the failure on',
    async (method) => {
      const fail = (): never => {
        throw new ConnectError('OCI runtime create failed', Code.Unknown);
      };
      await using cri = await fakeCri({ runtime: { [method]: fail } });
      await using client = criClient({ dial: cri.dial });
      const ids: string[] = [];
      const error = await launchPod(client, plain, { onId: (kind) => ids.push(kind) }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'CriError', raw: 'OCI runtime create failed' });
      expect(ids[0]).toBe('sandbox');
      expect(cri.engine.sandboxes.size).toBe(0);
      await expect(launchPod(client, plain)).rejects.toMatchObject({ raw: 'OCI runtime create failed' });
    },
  );

  it('removes a sandbox whose id never arrived', async () => {
    await using cri = await fakeCri({
      runtime: {
        async runPodSandbox(request, context) {
          await cri.engine.runtime.runPodSandbox?.(request, context);
          giveUp.abort(new Error('deadline'));
          return await hang(context);
        },
      },
    });
    const giveUp = new AbortController();
    await using client = criClient({ dial: cri.dial });
    await expect(launchPod(client, plain, { signal: giveUp.signal })).rejects.toThrow('deadline');
    expect(cri.calls.map(({ call }) => call)).toContain('RemovePodSandbox');
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('leaves the sandboxes of other pods alone', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    await using other = await launchPod(client, { ...plain, name: 'pod-2', uid: 'uid-2' });
    await (await launchPod(client, plain))[Symbol.asyncDispose]();
    expect([...cri.engine.sandboxes.keys()]).toEqual([other.sandboxId]);
  });

  it('is removed with others, although one of them is gone and another one cannot be stopped', async () => {
    const stopPodSandbox: NonNullable<FakeCriOptions['runtime']>['stopPodSandbox'] = (request, context) => {
      if (request.podSandboxId === stuck.sandboxId) throw new ConnectError('shim is gone', Code.Unknown);
      if (request.podSandboxId === 'absent') throw new ConnectError('no such sandbox', Code.NotFound);
      return cri.engine.runtime.stopPodSandbox?.(request, context) ?? {};
    };
    await using cri = await fakeCri({ runtime: { stopPodSandbox } });
    await using client = criClient({ dial: cri.dial });
    const first = await launchPod(client, plain);
    const stuck = await launchPod(client, { ...plain, name: 'pod-2', uid: 'uid-2' });
    const ids = ['absent', stuck.sandboxId, first.sandboxId];
    await expect(removeSandboxIds(client, ids)).rejects.toThrow(`processes of sandbox ${stuck.sandboxId}`);
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('is removed although it cannot be stopped, and says so', async () => {
    const stopPodSandbox = (): never => {
      throw new ConnectError('shim is gone', Code.Unknown);
    };
    await using cri = await fakeCri({ runtime: { stopPodSandbox } });
    await using client = criClient({ dial: cri.dial });
    const pod = await launchPod(client, plain);
    await expect(pod[Symbol.asyncDispose]()).rejects.toThrow(/sandbox of pod pod-1/);
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('keeps the first failure when the removal fails too', async () => {
    const fail = (words: string) => (): never => {
      throw new ConnectError(words, Code.Unknown);
    };
    await using cri = await fakeCri({ runtime: { createContainer: fail('no device'), removePodSandbox: fail('busy') } });
    await using client = criClient({ dial: cri.dial });
    const error = await launchPod(client, plain).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CriError);
    expect(error).toMatchObject({ raw: 'no device', cause: { message: expect.stringContaining('sandbox of pod pod-1') } });
  });

  it('is released without complaint when its container is already gone', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    const pod = await launchPod(client, plain);
    cri.engine.containers.clear();
    await expect(pod[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('reads the OCI specification that the engine reports, with null where Go has an empty list', async () => {
    const runtimeSpec = {
      process: { user: { uid: 1000, gid: 2000, additionalGids: null }, noNewPrivileges: true, args: ['sleep'] },
      linux: {
        devices: [{ path: '/dev/x', type: 'c', major: 10, minor: 229, fileMode: 416, uid: 1000, gid: 2000 }],
        maskedPaths: null,
      },
    };
    const info = { info: JSON.stringify({ pid: 7, runtimeSpec, sandboxID: 'x' }) };
    await using cri = await fakeCri({ runtime: { containerStatus: () => ({ info }) } });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, plain);
    expect(await pod.spec()).toMatchObject({
      process: { user: { uid: 1000, gid: 2000, additionalGids: [] } },
      linux: { devices: [{ path: '/dev/x', fileMode: 416, uid: 1000 }], maskedPaths: [] },
    });
  });

  it.each(['{"pid":', '{"pid":1}', '{"pid":1,"runtimeSpec":{"linux":{"devices":[{"path":7}]}}}', ''])(
    'says which container has an unreadable specification: %s',
    async (text) => {
      await using cri = await fakeCri({ runtime: { containerStatus: () => ({ info: { info: text } }) } });
      await using client = criClient({ dial: cri.dial });
      await using pod = await launchPod(client, plain);
      await expect(pod.spec()).rejects.toThrow(/^Cannot read the OCI specification in ContainerStatus of 0000000000000: /);
    },
  );
});
