import type { ImageVariant } from '../hosts/image/facts.ts';
import { containerd } from './containerd/facts.ts';
import { crio } from './crio/facts.ts';

/** Something that a version of a component can do. `since` is the first version, `until` the first without. */
export interface FeatureRow {
  feature: string;
  /** Configuration key, relative to the CRI plugin's or [crio.runtime] table. */
  key?: string;
  since: string;
  until?: string;
  citation: string;
}

/** How an upstream project names one file of its releases, read at its release scripts, tag by tag. */
export interface ReleaseRow {
  /** Versions as `>=1.7 <2.0`. */
  versions: string;
  /** `{version}`, `{arch}` (amd64, arm64) and `{machine}` (x86_64, aarch64) are replaced; `{program}` by each of `programs`. */
  url: string;
  /** Published checksum file, of sha256 or sha512; without one the sha256 must be in matrix.json. */
  sums?: string;
  /** Files that are the programs themselves, under these names; otherwise an archive. */
  programs?: readonly string[];
  /** Kata: the shim that the file has, where each has a file of its own. */
  shim?: 'go' | 'rust';
}

/** Versions that cannot run on some hosts, whatever binary format and libc say. */
export interface HostLimit {
  versions: string;
  /** A range of kernel versions, and how the host has its control groups. */
  kernels?: string;
  cgroup?: 'v1' | 'v2' | 'hybrid';
  /** Completes "runsc 20240729.0 …". */
  why: string;
}

/** How a process of a sandbox is known: by the name of its executable, or by what it calls itself. */
export interface ProcessMark {
  role: 'shim' | 'vmm' | 'virtiofsd' | 'sentry' | 'other';
  program?: RegExp;
  /** argv[0]. */
  calledItself?: string;
}

/** What is known of an engine, a runtime or the CNI plugins by version: no other code compares one. */
export interface ComponentFacts {
  /** The executable by which it is known; absent for what is several programs. */
  program?: string;
  features: readonly FeatureRow[];
  releases: readonly ReleaseRow[];
  hostLimits: readonly HostLimit[];
}

export interface EngineFacts extends ComponentFacts {
  program: string;
  /** As its owners write it. */
  ownName: string;
  /** What Version() of its CRI calls it. */
  reportedName: string;
  /** Which image a VM or container host for it needs. */
  hostImage: ImageVariant;
  /** Whether it starts a runtime by a shim of that runtime's own. */
  startsShims: boolean;
  /** What it grants a container by default, as a mask. */
  defaultCapabilities: bigint;
  /** The AppArmor profile that it loads for containers that ask for none. */
  defaultProfile: string;
  /** Its processes beside a container. */
  processes: readonly ProcessMark[];
  /** Where an administrator configures it: a file, the table of the keys that are meant for every pod, and that of the handlers. */
  settings: { file: string; table: string; handlers: string };
  /** Configuration keys whose value a version without this feature cannot tell. */
  untold?: { unless: string; keys: RegExp };
}

/** Plugins of containerd that make the root of a container, and the kernel modules that each needs; CRI-O has directories only. */
export const snapshotters = {
  overlayfs: [],
  devmapper: ['loop', 'dm_thin_pool'],
  blockfile: ['loop'],
  erofs: ['erofs'],
} as const;
export type Snapshotter = keyof typeof snapshotters;

/** Every engine, in the order of plans. */
export const engines = { containerd, crio } as const satisfies Record<string, EngineFacts>;
export type EngineName = keyof typeof engines;
