import type { ImageVariant } from './image/facts.ts';

/** Parts of a kernel that some pod, engine or fixture needs, each by the name of its module. */
export const kernelFeatures = [
  'overlay',
  'fuse',
  'loop',
  'bridge',
  'veth',
  'tun',
  'kvm',
  'vhost_vsock',
  'vhost_net',
  'dm_thin_pool',
  'erofs',
] as const;
export type KernelFeature = (typeof kernelFeatures)[number];

/** What the cells of a plan need of their host, besides what all need. */
export interface HostNeeds {
  /** Memory that must be available, in MiB. */
  memoryMiB: number;
  /** Free space for the state of engines and for binaries that are sent there, in MiB. */
  stateMiB: number;
  /** What only some cells need. */
  features: readonly KernelFeature[];
}

/** For one engine, its shims and a few pods that are plain processes, with room to spare. */
export const leastNeeds: HostNeeds = { memoryMiB: 192, stateMiB: 128, features: [] };

/** Kernel features that were asked for and are not there, with the words of who tried to load them. */
export type MissingFeatures = Partial<Record<KernelFeature, string>>;

/** What is asked of a host that is leased. */
export interface AcquireOptions {
  /** What the image of a host that we build must hold. */
  variant: ImageVariant;
  /** What the host must be fit for. */
  needs: HostNeeds;
}
