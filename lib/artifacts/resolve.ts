import type { Source } from '../model/matrix/matrix.ts';
import { cacheDirectory } from '../util/paths.ts';
import type { Artifact } from './artifact.ts';
import { blamingDisk } from './disk.ts';
import { debArtifact } from './deb.ts';
import { pathArtifact } from './path.ts';
import { releaseArtifact } from './release.ts';
import type { ArtifactRequest } from './request.ts';

/** Everything of a request but what it is for; cache and progress have defaults. */
export type ResolveOptions = Omit<ArtifactRequest, 'name' | 'version' | 'cache' | 'progress'> &
  Partial<Pick<ArtifactRequest, 'cache' | 'progress'>>;

/**
 * The binaries of one version as a prefix directory, from the cache where it has them. Safe to call from several processes at once.
 * Throws BlockedError, with a remedy, when they are unavailable.
 */
export async function resolveArtifact(
  name: string,
  version: string,
  source: Source,
  options: ResolveOptions = {},
): Promise<Artifact> {
  options.signal?.throwIfAborted();
  const request: ArtifactRequest = { cache: cacheDirectory(), progress: () => undefined, ...options, name, version };
  try {
    return await artifactFrom(request, source);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw blamingDisk(error, `${name} ${version}`, request.cache);
  }
}

function artifactFrom(request: ArtifactRequest, source: Source): Promise<Artifact> {
  switch (source.kind) {
    case 'deb':
      return debArtifact(request, source);
    case 'path':
      return pathArtifact(request, source);
    case 'release':
      return releaseArtifact(request, source);
  }
}
