import { Code, ConnectError } from '@connectrpc/connect';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CallTiming } from '../model/cri-request.ts';
import { criClient, negotiate } from './client.ts';
import { CriConnectionError, CriError } from './error.ts';
import { fakeCri, hang } from '../testing/fake-cri/server.ts';

describe('CRI client', () => {
  it('asks an engine for its version over a byte stream', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    expect(await client.runtime.version({})).toMatchObject({ runtimeName: 'fake', runtimeVersion: 'v1.0.0' });
  });

  it('speaks v1alpha2 with the messages of v1', async () => {
    await using cri = await fakeCri({ apis: ['v1alpha2'] });
    await using client = criClient({ dial: cri.dial, api: 'v1alpha2' });
    await client.images.pullImage({ image: { image: 'localhost:5000/x:1' } });
    expect(cri.engine.images).toContain('localhost:5000/x:1');
  });

  it.each([
    { apis: ['v1', 'v1alpha2'], expected: 'v1' },
    { apis: ['v1'], expected: 'v1' },
    { apis: ['v1alpha2'], expected: 'v1alpha2' },
  ] as const)('negotiates $expected with an engine that serves $apis', async ({ apis, expected }) => {
    await using cri = await fakeCri({ apis });
    expect(await negotiate(cri.dial)).toBe(expected);
  });

  it('does not fall back when the engine is only not ready yet', async () => {
    const version = (): never => {
      throw new ConnectError('server is not initialized yet', Code.Unavailable);
    };
    await using cri = await fakeCri({ apis: ['v1', 'v1alpha2'], runtime: { version } });
    await expect(negotiate(cri.dial)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(cri.calls).toHaveLength(1);
  });

  it("keeps the engine's status and words of a failed call", async () => {
    const words = 'failed to generate spec: lstat /dev/nöpe "100%": no such file or directory';
    const createContainer = (): never => {
      throw new ConnectError(words, Code.Unknown);
    };
    const timings: CallTiming[] = [];
    await using cri = await fakeCri({ runtime: { createContainer } });
    await using client = criClient({ dial: cri.dial, onCall: (timing) => timings.push(timing) });
    const error = await client.runtime.createContainer({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CriError);
    expect(error).toMatchObject({ call: 'CreateContainer', code: 'UNKNOWN', raw: words });
    expect(timings).toMatchObject([{ call: 'CreateContainer', error: { code: 'UNKNOWN', message: words } }]);
  });

  it('tells an engine that is not there from an answer', async () => {
    await using client = criClient({ dial: () => connect('/nonexistent/podproof.sock') });
    const asked = client.runtime.version({});
    await expect(asked).rejects.toBeInstanceOf(CriConnectionError);
    await expect(asked).rejects.toThrow(/^Cannot complete Version: connect ENOENT \/nonexistent\/podproof\.sock/);
  });

  it('tells a connection that breaks during a call from an answer, and connects anew for the next', async () => {
    let resets = 1;
    await using cri = await fakeCri({
      runtime: {
        async startContainer(_, context) {
          if (resets-- > 0) cri.reset();
          else return {};
          return await hang(context);
        },
      },
    });
    await using client = criClient({ dial: cri.dial });
    await expect(client.runtime.startContainer({ containerId: 'x' })).rejects.toBeInstanceOf(CriConnectionError);
    await expect(client.runtime.startContainer({ containerId: 'x' })).resolves.toBeDefined();
  });

  it('ends a call at its deadline and tells the engine of it', async () => {
    await using cri = await fakeCri({ runtime: { execSync: (_, context) => hang(context) } });
    await using client = criClient({ dial: cri.dial });
    const error = await client.runtime.execSync({}, { timeoutMs: 80 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CriError', call: 'ExecSync', code: 'DEADLINE_EXCEEDED' });
    expect(cri.calls).toMatchObject([{ call: 'ExecSync', deadlineMs: 80 }]);
  });

  it('gives every call a deadline, and a longer one to those that boot a machine', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    await client.runtime.version({});
    await client.runtime.runPodSandbox({ config: { metadata: { name: 'a' } } });
    const [version, sandbox] = cri.calls.map((call) => call.deadlineMs ?? 0);
    expect(version).toBeGreaterThan(0);
    expect(sandbox).toBe((version ?? 0) * 3);
  });

  it('names its content as CRI-O wants it', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    await client.runtime.version({});
    expect(cri.calls).toMatchObject([{ contentType: 'application/grpc' }]);
  });

  it('throws the reason of the caller who gave up', async () => {
    const giveUp = new AbortController();
    const timings: CallTiming[] = [];
    await using cri = await fakeCri({
      runtime: {
        runPodSandbox: (_, context) => {
          giveUp.abort(new Error('Ctrl-C'));
          return hang(context);
        },
      },
    });
    await using client = criClient({ dial: cri.dial, onCall: (timing) => timings.push(timing) });
    await expect(client.runtime.runPodSandbox({}, { signal: giveUp.signal })).rejects.toThrow('Ctrl-C');
    expect(timings).toMatchObject([{ call: 'RunPodSandbox', error: { code: 'CANCELLED' } }]);
  });

  it('times a call from the start of the run by the given clock', async () => {
    let now = 1000;
    const timings: CallTiming[] = [];
    await using cri = await fakeCri({
      runtime: {
        version: () => {
          now += 250;
          return {};
        },
      },
    });
    await using client = criClient({ dial: cri.dial, clock: () => now, onCall: (timing) => timings.push(timing) });
    await client.runtime.version({});
    expect(timings).toEqual([{ call: 'Version', startMs: 1000, durationMs: 250 }]);
  });

  it('leaves no connection open after its disposal', async () => {
    await using cri = await fakeCri();
    const streams: ReturnType<typeof cri.dial>[] = [];
    {
      await using client = criClient({ dial: () => (streams.push(cri.dial()), streams[0]!) });
      await client.runtime.version({});
    }
    expect(streams.map((stream) => stream.destroyed)).toEqual([true]);
  });
});

describe('CRI client over a stream that is no socket', () => {
  it('reaches the engine through the pipes of a subprocess', async () => {
    await using cri = await fakeCri();
    const program = `const s=require('net').connect(process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)`;
    const child = spawn(process.execPath, ['-e', program, cri.socket]);
    const ended = once(child, 'exit');
    {
      await using client = criClient({ dial: () => Duplex.from({ writable: child.stdin, readable: child.stdout }) });
      await expect(client.runtime.version({})).resolves.toMatchObject({ runtimeName: 'fake' });
    }
    await ended;
  });

  it('survives a stream that fails between two calls, and connects anew for the next', async () => {
    await using cri = await fakeCri();
    const streams: Duplex[] = [];
    const dial = (): Duplex => {
      const socket = cri.dial();
      const stream = Duplex.from({ writable: socket, readable: socket });
      streams.push(stream);
      return stream;
    };
    await using client = criClient({ dial });
    await client.runtime.version({});
    const closed = new Promise((resolve) => streams[0]!.once('close', resolve));
    streams[0]!.destroy(new Error('the host went away'));
    await closed;
    await expect(client.runtime.version({})).resolves.toBeDefined();
    expect(streams).toHaveLength(2);
  });

  it('says why the stream failed, in its own words', async () => {
    const dial = (): Duplex => {
      const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
      process.nextTick(() => stream.destroy(new Error('Cannot keep the stream to the host: connection refused')));
      return stream;
    };
    await using client = criClient({ dial });
    const error = await client.runtime.version({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CriConnectionError);
    expect(String(error)).toContain('Cannot keep the stream to the host: connection refused');
  });

  it('ends a call that still connects when the client is disposed of', async () => {
    const never = new Duplex({ read: () => undefined, write: () => undefined });
    const client = criClient({ dial: () => never });
    const call = client.runtime.version({}).catch((thrown: unknown) => thrown);
    await client[Symbol.asyncDispose]();
    expect(await call).toBeInstanceOf(CriConnectionError);
  });
});
