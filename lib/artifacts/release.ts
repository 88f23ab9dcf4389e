import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { Artifact } from './artifact.ts';
import { cached } from './cache.ts';
import { mebibytes } from './disk.ts';
import { download, downloadText, WrongSum } from './download.ts';
import { ownArtifact } from './path.ts';
import { titleOf, type ArtifactRequest, type SourceOf } from './request.ts';
import { unpack } from './unpack.ts';
import { upstreamRelease, type ReleaseFile } from './upstream.ts';

/** Upstream's release archive, or what the user laid out as `$PODPROOF_ARTIFACTS/<name>-<version>` where there is no network. */
export async function releaseArtifact(request: ArtifactRequest, source: SourceOf<'release'>): Promise<Artifact> {
  const own = await ownArtifact(request);
  if (own) return own;
  const published = upstreamRelease(request);
  const files = source.url === undefined ? published : [ownFile(source.url, published)];
  const [first] = files;
  if (first === undefined)
    throw blocked(request, 'no release of it for this architecture is known', 'set source.url and source.sha256');
  return cached(request, ['release', first.url, source.sha256 ?? null], async (root) => {
    try {
      const taken: string[] = [];
      for (const file of files) taken.push(await fetchInto(root, request, file, file === first ? source.sha256 : undefined));
      return `release ${taken.join('; ')}`;
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof BlockedError) throw error;
      const remedy =
        error instanceof WrongSum
          ? `do not use this file; where you trust it, correct matrix.json ${request.where ?? request.name}.source.sha256`
          : 'run podproof fetch on a connected machine and copy the cache directory';
      throw blocked(request, messageOf(error), remedy, error);
    }
  });
}

/** A file that the user names: an archive by its ending, otherwise the program, where upstream has its program as a file too. */
function ownFile(url: string, published: readonly ReleaseFile[]): ReleaseFile {
  const program = /\.(tgz|tar(\.\w+)?)$/.test(baseName(url)) ? undefined : published[0]?.program;
  return { url, sums: `${url}.sha256sum`, program };
}

async function fetchInto(
  root: string,
  request: ArtifactRequest,
  release: ReleaseFile,
  known: string | undefined,
): Promise<string> {
  request.progress(`${titleOf(request)}: download ${release.url}`);
  const sum = known ?? (await publishedSum(request, release));
  const file = join(
    request.cache,
    'downloads',
    `${createHash('sha256').update(release.url).digest('hex').slice(0, 12)}-${baseName(release.url)}`,
  );
  await download(release.url, file, sum, { progress: progressOf(request), signal: request.signal });
  if (release.program === undefined) await unpack(file, root, request.signal);
  else {
    await mkdir(join(root, 'bin'), { recursive: true });
    await copyFile(file, join(root, 'bin', release.program));
    await chmod(join(root, 'bin', release.program), 0o755);
  }
  await rm(file);
  return `${release.url}, ${sum.length === 128 ? 'sha512' : 'sha256'} ${sum}`;
}

async function publishedSum(request: ArtifactRequest, { url, sums }: ReleaseFile): Promise<string> {
  const remedy = `set matrix.json ${request.where ?? request.name}.source.sha256`;
  if (sums === undefined) throw blocked(request, 'upstream publishes no checksum of it', remedy);
  const sum = findSum(await downloadText(sums, request.signal), baseName(url));
  if (sum === undefined) throw blocked(request, `${sums} has no checksum of ${baseName(url)}`, remedy);
  return sum;
}

/** The sum of `file` in the output of sha256sum or sha512sum; a file with one bare sum counts as well. */
export function findSum(text: string, file: string): string | undefined {
  const lines = text.split('\n').flatMap((line) => {
    const [, sum, name = ''] = /^([0-9a-f]{64}|[0-9a-f]{128})(?:\s+\*?(\S.*))?$/i.exec(line.trim()) ?? [];
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
    request.progress(`${titleOf(request)}: ${mebibytes(bytes)}${total ? ` of ${mebibytes(total)}` : ''}`);
  };
}

function baseName(url: string): string {
  const [name = ''] = /[^/]*$/.exec(url.replace(/[?#].*$/, '')) ?? [];
  return name.replace(/[^\w.+-]/g, '_') || 'download';
}

function blocked(request: ArtifactRequest, why: string, remedy: string, cause?: unknown): BlockedError {
  return new BlockedError(`Cannot have the release of ${titleOf(request)}: ${why}`, {
    remedy: `${remedy}, or put the binaries into $PODPROOF_ARTIFACTS/${request.name}-${request.version}/`,
    cause,
  });
}
