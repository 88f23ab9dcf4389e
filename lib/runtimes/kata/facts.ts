import { keysOf } from '../../util/keys-of.ts';

const downloads = 'https://github.com/kata-containers/kata-containers/releases/download/{version}/';

/** Kata's own shims: `go` is src/runtime, `rust` is src/runtime-rs. */
export const shims = ['go', 'rust'] as const;
export type Shim = (typeof shims)[number];

export interface VmmFacts {
  /** As its owners write it. */
  ownName: string;
  /** Its program; absent where the VMM is a part of the shim. */
  program?: RegExp;
  /** The only shim that has it. */
  onlyShim?: Shim;
  /** What the root of a container has to be for it to reach the guest; absent where a directory of the host does. */
  takes?: 'block';
  /** Kernel modules that its devices need on the host. */
  modules: readonly ('vhost_vsock' | 'vhost_net')[];
  /** Which release has the configuration template of a shim where, relative to share/defaults/kata-containers. */
  templates: ReadonlyArray<{ shim: Shim; versions: string; file: string }>;
}

/** Read at kata-containers tags 2.0.0 to 4.1.0: src/runtime/config, src/runtime-rs/config, src/runtime-rs/Makefile (CONFDIR). */
export const vmms = {
  qemu: {
    ownName: 'QEMU',
    program: /^qemu-/,
    modules: ['vhost_vsock', 'vhost_net'],
    templates: [
      { shim: 'go', versions: '>=2.0.0', file: 'configuration-qemu.toml' },
      { shim: 'rust', versions: '>=3.3.0 <3.4.0', file: 'runtime-rs/configuration-qemu.toml' },
      { shim: 'rust', versions: '>=3.4.0', file: 'runtime-rs/configuration-qemu-runtime-rs.toml' },
    ],
  },
  clh: {
    ownName: 'Cloud Hypervisor',
    program: /^(cloud-hypervisor|clh$)/,
    // It has its vsock and its network device in user space.
    modules: [],
    templates: [
      { shim: 'go', versions: '>=2.0.0', file: 'configuration-clh.toml' },
      { shim: 'rust', versions: '>=3.3.0 <3.30.0', file: 'runtime-rs/configuration-cloud-hypervisor.toml' },
      { shim: 'rust', versions: '>=3.30.0', file: 'runtime-rs/configuration-clh-runtime-rs.toml' },
    ],
  },
  firecracker: {
    ownName: 'Firecracker',
    program: /^firecracker/,
    // It has no file system device: kata-containers 4.1.0 src/runtime/virtcontainers/fc.go Capabilities.
    takes: 'block',
    modules: [],
    templates: [
      { shim: 'go', versions: '>=2.0.0', file: 'configuration-fc.toml' },
      { shim: 'rust', versions: '>=3.7.0', file: 'runtime-rs/configuration-rs-fc.toml' },
    ],
  },
  dragonball: {
    ownName: 'Dragonball',
    onlyShim: 'rust',
    modules: [],
    templates: [
      // Until 3.3.0 runtime-rs had its template beside those of the Go shim.
      { shim: 'rust', versions: '>=3.0.0 <3.3.0', file: 'configuration-dragonball.toml' },
      { shim: 'rust', versions: '>=3.3.0', file: 'runtime-rs/configuration-dragonball.toml' },
    ],
  },
  stratovirt: {
    ownName: 'StratoVirt',
    program: /^stratovirt/,
    modules: [],
    templates: [{ shim: 'go', versions: '>=3.3.0', file: 'configuration-stratovirt.toml' }],
  },
  openvmm: {
    ownName: 'OpenVMM',
    program: /^openvmm/,
    modules: [],
    templates: [{ shim: 'rust', versions: '>=4.1.0', file: 'runtime-rs/configuration-openvmm-azure-runtime-rs.toml' }],
  },
} as const satisfies Record<string, VmmFacts>;
export type Vmm = keyof typeof vmms;
export const vmmNames = keysOf(vmms);

export function vmmFacts(name: Vmm): VmmFacts {
  return vmms[name];
}

/** Room for a shell, in the guest of every pod. */
export const guestMemoryMiB = 512;

export const kata = {
  program: 'containerd-shim-kata-v2',
  ownName: 'Kata Containers',
  shims: ['go', 'rust'],
  secondsPerPod: 30,
  hostImage: 'kata',
  guest: { kernel: 'a Kata guest', process: 'vmm', memoryMiB: guestMemoryMiB, modules: ['kvm', 'tun'] },
  processes: [
    ...vmmNames.map(vmmFacts).flatMap(({ program }) => (program === undefined ? [] : [{ role: 'vmm' as const, program }])),
    { role: 'virtiofsd', program: /^virtiofsd/ },
    { role: 'other', program: /^(nydusd|swtpm)/ },
  ],
  features: [],
  // Both shims are in one archive until 4.1.0.
  releases: [
    { versions: '>=2.0.0 <3.2.0', url: `${downloads}kata-static-{version}-{machine}.tar.xz` },
    { versions: '>=3.2.0 <3.21.0', url: `${downloads}kata-static-{version}-{arch}.tar.xz` },
    { versions: '>=3.21.0 <4.1.0', url: `${downloads}kata-static-{version}-{arch}.tar.zst` },
    { versions: '>=4.1.0', shim: 'go', url: `${downloads}kata-go-static-{version}-{arch}.tar.zst` },
    { versions: '>=4.1.0', shim: 'rust', url: `${downloads}kata-static-{version}-{arch}.tar.zst` },
  ],
  hostLimits: [],
} as const;
