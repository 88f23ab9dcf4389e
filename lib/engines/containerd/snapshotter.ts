import { basename } from 'node:path';
import { hasFeature } from '../../model/feature.ts';
import type { TomlTable } from '../../util/toml.ts';
import type { EngineSpec } from '../engine.ts';

/** Directory of the thin pool's two files; its last part is what the pool is called. Undefined where there is none. */
export function thinPool({ directory, options }: EngineSpec): string | undefined {
  return options.snapshotter === 'devmapper' ? `${directory}/pp-thin` : undefined;
}

/**
 * The command line of a daemon whose roots are block files: of an empty file system of 48 MiB, which it does not make itself and
 * copies for each layer and container, the first one is made before.
 */
export function withScratchFile(spec: EngineSpec, argv: readonly string[]): string[] {
  if (spec.options.snapshotter !== 'blockfile') return [...argv];
  const script = '[ -e "$0" ] || { truncate -s 48M "$0.new" && mkfs.ext4 -q -F "$0.new" && mv "$0.new" "$0"; } && exec "$@"';
  return ['sh', '-c', script, scratchFile(spec), ...argv];
}

function scratchFile({ directory }: EngineSpec): string {
  return `${directory}/scratch.ext4`;
}

const named = (snapshotter: string): string => `io.containerd.snapshotter.v1.${snapshotter}`;
const erofsDiffer = 'io.containerd.differ.v1.erofs';

/** Tables of the plugins that make the roots of containers: containerd v2.3.4 docs/snapshotters, plugins/snapshots. */
export function snapshotterTables(spec: EngineSpec): TomlTable {
  const { snapshotter } = spec.options;
  const pool = thinPool(spec);
  const unpack = { platform: 'linux', snapshotter, differ: snapshotter === 'erofs' ? 'erofs' : 'walking' };
  return {
    ...(pool === undefined
      ? {}
      : { [named('devmapper')]: { root_path: `${pool}/snapshots`, pool_name: basename(pool), base_image_size: '256MB' } }),
    ...(snapshotter === 'blockfile' ? { [named('blockfile')]: { scratch_file: scratchFile(spec), fs_type: 'ext4' } } : {}),
    ...(snapshotter === 'erofs' ? { 'io.containerd.service.v1.diff-service': { default: ['erofs', 'walking'] } } : {}),
    // Without it an image that is pulled is not unpacked for any snapshotter but overlayfs.
    ...(snapshotter !== 'overlayfs' && hasFeature(spec, 'transfer-pull')
      ? { 'io.containerd.transfer.v1.local': { unpack_config: [unpack] } }
      : {}),
  };
}

/** Plugins without which the daemon would run, and make no container. */
export function requiredPlugins({ options: { snapshotter } }: EngineSpec): string[] {
  if (snapshotter === 'overlayfs') return [];
  return [named(snapshotter), ...(snapshotter === 'erofs' ? [erofsDiffer] : [])];
}
