import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { fileSha256 } from '../../artifacts/inventory.ts';
import { messageOf } from '../../util/errors.ts';
import type { StoredBlob } from './oci.ts';

/** The configuration of an image as it was read, and its layers, the lowest first. */
export interface StoredImage {
  config: ImageConfig;
  layers: StoredBlob[];
}

const Descriptor = z.object({
  mediaType: z.string().default(''),
  digest: z.string(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});
const Index = z.object({ manifests: z.array(Descriptor).min(1) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
/** `manifest.json` of docker-save(1). */
const Archive = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).min(1);
const ImageConfig = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  config: z.looseObject({ User: z.string().optional() }).nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(z.string()) }),
  history: z.array(z.unknown()).nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** Layers as registries know them; docker's are the same under another name. */
const layerTypes: Readonly<Record<string, string>> = {
  'application/vnd.oci.image.layer.v1.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** JSON of an image that is larger is none. */
const mostJsonBytes = 4 * 1024 ** 2;
/** An index may lead to another: of platforms, of attestations. */
const mostIndexes = 4;

/**
 * The image of a directory that is an OCI layout, or what docker-save(1) packs. No layer is unpacked. Throws an Error for what is
 * neither, for a file that leads out of the directory, and for content that its digest does not fit.
 */
export async function readLayout(directory: string, architecture: string): Promise<StoredImage> {
  const root = await realpath(directory);
  if ((await stat(join(root, 'index.json')).catch(() => undefined))?.isFile() === true) return readOci(root, architecture);
  if ((await stat(join(root, 'manifest.json')).catch(() => undefined))?.isFile() === true) return readDocker(root);
  throw new Error('it has neither index.json, of an OCI layout, nor manifest.json, of docker save');
}

async function readOci(root: string, architecture: string): Promise<StoredImage> {
  let { manifests } = await readJson(root, 'index.json', Index);
  for (let hop = 0; hop < mostIndexes; hop++) {
    const fitting = manifests.filter(({ platform }) => platform === undefined || platform.architecture === architecture);
    const [chosen] = fitting;
    if (chosen === undefined)
      throw new Error(
        `it is for ${manifests.map(({ platform }) => platform?.architecture ?? '?').join(', ')}, and the hosts are ${architecture}`,
      );
    if (fitting.length > 1 && hop === 0)
      throw new Error(`it holds ${fitting.length} images; keep one: skopeo copy oci:…:TAG oci:…`);
    const path = blobPath(chosen);
    if (/index|manifest\.list/.test(chosen.mediaType)) {
      ({ manifests } = await readJson(root, path, Index, chosen.digest));
      continue;
    }
    const manifest = await readJson(root, path, Manifest, chosen.digest);
    return {
      config: await readJson(root, blobPath(manifest.config), ImageConfig, manifest.config.digest),
      layers: await Promise.all(manifest.layers.map((layer) => ociLayer(root, layer))),
    };
  }
  throw new Error(`its indexes are ${mostIndexes} deep, and there is no image yet`);
}

async function ociLayer(root: string, layer: z.infer<typeof Descriptor>): Promise<StoredBlob> {
  const mediaType = Object.hasOwn(layerTypes, layer.mediaType) ? layerTypes[layer.mediaType] : undefined;
  if (mediaType === undefined) throw new Error(`it has a layer of type "${layer.mediaType.slice(0, 100)}"`);
  const found = await stored(root, blobPath(layer));
  if (found.digest !== layer.digest) throw new Error(`${layer.digest} has other content: ${found.digest}`);
  return { ...found, mediaType };
}

/** Its layers are not compressed: their digests are those of what is in them. */
async function readDocker(root: string): Promise<StoredImage> {
  const [image, ...others] = await readJson(root, 'manifest.json', Archive);
  if (image === undefined || others.length > 0) throw new Error(`it holds ${others.length + 1} images; save one alone`);
  const config = await readJson(root, image.Config, ImageConfig);
  const layers = await Promise.all(image.Layers.map((path) => stored(root, path)));
  layers.forEach(({ digest }, at) => {
    const told = config.rootfs.diff_ids[at];
    if (digest !== told) throw new Error(`its layer ${at + 1} has other content than its configuration says`);
  });
  return { config, layers: layers.map((layer) => ({ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar' })) };
}

function blobPath({ digest }: { digest: string }): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new Error(`"${digest.slice(0, 100)}" is no sha256 digest`);
  return `blobs/sha256/${hex}`;
}

async function readJson<T>(root: string, path: string, schema: z.ZodType<T>, digest?: string): Promise<T> {
  const file = await inside(root, path);
  const { size } = await stat(file);
  if (size > mostJsonBytes) throw new Error(`${path} has ${size} bytes, which is no JSON of an image`);
  const text = await readFile(file);
  if (digest !== undefined && `sha256:${createHash('sha256').update(text).digest('hex')}` !== digest)
    throw new Error(`${path} has other content than its digest says`);
  try {
    return schema.parse(JSON.parse(text.toString('utf8')));
  } catch (error) {
    throw new Error(
      `${path} cannot be read: ${error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : messageOf(error)}`,
    );
  }
}

async function stored(root: string, path: string): Promise<Omit<StoredBlob, 'mediaType'>> {
  const file = await inside(root, path);
  const [{ size }, sum] = await Promise.all([stat(file), fileSha256(file)]);
  return { file, size, digest: `sha256:${sum}` };
}

/** A regular file of the layout. Throws an Error for one that leads out of it. */
async function inside(root: string, path: string): Promise<string> {
  const file = await realpath(join(root, path)).catch(() => undefined);
  if (file === undefined) throw new Error(`it has no ${JSON.stringify(path.slice(0, 200))}`);
  if (!file.startsWith(root + sep)) throw new Error(`${JSON.stringify(path.slice(0, 200))} leads out of it`);
  if (!(await stat(file)).isFile()) throw new Error(`${JSON.stringify(path.slice(0, 200))} is no file`);
  return file;
}
