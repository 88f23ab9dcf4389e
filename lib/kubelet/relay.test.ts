import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { criClient } from '../cri/client.ts';
import { CriError } from '../cri/error.ts';
import { PodSandboxConfigSchema } from '../cri/gen/cri_pb.js';
import { fakeCri, type FakeCriOptions } from '../testing/fake-cri/server.ts';
import { Scope } from '../util/scope.ts';
import { openRelay, type PodRequest, type Refusal, type RelayOptions } from './relay.ts';

let scope = new Scope();
afterEach(async () => {
  await scope[Symbol.asyncDispose]();
  scope = new Scope();
});

async function between(tamper?: RelayOptions['tamper'], options?: FakeCriOptions) {
  const engine = scope.adopt('engine', await fakeCri(options));
  const seen: PodRequest[] = [];
  const refused: Array<Refusal & { call: string }> = [];
  const relay = await openRelay({
    dial: engine.dial,
    onRequest: (request) => seen.push(request),
    onRefused: ({ call }, refusal) => refused.push({ call, ...refusal }),
    ...(tamper === undefined ? {} : { tamper }),
  });
  scope.adopt('relay', relay);
  const client = scope.adopt('client', criClient({ dial: () => connect(relay.port, '127.0.0.1') }));
  return { engine, seen, refused, client };
}

const config = create(PodSandboxConfigSchema, {
  metadata: { name: 'p', uid: 'u', namespace: 'n' },
  linux: { cgroupParent: '/kubepods/podu' },
});

test('a call goes through to the engine, and its answer comes back', async () => {
  const { client, engine, seen } = await between();
  const { runtimeName } = await client.runtime.version({});
  expect(runtimeName).toBe('fake');
  expect(engine.calls.map(({ call }) => call)).toEqual(['Version']);
  expect(seen).toEqual([]);
});

test('a request that makes a sandbox is reported as it was sent, and the engine gets the same', async () => {
  const { client, engine, seen } = await between();
  const { podSandboxId } = await client.runtime.runPodSandbox({ config, runtimeHandler: 'crun' });
  expect(podSandboxId).not.toBe('');
  expect(seen).toMatchObject([{ call: 'RunPodSandbox', message: { config, runtimeHandler: 'crun' } }]);
  expect(engine.calls.at(-1)?.request).toEqual(seen[0]?.message);
});

test('a refusal comes back with its code and words, and is reported', async () => {
  const { client, refused } = await between(undefined, {
    runtime: {
      runPodSandbox() {
        throw new ConnectError('name is reserved', Code.AlreadyExists);
      },
    },
  });
  await expect(client.runtime.runPodSandbox({ config })).rejects.toMatchObject({
    name: CriError.name,
    code: 'ALREADY_EXISTS',
    raw: 'name is reserved',
  });
  expect(refused).toEqual([{ call: 'RunPodSandbox', code: 'ALREADY_EXISTS', message: 'name is reserved' }]);
});

test('what is tampered with reaches the engine, and is what was reported', async () => {
  const { client, engine, seen } = await between((request) => {
    if (request.call === 'RunPodSandbox' && request.message.config !== undefined) request.message.config.hostname = 'other';
  });
  await client.runtime.runPodSandbox({ config });
  expect(seen).toMatchObject([{ message: { config: { hostname: 'other' } } }]);
  expect(engine.calls.at(-1)?.request).toMatchObject({ config: { hostname: 'other' } });
});

test.each([undefined, '/run/engine.sock'])(
  'a kubelet whose name for the engine is a path is understood where that is known: %s',
  async (authority) => {
    const engine = scope.adopt('engine', await fakeCri());
    const relay = scope.adopt('relay', await openRelay({ dial: engine.dial, onRequest: () => undefined, authority }));
    const session = connectHttp2(`http://127.0.0.1:${relay.port}`);
    session.on('error', () => undefined);
    const headers = { ':path': '/runtime.v1.RuntimeService/Version', 'content-type': 'application/grpc', te: 'trailers' };
    for (const nth of [1, 2]) {
      const call = session.request({ ...headers, ':method': 'POST', ':authority': '/run/engine.sock' });
      call.end(Buffer.alloc(5));
      const answer = once(call, 'response').then(
        () => 'answered',
        () => 'refused',
      );
      expect(await answer, String(nth)).toBe(authority === undefined ? 'refused' : 'answered');
      if (authority === undefined) break;
    }
    session.destroy();
  },
);

test('an engine that cannot be reached fails the call', async () => {
  const relay = scope.adopt(
    'relay',
    await openRelay({ dial: () => connect('/nonexistent/engine.sock'), onRequest: () => undefined }),
  );
  const client = scope.adopt('client', criClient({ dial: () => connect(relay.port, '127.0.0.1') }));
  await expect(client.runtime.version({})).rejects.toThrow();
});
