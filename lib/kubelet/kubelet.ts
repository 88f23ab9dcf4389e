import { readFileSync } from 'node:fs';
import { criClient, type CriApi } from '../cri/client.ts';
import { startInstance, stopInstance } from '../engines/instance.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';
import { waitFor } from '../util/wait.ts';
import { kubeletArgv, kubeletConfiguration, kubeletPlaces, pluginRegistration, type KubeletSpec } from './config.ts';
import type { KubeletHost } from './host.ts';
import { podsOf, type PodStatus } from './pods.ts';
import { openRelay, type PodRequest } from './relay.ts';
import { serveOnHost } from './socket.ts';

const script = readFileSync(new URL('host.sh', import.meta.url), 'utf8');

export interface KubeletOptions {
  /** The engine that it makes its pods with. */
  engine: { socket: string; api: CriApi };
  signal: AbortSignal;
  /** Hears of every request by which it makes something of a pod. */
  onRequest?: (request: PodRequest) => void;
  /** Changes what the engine gets: for tests that sabotage. */
  tamper?: (request: PodRequest) => void;
}

/** A kubelet without an API server. Disposing it removes its pods, itself, and all that it changed on the host. */
export interface Kubelet extends AsyncDisposable {
  readonly spec: KubeletSpec;
  /** Writes the manifest of a static pod; the kubelet finds it. `name` is that of the file. */
  addPod(name: string, manifest: string): Promise<void>;
  /** Takes it back; the kubelet then ends the pod. */
  removePod(name: string): Promise<void>;
  /** What the kubelet says of the pod of this name, once `done` likes it. Throws an Error with the last status at the deadline. */
  waitForPod(name: string, done: (pod: PodStatus) => boolean, timeoutMs?: number): Promise<PodStatus>;
}

/**
 * Starts a kubelet, and waits until plugins can register with it. Throws BlockedError with the end of its log, and on a machine that
 * somebody may love: a kubelet 1.37.2 in mount and process namespaces of its own removed the link /bin of the machine around it.
 */
export async function startKubelet(host: KubeletHost, spec: KubeletSpec, options: KubeletOptions): Promise<Kubelet> {
  const { disposable, ownKernel } = host.facts;
  if (!disposable || !ownKernel)
    throw new BlockedError(`Cannot start kubelet ${spec.version} on ${host.id}: it takes a whole machine that is thrown away`);
  const scope = new Scope();
  try {
    return await start(host, spec, options, scope);
  } catch (error) {
    const { stdout } = await host.exec(['tail', '-n', '3', '--', kubeletPlaces(spec).log]);
    await scope[Symbol.asyncDispose]();
    options.signal.throwIfAborted();
    const words = stdout.trim().split('\n').join(' | ').slice(-600) || 'it is empty';
    throw new BlockedError(`Cannot start kubelet ${spec.version} on ${host.id}: ${messageOf(error)}; its log ends: ${words}`, {
      cause: error,
    });
  }
}

async function start(host: KubeletHost, spec: KubeletSpec, options: KubeletOptions, scope: Scope): Promise<Kubelet> {
  const { signal, engine } = options;
  const places = kubeletPlaces(spec);
  const uids = new Set<string>();
  scope.onRelease('what the kubelet changed on its host', () => onHost(host, 'restore', spec));
  await onHost(host, 'remember', spec);
  const relay = await openRelay({
    dial: () => host.dial(engine.socket),
    onRequest: (request) => {
      if (request.call === 'RunPodSandbox') uids.add(request.message.config?.metadata?.uid ?? '');
      options.onRequest?.(request);
    },
    ...(options.tamper === undefined ? {} : { tamper: options.tamper }),
  });
  scope.adopt('the relay to the engine', relay);
  const directory = `${spec.directory}/engine`;
  scope.adopt(
    'the socket of the engine',
    await serveOnHost(host, { socket: places.engineSocket, port: relay.port, directory, signal }),
  );
  await host.write(places.configuration, JSON.stringify(kubeletConfiguration(spec), undefined, 2));
  scope.onRelease('the pods of the kubelet', () => removeSandboxes(host, engine, uids));
  const instance = { directory: spec.directory, socket: pluginRegistration, log: places.log, shimMark: pluginRegistration };
  scope.onRelease('the kubelet', () => stopInstance(host, instance));
  await startInstance(host, instance, kubeletArgv(spec), { signal });
  const manifest = (name: string): string => `${places.manifests}/${name}.yaml`;
  return {
    spec,
    async addPod(name, text) {
      // Half a manifest, or one under another name for a moment, would be a pod of its own.
      const staged = `${spec.directory}/staging/${name}.yaml`;
      await host.write(staged, text);
      await host.exec(['mv', staged, manifest(name)]);
    },
    async removePod(name) {
      await host.exec(['rm', '-f', manifest(name)]);
    },
    async waitForPod(name, done, timeoutMs = 120_000) {
      let last: PodStatus | undefined;
      const look = async (deadline: AbortSignal): Promise<PodStatus | undefined> => {
        last = (await podsOf(host, deadline)).find(({ metadata }) => metadata.name === `${name}-node`);
        if (last === undefined) throw new Error('the kubelet knows no such pod');
        if (done(last)) return last;
        throw new Error(`it is ${last.status.phase} ${last.status.reason} ${last.status.message}`.trimEnd());
      };
      return waitFor({ name: `see the pod ${name} of the kubelet`, timeoutMs, intervalMs: 1_000, signal }, look);
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

async function onHost(host: KubeletHost, verb: 'remember' | 'restore', { directory }: KubeletSpec): Promise<void> {
  const { exitCode, stderr, failure } = await host.exec(['sh', '-c', script, 'host', verb, directory]);
  if (exitCode !== 0) throw new Error(`Cannot ${verb} what a kubelet changes on its host: ${stderr.trim() || failure}`);
}

/** The kubelet is gone, and what it made is still there. */
async function removeSandboxes(host: KubeletHost, engine: KubeletOptions['engine'], uids: ReadonlySet<string>): Promise<void> {
  await using client = criClient({ dial: () => host.dial(engine.socket), api: engine.api });
  const { items } = await client.runtime.listPodSandbox({});
  for (const { id: podSandboxId, metadata } of items) {
    if (!uids.has(metadata?.uid ?? '')) continue;
    await client.runtime.stopPodSandbox({ podSandboxId });
    await client.runtime.removePodSandbox({ podSandboxId });
  }
}
