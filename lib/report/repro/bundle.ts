import { readFileSync } from 'node:fs';
import { verdictId } from '../../model/document.ts';
import type { DeviceNode } from '../../model/device-node.ts';
import type { EngineInstance } from '../../model/lease-record.ts';
import type { Observation, Replay } from '../../model/observation.ts';
import { UsageError } from '../../util/errors.ts';
import { quote, quoteAll } from '../../util/quote.ts';
import type { ReproInput } from './input.ts';
import { instructions } from './readme.ts';

const script = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/**
 * The files of a folder that launches the pod of a verdict again, with crictl alone, path → content. Throws UsageError for
 * a run that was recorded before all of it was kept.
 */
export function reproBundle(input: ReproInput): Map<string, string | Uint8Array> {
  const { observation, lease, verdict } = input;
  const { replay } = observation;
  const { instance } = lease.engine;
  if (replay === undefined || instance === undefined) {
    throw new UsageError(
      `Cannot make a bundle for ${verdictId(verdict)}: its run was recorded before pods and engines were kept in full; run it again`,
    );
  }
  const files = new Map<string, string | Uint8Array>([
    ['README.md', instructions(input, replay, instance)],
    ['run.sh', script('run.sh')],
    ['registry.sh', script('registry.sh')],
    ['instance.sh', input.instanceScript],
    ['bundle.env', variables(observation, replay, instance)],
    ['engine.sh', engineScript(instance)],
    ['probe.sh', probeScript(replay)],
    ['pod.json', json(replay.sandbox)],
    ['container.json', json(replay.container)],
    ['nodes.tsv', nodes(replay, input.hostNodes)],
    ['changed.tsv', lines(replay.nodes.map(({ path, owner, mode }) => `${path}\t${owner}\t${mode}`))],
    ['SHA256SUMS', lines(Object.entries(instance.binaries).map(([path, sum]) => `${sum}  ${path}`))],
    ['recorded.json', json(observation)],
    ['busybox', input.busybox],
  ]);
  for (const [path, content] of Object.entries({ ...instance.files, ...input.hostFiles }))
    files.set(inside('host', path), content);
  for (const { name, manifest, blobs } of input.images) {
    const [repository = '', tag = ''] = name.split(':');
    for (const reference of [tag, manifest.digest]) files.set(`registry/v2/${repository}/manifests/${reference}`, manifest.bytes);
    for (const { digest, bytes } of blobs) files.set(`registry/v2/${repository}/blobs/${digest}`, bytes);
  }
  return files;
}

/** A path of the host below a folder of the bundle. A record is no authority on where this machine writes. */
function inside(folder: string, path: string): string {
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new UsageError(`Cannot make a bundle: the record names the file "${path}", expected an absolute path without ".."`);
  return `${folder}${path}`;
}

function variables({ request }: Observation, { container }: Replay, instance: EngineInstance): string {
  const image = container['image'];
  const reference =
    typeof image === 'object' && image !== null && 'image' in image && typeof image.image === 'string' ? image.image : '';
  return lines(
    Object.entries({
      directory: instance.directory,
      socket: instance.socket,
      log: `${instance.directory}/engine.log`,
      bridge: instance.bridge ?? '',
      thin_pool: instance.thinPool ?? '',
      shim_mark: instance.shimMark,
      handler: request.handler,
      image: reference,
      registry_port: /^localhost:(\d+)\//.exec(reference)?.[1] ?? '',
    }).map(([name, value]) => `${name}=${quote(value) || "''"}`),
  );
}

function engineScript({ directory, socket, bridge, thinPool, env, argv }: EngineInstance): string {
  const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const start = [
    'start',
    `${directory}/engine.log`,
    `${directory}/engine.pid`,
    socket,
    bridge ?? '',
    thinPool ?? '',
    'env',
    ...environment,
    ...argv,
  ];
  return `exec sh "$1" ${quoteAll(start)}\n`;
}

/** The token of the probe's lines only has to be one that no device is named by. */
function probeScript({ probe }: Replay): string {
  const argv = ['/podproof/probe', '5f1c7a9e3b0d4862a1f0c9d7', ...probe];
  return `exec "$1" --runtime-endpoint "$2" --timeout 300s exec --sync "$3" ${quoteAll(argv)}\n`;
}

/** The nodes that the pod is handed, and those that podproof itself made. */
function nodes({ container }: Replay, found: readonly DeviceNode[]): string {
  const devices = Array.isArray(container['devices']) ? container['devices'] : [];
  const handed = devices.flatMap((device) =>
    typeof device === 'object' && device !== null && 'host_path' in device && typeof device.host_path === 'string'
      ? [device.host_path]
      : [],
  );
  const wanted = (path: string): boolean =>
    path.startsWith('/dev/podproof/') || handed.some((each) => path === each || path.startsWith(`${each}/`));
  return lines(
    found
      .filter(({ path, type }) => (type === 'c' || type === 'b') && wanted(path))
      .map(({ path, type, major, minor, uid, gid, mode }) => [path, type, major, minor, `${uid}:${gid}`, mode].join('\t')),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}
