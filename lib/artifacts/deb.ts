import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError, messageOf } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { aptOf } from './apt.ts';
import type { Artifact } from './artifact.ts';
import { cached } from './cache.ts';
import { pickCandidate, type Candidate } from './debian-version.ts';
import { titleOf, type ArtifactRequest, type SourceOf } from './request.ts';

/** Packages of a Debian suite, unpacked into a prefix. The first one carries the version; its Debian revision is recorded. */
export async function debArtifact(request: ArtifactRequest, source: SourceOf<'deb'>): Promise<Artifact> {
  const { suite, packages } = source;
  // What an index past its date gave is for those who accept that, and nobody else.
  const consent = request.allowExpiredRelease === true ? ['an index past its date is accepted'] : [];
  return cached(request, ['deb', process.arch, suite, packages, ...consent], async (root, scratch) => {
    const onFetch = (): void => request.progress(`${titleOf(request)}: package index of ${suite}`);
    const options = { allowExpiredRelease: request.allowExpiredRelease ?? false, signal: request.signal };
    if (request.indexes === undefined) onFetch();
    const apt = await (request.indexes?.of(suite, { ...options, onFetch }) ?? aptOf(suite, scratch, options));
    const [first = '', ...others] = packages;
    const candidates = await apt.candidates(first);
    const candidate = pickCandidate(candidates, request.version);
    if (candidate === undefined) throw otherVersion(request, source, candidates);

    const downloads = join(scratch, 'downloads');
    await mkdir(downloads);
    request.progress(`${titleOf(request)}: download ${first} ${candidate.debian}`);
    try {
      await apt.download(first, candidate.debian, downloads);
      for (const name of others) await apt.download(name, undefined, downloads);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new BlockedError(`Cannot download ${packages.join(', ')} of Debian ${suite}: ${messageOf(error)}`, { cause: error });
    }
    for (const file of await readdir(downloads)) {
      const done = await exec(['dpkg-deb', '-x', join(downloads, file), root], { timeoutMs: 300_000 });
      if (done.exitCode !== 0)
        throw new BlockedError(`Cannot unpack ${file} of Debian ${suite}: ${done.stderr.trim() || done.failure}`);
    }
    const beside = others.length > 0 ? ` with ${others.join(', ')}` : '';
    return [`deb ${first}=${candidate.debian} of ${suite}${beside}`, ...consent].join(', ');
  });
}

/** The suite moved on: what it has, so that the matrix can be corrected without another look. */
function otherVersion(
  { name, version, where }: ArtifactRequest,
  { suite, packages }: SourceOf<'deb'>,
  candidates: readonly Candidate[],
): BlockedError {
  const has = [...new Set(candidates.map(({ upstream }) => upstream))];
  if (has.length === 0) {
    return new BlockedError(`Debian ${suite} has no package ${packages[0]}`, {
      remedy: `change matrix.json ${where ?? name}.source`,
    });
  }
  return new BlockedError(`Debian ${suite} has ${packages[0]} ${has.join(' and ')}, not ${version}`, {
    remedy: `change matrix.json ${where ?? name}.version to that, or to "newest"`,
  });
}
