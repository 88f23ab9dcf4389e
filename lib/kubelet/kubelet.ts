import { criClient, type CriApi } from '../cri/client.ts';
import { removeSandboxIds } from '../cri/pod.ts';
import { startInstance, stopInstance } from '../engines/instance.ts';
import { failure } from '../engines/start.ts';
import { hasFeature } from '../model/feature.ts';
import { BlockedError } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';
import { kubeletArgv, kubeletConfiguration, kubeletPlaces, pluginRegistration, type KubeletSpec } from './config.ts';
import { kubeletChanges } from '../hosts/shared/kubelet-changes.ts';
import type { KubeletHost } from './host.ts';
import { openRelay, type RelayOptions } from './relay.ts';
import { serveOnHost } from './socket.ts';

/** Beside these, who hears of its requests and who changes them. */
export interface KubeletOptions extends Partial<Pick<RelayOptions, 'onRequest' | 'onRefused' | 'tamper'>> {
  /** The engine that it makes its pods with. */
  engine: { socket: string; api: CriApi };
  signal: AbortSignal;
}

/** A kubelet without an API server. Disposing it removes its pods, itself, and all that it changed on the host. */
export interface Kubelet extends AsyncDisposable {
  readonly spec: KubeletSpec;
  /** As `--version` prints it, without the v. */
  readonly version: string;
  readonly pid: number;
}

/**
 * Starts a kubelet, and waits until plugins can register with it. Throws HostLostError when it is the host that failed, or else
 * BlockedError with the end of its log, and on a machine that somebody may love: a kubelet 1.37.2 in mount and process namespaces of its
 * own removed the link /bin of the machine around it.
 */
export async function startKubelet(host: KubeletHost, spec: KubeletSpec, options: KubeletOptions): Promise<Kubelet> {
  const { disposable, ownKernel } = host.facts;
  if (!disposable || !ownKernel)
    throw new BlockedError(`Cannot start kubelet ${spec.version} on ${host.id}: it takes a whole machine that is thrown away`);
  const scope = new Scope();
  const { signal } = options;
  try {
    return await start(host, spec, options, scope);
  } catch (error) {
    const stop = (): Promise<void> => scope[Symbol.asyncDispose]();
    throw await failure(host, `start kubelet ${spec.version}`, error, { log: kubeletPlaces(spec).log, stop, signal });
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
    authority: hasFeature({ name: 'kubelet', version: spec.version }, 'engine-by-name') ? undefined : places.engineSocket,
    onRequest: (request) => {
      if (request.call === 'RunPodSandbox') uids.add(request.message.config?.metadata?.uid ?? '');
      options.onRequest?.(request);
    },
    ...{ onRefused: options.onRefused, tamper: options.tamper },
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
  const version = await versionOf(host, spec);
  const pid = await startInstance(host, instance, kubeletArgv(spec), { signal });
  return { spec, version, pid, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}

/** What the executable says of itself: `Kubernetes v1.37.2`. */
async function versionOf(host: KubeletHost, { binary }: KubeletSpec): Promise<string> {
  const { stdout, stderr, failure } = await host.exec([binary, '--version'], { timeoutMs: 60_000 });
  const version = /^Kubernetes v(\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`it does not tell its version: ${stderr.trim() || failure || stdout.trim()}`);
  return version;
}

async function onHost(host: KubeletHost, verb: 'remember' | 'restore', { directory }: KubeletSpec): Promise<void> {
  const { exitCode, stderr, failure } = await host.exec(['sh', '-uc', `${kubeletChanges}${verb}_host "$1"`, 'sh', directory]);
  if (exitCode !== 0) throw new Error(`Cannot ${verb} what a kubelet changes on its host: ${stderr.trim() || failure}`);
}

/** The kubelet is gone, and what it made is still there. */
async function removeSandboxes(host: KubeletHost, engine: KubeletOptions['engine'], uids: ReadonlySet<string>): Promise<void> {
  await using client = criClient({ dial: () => host.dial(engine.socket), api: engine.api });
  const { items } = await client.runtime.listPodSandbox({});
  const ours = items.filter(({ metadata }) => uids.has(metadata?.uid ?? ''));
  await removeSandboxIds(
    client,
    ours.map(({ id }) => id),
  );
}
