import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from '../../artifacts/unpack.ts';
import { openLedger } from '../../hosts/shared/ledger.ts';
import { ownDirectory } from '../../hosts/shared/own-directory.ts';
import { messageOf, UsageError } from '../../util/errors.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { scoped, type Scope } from '../../util/scope.ts';
import { architecture, probeLayer } from './images.ts';
import { readLayout, type StoredImage } from './layout.ts';
import { assembled, layerOf, type OciImage } from './oci.ts';

/** An image of somebody else with the probe laid over it. Disposing removes what was unpacked for it. */
export interface OwnImage extends OciImage, AsyncDisposable {
  /** USER: an id, or a name that its /etc/passwd has; without it root. */
  user?: number | string;
}

/**
 * Opens an OCI layout, as a directory or an archive, or an archive of docker-save(1). What is in its layers is unpacked by
 * engines alone. Throws UsageError for what is no such image, or none for the hosts.
 */
export async function openImage(path: string, signal: AbortSignal): Promise<OwnImage> {
  try {
    return await scoped(async (scope) => {
      const directory = (await stat(path)).isDirectory() ? path : await unpacked(path, scope, signal);
      return overlaid(await readLayout(directory, architecture()));
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new UsageError(`--image ${path}: ${messageOf(error)}`);
  }
}

async function unpacked(path: string, scope: Scope, signal: AbortSignal): Promise<string> {
  const directory = join(cacheDirectory(), 'leases', `podproof-${randomBytes(6).toString('hex')}`);
  await ownDirectory(directory, scope, await openLedger('try'));
  await unpack(path, directory, signal);
  return directory;
}

async function overlaid({ config, layers }: StoredImage): Promise<OciImage & { user?: number | string }> {
  if (config.os !== 'linux' || config.architecture !== architecture())
    throw new Error(`it is for ${config.os}/${config.architecture}, and the hosts are linux/${architecture()}`);
  const layer = layerOf(await probeLayer());
  const history = config.history == null ? {} : { history: [...config.history, { created_by: 'podproof' }] };
  const rootfs = { type: 'layers', diff_ids: [...config.rootfs.diff_ids, layer.digest] };
  const image = assembled({ ...config, rootfs, ...history }, layer, layers);
  const user = userOf(config.config?.User ?? '');
  return {
    ...{ ...image, name: `podproof/own:${image.manifest.digest.slice('sha256:'.length, 23)}`, below: layers },
    ...(user === undefined ? {} : { user }),
  };
}

/** As engines tell the kubelet of USER: `1000:1000` is the id 1000, `app:app` the name (containerd internal/cri/server/image_status.go). */
export function userOf(text: string): number | string | undefined {
  const [user = ''] = text.split(':');
  if (user === '') return undefined;
  return /^\d{1,10}$/.test(user) ? Number(user) : user;
}
