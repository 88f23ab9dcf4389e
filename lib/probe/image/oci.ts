import { createHash } from 'node:crypto';
import { tar, type TarEntry } from './tar.ts';

export interface Blob {
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** A blob that stays in the file where it is. */
export interface StoredBlob extends Omit<Blob, 'bytes'> {
  file: string;
  /** Bytes. */
  size: number;
}

/** An image: what a registry serves for one tag. */
export interface OciImage {
  /** Repository and tag without a registry: `podproof/probe:1`. */
  name: string;
  manifest: Blob;
  config: Blob;
  /** The last layer. */
  layer: Blob;
  /** The layers below it, of an image of somebody else. */
  below?: readonly StoredBlob[];
}

export interface ImageOptions {
  name: string;
  entries: readonly TarEntry[];
  /** As OCI spells it: amd64, arm64. */
  architecture: string;
  entrypoint: readonly string[];
  /** USER of the image; without it root. */
  user?: string;
}

/**
 * An image of one layer. The layer is not compressed: two megabytes on loopback are nothing, and the
 * bytes of a compressor change with its version, which would change the digest.
 */
export function ociImage(options: ImageOptions): OciImage {
  const layer = layerOf(options.entries);
  const configuration = {
    created: '1970-01-01T00:00:00Z',
    architecture: options.architecture,
    os: 'linux',
    config: {
      ...(options.user === undefined ? {} : { User: options.user }),
      Env: ['PATH=/bin'],
      Entrypoint: options.entrypoint,
      WorkingDir: '/',
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'podproof' }],
  };
  return { name: options.name, ...assembled(configuration, layer) };
}

/** A layer of these files, in the order in which they are given. */
export function layerOf(entries: readonly TarEntry[]): Blob {
  return blob('application/vnd.oci.image.layer.v1.tar', tar(entries));
}

/** What a registry serves of an image with this configuration, whose last layer is `layer`. */
export function assembled(
  configuration: unknown,
  layer: Blob,
  below: readonly StoredBlob[] = [],
): Pick<OciImage, 'manifest' | 'config' | 'layer'> {
  const config = json('application/vnd.oci.image.config.v1+json', configuration);
  const manifest = json('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: [...below, layer].map(descriptor),
  });
  return { manifest, config, layer };
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

function json(mediaType: string, value: unknown): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

export function descriptor(content: Blob | StoredBlob): { mediaType: string; digest: string; size: number } {
  const { mediaType, digest } = content;
  return { mediaType, digest, size: 'size' in content ? content.size : content.bytes.length };
}
