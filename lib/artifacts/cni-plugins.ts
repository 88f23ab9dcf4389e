import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError } from '../util/errors.ts';
import type { Artifact } from './artifact.ts';
import { isExecutable } from './inventory.ts';

/**
 * What a pod network is made with: lib/engines/cni.ts names the first two, and containerd runs the third in every pod
 * (cniLoadOptions in its CRI plugin's service_linux.go).
 */
export const neededPlugins = ['bridge', 'host-local', 'loopback'] as const;

/**
 * Where they lie: at the root of a release archive and of a directory of plugins; in bin of a build or of /opt/cni; in the usual
 * place below the prefix of a whole system; in Debian's package; in Fedora's.
 */
const places = ['', 'bin', 'opt/cni/bin', 'usr/lib/cni', 'usr/libexec/cni'];

/**
 * The artifact with those plugins for binaries that engines need, all from one directory, as engines are given directories.
 * Throws BlockedError when they are not together in any known directory.
 */
export async function cniArtifact(artifact: Artifact): Promise<Artifact> {
  const root = await realpath(artifact.directory);
  const found = await Promise.all(places.map(async (place) => ({ place, plugins: await pluginsIn(root, place) })));
  const [best] = found.toSorted((a, b) => Object.keys(b.plugins).length - Object.keys(a.plugins).length);
  const missing = neededPlugins.filter((name) => best?.plugins[name] === undefined);
  if (best === undefined || missing.length > 0) throw incomplete(artifact, best?.place ?? '', missing);
  return { ...artifact, binaries: best.plugins };
}

async function pluginsIn(root: string, place: string): Promise<Record<string, string>> {
  const plugins: Record<string, string> = {};
  for (const name of neededPlugins) {
    const path = join(place, name);
    if (await isExecutable(root, path)) plugins[name] = path;
  }
  return plugins;
}

function incomplete({ version, directory }: Artifact, place: string, missing: readonly string[]): BlockedError {
  const what =
    missing.length === neededPlugins.length
      ? `neither it nor its ${places.slice(1).join(', ')} has the programs ${missing.join(', ')}`
      : `${join(directory, place)} has no program ${missing.join(' and no ')}`;
  return new BlockedError(`Cannot take the CNI plugins ${version} from ${directory}: ${what}`, {
    remedy:
      'take a whole release of containernetworking/plugins or Debian’s package containernetworking-plugins, or change matrix.json cni.source',
  });
}
