import type { Source } from '../model/matrix/matrix.ts';
import type { PackageIndexes } from './indexes.ts';

/** One version of an engine, a runtime or the CNI plugins to fetch, and what the sources may use for it. */
export interface ArtifactRequest {
  /** `containerd`, `runc`, `kata`, `cni`. */
  name: string;
  version: string;
  /** Kata 4.1 ships its shims in separate archives. */
  shim?: 'go' | 'rust';
  /** Place in matrix.json, for remedies: `engines.containerd[1]`. */
  where?: string;
  /** Accept a Debian package index whose Release file is past its date. */
  allowExpiredRelease?: boolean;
  /** Package indexes that others asked for too; without them one is fetched for this request. */
  indexes?: PackageIndexes;
  /** The cache directory; below it `artifacts/` and `downloads/`. */
  cache: string;
  signal?: AbortSignal | undefined;
  /** One line of progress: `containerd 1.7.24: package index of trixie`. */
  progress: (line: string) => void;
}

/** The source of one kind. */
export type SourceOf<Kind extends Source['kind']> = Extract<Source, { kind: Kind }>;

/** `containerd 1.7.24`, as sentences say it. */
export function titleOf({ name, version }: Pick<ArtifactRequest, 'name' | 'version'>): string {
  return `${name} ${version}`;
}
