import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from '../../artifacts/unpack.ts';
import { openLedger } from '../../hosts/shared/ledger.ts';
import { messageOf, UsageError } from '../../util/errors.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';
import { architecture, probeLayer } from './images.ts';
import { readLayout, type StoredImage } from './layout.ts';
import { blob, descriptor, json, type OciImage } from './oci.ts';
import { tar } from './tar.ts';

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
  const scope = new Scope();
  try {
    const facts = await stat(path);
    const directory = facts.isDirectory() ? path : await unpacked(path, scope, signal);
    const image = await overlaid(await readLayout(directory, architecture()));
    return { ...image, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw new UsageError(`--image ${path}: ${messageOf(error)}`);
  }
}

async function unpacked(path: string, scope: Scope, signal: AbortSignal): Promise<string> {
  const directory = join(cacheDirectory(), 'leases', `podproof-${randomBytes(6).toString('hex')}`);
  const receipt = await (await openLedger('try')).record({ kind: 'path', path: directory });
  scope.onRelease('the unpacked image', async () => {
    await rm(directory, { recursive: true, force: true });
    await receipt.done();
  });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await unpack(path, directory, signal);
  return directory;
}

async function overlaid({ config, layers }: StoredImage): Promise<OciImage & { user?: number | string }> {
  if (config.os !== 'linux' || config.architecture !== architecture())
    throw new Error(`it is for ${config.os}/${config.architecture}, and the hosts are linux/${architecture()}`);
  const layer = blob('application/vnd.oci.image.layer.v1.tar', tar(await probeLayer()));
  const history = config.history == null ? {} : { history: [...config.history, { created_by: 'podproof' }] };
  const whole = json('application/vnd.oci.image.config.v1+json', {
    ...config,
    rootfs: { type: 'layers', diff_ids: [...config.rootfs.diff_ids, layer.digest] },
    ...history,
  });
  const manifest = json('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(whole),
    layers: [...layers, layer].map(descriptor),
  });
  const user = userOf(config.config?.User ?? '');
  return {
    ...{ name: `podproof/own:${manifest.digest.slice('sha256:'.length, 23)}`, manifest, config: whole, layer, below: layers },
    ...(user === undefined ? {} : { user }),
  };
}

/** As engines tell the kubelet of USER: `1000:1000` is the id 1000, `app:app` the name (containerd internal/cri/server/image_status.go). */
export function userOf(text: string): number | string | undefined {
  const [user = ''] = text.split(':');
  if (user === '') return undefined;
  return /^\d{1,10}$/.test(user) ? Number(user) : user;
}
