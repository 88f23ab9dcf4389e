import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { BlockedError } from '../util/errors.ts';
import type { Artifact } from './artifact.ts';
import { cached, inPlace } from './cache.ts';
import { fileSha256 } from './inventory.ts';
import { titleOf, type ArtifactRequest, type SourceOf } from './request.ts';
import { unpack } from './unpack.ts';
import { upstreamRelease } from './upstream.ts';

const archives = ['', '.tar', '.tar.gz', '.tgz', '.tar.xz', '.tar.bz2', '.tar.zst'];

/** A directory, which is used where it is, or an archive, which is unpacked into the cache. */
export async function pathArtifact(request: ArtifactRequest, source: SourceOf<'path'>): Promise<Artifact> {
  if (source.path === undefined) {
    const own = await ownArtifact(request);
    if (own) return own;
    throw absent(request);
  }
  const artifact = await at(request, resolve(source.path));
  if (artifact) return artifact;
  throw new BlockedError(`${titleOf(request)} is not at ${resolve(source.path)}`, {
    remedy: `put the binaries there, or change matrix.json ${request.where ?? request.name}.source.path`,
  });
}

/**
 * `$PODPROOF_ARTIFACTS/<name>-<version>`, a directory or an archive, or the release archive under its own name; undefined when
 * there is none. Both Kata shims share a directory, and from 4.1.0 on have archives of their own.
 */
export async function ownArtifact(request: ArtifactRequest): Promise<Artifact | undefined> {
  const shelf = process.env['PODPROOF_ARTIFACTS'];
  if (!shelf) return undefined;
  const published = upstreamRelease(request).flatMap(({ url, program }) =>
    program === undefined ? [basename(new URL(url).pathname)] : [],
  );
  for (const name of [...archives.map((ending) => `${request.name}-${request.version}${ending}`), ...published]) {
    const artifact = await at(request, resolve(shelf, name));
    if (artifact) return artifact;
  }
  return undefined;
}

async function at(request: ArtifactRequest, path: string): Promise<Artifact | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) {
    if ((await readdir(path)).length === 0) throw new BlockedError(`${path}, where ${titleOf(request)} should be, is empty`);
    return inPlace(request, await realpath(path), `path ${shown(path)}`);
  }
  if (!facts?.isFile()) return undefined;
  request.progress(`${titleOf(request)}: unpack ${path}`);
  const sha256 = await fileSha256(path);
  return cached(request, ['path', sha256], async (root) => {
    await unpack(path, root, request.signal);
    return `path ${shown(path)}, sha256 ${sha256}`;
  });
}

/** As reports show it: where a user keeps things is nobody else's business. */
function shown(path: string): string {
  const shelf = process.env['PODPROOF_ARTIFACTS'];
  const under = (directory: string | undefined, name: string): string | undefined =>
    directory !== undefined && directory !== '' && path.startsWith(`${resolve(directory)}/`)
      ? `${name}${path.slice(resolve(directory).length)}`
      : undefined;
  return under(shelf, '$PODPROOF_ARTIFACTS') ?? under(homedir(), '~') ?? path;
}

function absent(request: ArtifactRequest): BlockedError {
  const shelf = process.env['PODPROOF_ARTIFACTS'];
  const folder = `${request.name}-${request.version}`;
  const found = shelf ? `${join(resolve(shelf), folder)} does not exist` : 'PODPROOF_ARTIFACTS is not set';
  return new BlockedError(`${titleOf(request)} is to come from a path, and ${found}`, {
    remedy: `build it or download the upstream release, lay it out as DIRECTORY/${folder}/ (or ${folder}.tar.zst), and set PODPROOF_ARTIFACTS=DIRECTORY`,
  });
}
