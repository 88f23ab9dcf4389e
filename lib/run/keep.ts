import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crictlConfigs } from '../cri/crictl.ts';
import { containerConfig, sandboxConfig, type PodSpec } from '../cri/pod-spec.ts';
import type { Engine } from '../engines/engine.ts';
import type { Host } from '../hosts/host.ts';
import { announce, type KeptHost } from '../hosts/shared/kept.ts';
import { openLedger } from '../hosts/shared/ledger.ts';
import { identify } from '../hosts/shared/process-identity.ts';
import { podCgroup } from '../model/cgroup-driver.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { optionsKey, optionsOf, type EngineOptions } from '../suite/scenario.ts';
import { startOn, type HostSetting } from './engine-lease.ts';
import { podCgroups } from './pod-cgroup.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';

/** Where a shell on a kept host starts. */
export const home = '/var/lib/podproof/kept';

/** Without one, crictl complains at each call that there is none, and waits two seconds for a pod, which takes longer under emulation. */
const crictlConfig = `${home}/crictl.yaml`;

/** Starts the engine once more on a host whose work is done, and keeps both up while `meanwhile` goes on. */
export async function keepHost(
  stage: Stage,
  setting: HostSetting,
  group: EngineGroup,
  meanwhile: (kept: KeptHost) => Promise<void>,
): Promise<void> {
  const { host } = setting;
  const [first] = group.cells;
  const owner = await identify(process.pid);
  if (first === undefined || owner === undefined) return;
  const optionsIn = ({ runtime }: typeof first): EngineOptions =>
    optionsOf({ id: 'kept', title: 'a kept host', pod: {} }, { runtime, facts: host.facts });
  const options = optionsIn(first);
  const cells = group.cells.filter((cell) => optionsKey(optionsIn(cell)) === optionsKey(options));
  const title = `${group.engine.name} ${group.engine.version}, kept`;
  const { engine } = await startOn(stage, setting, { group: { ...group, cells }, options, title });
  const spec: PodSpec = {
    ...{ name: 'kept', uid: 'kept', namespace: 'default', handler: '', image: setting.images.root, command: ['/pause'] },
    cgroupParent: podCgroup(options.cgroupDriver, 'besteffort', 'kept'),
  };
  await using cgroups = podCgroups(host);
  using _cgroup = cgroups.of(spec.cgroupParent);
  const { sandbox, container } = crictlConfigs(sandboxConfig(spec), containerConfig(spec));
  await host.write(`${home}/pod.json`, JSON.stringify(sandbox));
  await host.write(`${home}/container.json`, JSON.stringify(container));
  const endpoint = `unix://${engine.config.socket}`;
  await host.write(crictlConfig, `runtime-endpoint: ${endpoint}\nimage-endpoint: ${endpoint}\ntimeout: 300\n`);
  const crictl = await stage.timeline.span('engine', 'bring crictl along', () => putCrictl(host));
  const kept: KeptHost = {
    ...{ host: host.id, run: stage.folder.id, owner, connection: host.connection },
    environment: environmentOf(host, setting, engine),
    welcome: welcomeOf(host, engine, crictl),
  };
  await using _kept = await announce(kept, await openLedger(stage.folder.id));
  await meanwhile(kept);
}

/** Until somebody ends this process. All pods are done: nothing more is counted meanwhile. */
export async function stayUp(
  { progress, signal }: { progress: Pick<Progress, 'close' | 'line'>; signal: AbortSignal },
  { host }: Pick<KeptHost, 'host'>,
): Promise<void> {
  progress.close();
  progress.line('keep', `${host} stays up: npx podproof shell ${host}. Ctrl-C here, or podproof clean, ends it`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Programs of the engine and its runtimes before those of the host, and where crictl and ctr find the engine. */
function environmentOf(
  host: Host,
  { prefixes, images }: Pick<HostSetting, 'prefixes' | 'images'>,
  { config }: Engine,
): Record<string, string> {
  const programs = [...prefixes.values()].flatMap(({ artifact, path }) =>
    Object.values(artifact.binaries).map((binary) => dirname(join(path, binary))),
  );
  return {
    PATH: [...new Set([home, ...programs]), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(
      ':',
    ),
    CONTAINER_RUNTIME_ENDPOINT: `unix://${config.socket}`,
    IMAGE_SERVICE_ENDPOINT: `unix://${config.socket}`,
    CRI_CONFIG_FILE: crictlConfig,
    CONTAINERD_ADDRESS: config.socket,
    CONTAINERD_NAMESPACE: 'k8s.io',
    PROBE_IMAGE: images.root,
    TERM: process.env['TERM'] ?? 'dumb',
    PS1: `${host.id}:\\w# `,
  };
}

function welcomeOf({ id }: Host, { spec }: Engine, crictl: boolean): string {
  const handlers = spec.handlers.map(({ name }) => name).join(', ');
  return [
    `${id}: ${spec.name} ${spec.version}, its log and configuration below ${spec.directory}`,
    `handlers: ${handlers}`,
    crictl
      ? `a pod: crictl run --no-pull --runtime=${spec.handlers[0]?.name ?? ''} container.json pod.json`
      : 'crictl is not here: with one on the PATH, or in $PODPROOF_ARTIFACTS, podproof brings it along',
  ].join('\n');
}

/** Copies this machine's crictl to the host. */
async function putCrictl(host: Host): Promise<boolean> {
  const shelf = process.env['PODPROOF_ARTIFACTS'];
  const folders = shelf === undefined ? [] : (await readdir(shelf).catch(() => [])).filter((name) => name.startsWith('crictl'));
  const candidates = [
    ...folders.flatMap((name) => [join(shelf ?? '', name), join(shelf ?? '', name, 'crictl')]),
    ...(process.env['PATH'] ?? '').split(':').map((directory) => join(directory, 'crictl')),
  ];
  for (const candidate of candidates) {
    const program = await readFile(candidate).catch(() => undefined);
    if (program === undefined) continue;
    await host.write(`${home}/crictl`, program, 0o755);
    return true;
  }
  return false;
}
