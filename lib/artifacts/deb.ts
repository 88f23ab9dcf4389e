import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError, messageOf } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { aptOf } from './apt.ts';
import type { Artifact } from './artifact.ts';
import { cached } from './cache.ts';
import { pickCandidate } from './debian-version.ts';
import { titleOf, type ArtifactRequest, type SourceOf } from './request.ts';

/** Packages of a Debian suite, unpacked into a prefix. The first one carries the version; its Debian revision is recorded. */
export async function debArtifact(request: ArtifactRequest, source: SourceOf<'deb'>): Promise<Artifact> {
  const { suite, packages } = source;
  // What an index past its date gave is for those who accept that, and nobody else.
  const consent = request.allowExpiredRelease === true ? ['an index past its date is accepted'] : [];
  return cached(request, ['deb', process.arch, suite, packages, ...consent], async (root, scratch) => {
    request.progress(`${titleOf(request)}: package index of ${suite}`);
    const apt = await aptOf(suite, scratch, {
      allowExpiredRelease: request.allowExpiredRelease ?? false,
      ...(request.signal ? { signal: request.signal } : {}),
    });
    const [first = '', ...others] = packages;
    const candidates = await apt.candidates(first);
    const candidate = pickCandidate(candidates, request.version);
    if (candidate === undefined) throw otherVersion(request, source, candidates[0]?.upstream);

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

function otherVersion(
  { name, version, where }: ArtifactRequest,
  { suite, packages }: SourceOf<'deb'>,
  has?: string,
): BlockedError {
  if (has === undefined) {
    return new BlockedError(`Debian ${suite} has no package ${packages[0]}`, {
      remedy: `change matrix.json ${where ?? name}.source`,
    });
  }
  return new BlockedError(`Debian ${suite} has ${packages[0]} ${has}, not ${version}`, {
    remedy: `change matrix.json ${where ?? name}.version`,
  });
}
