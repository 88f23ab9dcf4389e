import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import { neededPlugins } from '../artifacts/cni-plugins.ts';
import { fileSha256 } from '../artifacts/inventory.ts';
import type { Engine } from '../engines/engine.ts';
import type { EngineInstance } from '../model/lease-record.ts';

/** An artifact on a host: where it is, and its program where that runs from a sealed copy. */
export interface Prefix {
  artifact: Artifact;
  path: string;
  sealed?: string | undefined;
}

/** What it takes to start the same engine by hand: `images` are those that it was given, `prefixes` the artifacts on its host. */
export async function instanceOf(
  { config, spec }: Engine,
  images: readonly string[],
  prefixes: readonly Prefix[],
): Promise<EngineInstance> {
  const { files, argv, env, socket, bridge, thinPool, shimMark } = config;
  const sealed = prefixes.flatMap((prefix) => prefix.sealed ?? []);
  // The configuration names no more of them than their directory.
  const plugins = neededPlugins.map((name) => `${spec.cniPlugins}/${name}`);
  return {
    files,
    argv,
    env,
    socket,
    ...(bridge === undefined ? {} : { bridge }),
    ...(thinPool === undefined ? {} : { thinPool }),
    shimMark,
    directory: spec.directory,
    images: [...images],
    binaries: await namedBinaries(prefixes, [...Object.values(files), ...argv, ...Object.values(spec.binaries), ...plugins]),
    ...(sealed.length === 0 ? {} : { sealed }),
  };
}

/** Checksums of the files of attached artifacts that some texts name, by their path on the host. */
async function namedBinaries(prefixes: readonly Prefix[], texts: readonly string[]): Promise<Record<string, string>> {
  const named = new Set(texts.flatMap((text) => text.match(/\/[\w.+~@/-]+/g) ?? []));
  const sums: Record<string, string> = {};
  for (const path of [...named].sort()) {
    const prefix = prefixes.find((candidate) => path.startsWith(`${candidate.path}/`));
    if (prefix === undefined) continue;
    const file = join(prefix.artifact.directory, path.slice(prefix.path.length));
    const facts = await stat(file).catch(() => undefined);
    if (facts?.isFile() === true) sums[path] = await fileSha256(file);
  }
  return sums;
}
