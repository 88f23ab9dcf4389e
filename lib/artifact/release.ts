import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { Artifact } from './artifact.ts';
import { cached } from './cache.ts';
import { download, downloadText } from './download.ts';
import { ownArtifact } from './path.ts';
import { titleOf, type ArtifactRequest, type SourceOf } from './request.ts';
import { unpack } from './unpack.ts';
import { upstreamRelease, type Release } from './upstream.ts';

/** Upstream's release archive, or what the user laid out as `$PODPROOF_ARTIFACTS/<name>-<version>` where there is no network. */
export async function releaseArtifact(request: ArtifactRequest, source: SourceOf<'release'>): Promise<Artifact> {
  const own = await ownArtifact(request);
  if (own) return own;
  const release =
    source.url === undefined
      ? upstreamRelease(request)
      : { ...upstreamRelease(request), url: source.url, sums: `${source.url}.sha256sum` };
  if (release === undefined)
    throw blocked(request, 'no release of it for this architecture is known', 'set source.url and source.sha256');
  return cached(request, ['release', release.url, source.sha256 ?? null], async (root) => {
    try {
      return await fetchInto(root, request, release, source.sha256);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof BlockedError) throw error;
      throw blocked(request, messageOf(error), 'run it once on a connected machine and copy the cache directory', error);
    }
  });
}

async function fetchInto(root: string, request: ArtifactRequest, release: Release, known: string | undefined): Promise<string> {
  request.progress(`${titleOf(request)}: download ${release.url}`);
  const sha256 = known ?? (await publishedSum(request, release));
  const file = join(
    request.cache,
    'downloads',
    `${createHash('sha256').update(release.url).digest('hex').slice(0, 12)}-${baseName(release.url)}`,
  );
  await download(release.url, file, {
    sha256,
    progress: progressOf(request),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  if (release.program === undefined) await unpack(file, root, request.signal);
  else {
    await mkdir(join(root, 'bin'));
    await copyFile(file, join(root, 'bin', release.program));
    await chmod(join(root, 'bin', release.program), 0o755);
  }
  await rm(file);
  return `release ${release.url}, sha256 ${sha256}`;
}

async function publishedSum(request: ArtifactRequest, { url, sums }: Release): Promise<string> {
  const remedy = `set matrix.json ${request.where ?? request.name}.source.sha256`;
  if (sums === undefined) throw blocked(request, 'upstream publishes no checksum of it', remedy);
  const sum = findSum(await downloadText(sums, request.signal), baseName(url));
  if (sum === undefined) throw blocked(request, `${sums} has no checksum of ${baseName(url)}`, remedy);
  return sum;
}

/** The sum of `file` in the output of sha256sum; a file with one bare sum counts as well. */
export function findSum(text: string, file: string): string | undefined {
  const lines = text.split('\n').flatMap((line) => {
    const [, sum, name = ''] = /^([0-9a-f]{64})(?:\s+\*?(\S.*))?$/i.exec(line.trim()) ?? [];
    return sum === undefined ? [] : [{ sum: sum.toLowerCase(), name: name.split('/').at(-1) ?? '' }];
  });
  const [only] = lines;
  return lines.find(({ name }) => name === file)?.sum ?? (lines.length === 1 && only?.name === '' ? only.sum : undefined);
}

/** A line at each tenth, or each 16 MiB where the size is unknown. */
function progressOf(request: ArtifactRequest): (bytes: number, total: number | undefined) => void {
  let shown = 0;
  return (bytes, total) => {
    const step = Math.floor(total ? (bytes * 10) / total : bytes / (16 * 1024 ** 2));
    if (step === shown) return;
    shown = step;
    const mebibytes = (count: number): string => `${Math.round(count / 1024 ** 2)} MiB`;
    request.progress(`${titleOf(request)}: ${mebibytes(bytes)}${total ? ` of ${mebibytes(total)}` : ''}`);
  };
}

function baseName(url: string): string {
  return (
    (
      url
        .replace(/[?#].*$/, '')
        .split('/')
        .at(-1) ?? ''
    ).replace(/[^\w.+-]/g, '_') || 'download'
  );
}

function blocked(request: ArtifactRequest, why: string, remedy: string, cause?: unknown): BlockedError {
  return new BlockedError(`Cannot have the release of ${titleOf(request)}: ${why}`, {
    remedy: `${remedy}, or put the binaries into $PODPROOF_ARTIFACTS/${request.name}-${request.version}/`,
    ...(cause === undefined ? {} : { cause }),
  });
}
