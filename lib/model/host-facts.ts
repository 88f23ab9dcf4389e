import { z } from 'zod';

/** What a host is, recorded once per lease. Numbers are plain counts unless the name carries a unit. */
export const HostFacts = z.object({
  kernel: z.string(),
  /** The random id of this boot: proof that the host did not restart. */
  bootId: z.string(),
  os: z.string(),
  architecture: z.string(),
  cpus: z.number(),
  memoryMiB: z.number(),
  /** What executes the host's instructions: bare metal or unknown (`none`), KVM, or full emulation. */
  accelerator: z.enum(['none', 'kvm', 'tcg']),
  /** Why this accelerator, in one sentence: never a silent fallback. */
  acceleratorReason: z.string(),
  /** What QEMU or the host's console said on the way to that, whole. */
  acceleratorDetail: z.string().optional(),
  qemu: z.string().optional(),
  /** `installed`, or the suite that it was unpacked from; and why it is no newer one, where that matters. */
  qemuOrigin: z.string().optional(),
  cgroup: z.enum(['v1', 'v2', 'hybrid']),
  /** Whether systemd runs it, and so can make slices and scopes of its control groups. Absent in older records. */
  systemd: z.boolean().optional(),
  /** Whether it has mkfs.erofs. Absent in older records. */
  erofsUtils: z.boolean().optional(),
  /** Whether AppArmor can confine containers: the kernel has it on, and there is a parser to load profiles. Absent in older records. */
  appArmor: z.boolean().optional(),
  lsm: z.array(z.string()),
  kvm: z.object({
    present: z.boolean(),
    owner: z.string().describe('uid:gid'),
    mode: z.string().describe('four octal digits'),
    group: z.string(),
  }),
  vhostVsock: z.boolean(),
  vhostNet: z.boolean(),
  iommuGroups: z.number(),
  hugepages2MiB: z.number(),
  userNamespaces: z.boolean(),
  glibc: z.string(),
  /** Whether the host has a kernel of its own; a container shares the machine's. */
  ownKernel: z.boolean(),
  /** Whether pods may be handed any device of the host: a VM made by us, or a machine marked disposable. */
  disposable: z.boolean(),
});
export type HostFacts = z.infer<typeof HostFacts>;
