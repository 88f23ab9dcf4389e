import {
  atCreateOrStart,
  capabilities,
  confinement,
  devDirectory,
  deviceOf,
  devices,
  disposableHost,
  engine,
  feature,
  hostDevices,
  hostDisks,
  kernel,
  lacks,
  making,
  masked,
  modeOf,
  opening,
  ownerOf,
  ownKernel,
  presenceOf,
  processes,
  question,
  refused,
  runtime,
  shim,
  spareFunction,
  starts,
  suite,
  writability,
} from '../lib/suite/mod.ts';
import { openToAll } from './modes.ts';
import { noHostPath, noPort, noPortSource } from './refusals.ts';

const kataPrivileged = 'kata-containers 4.1.0 docs/how-to/privileged.md';
const containerdCreate = 'containerd v2.3.4 internal/cri/server/container_create.go:857-871';
const withoutHostDevices = 'containerd v1.7.0 docs/cri/config.md: privileged_without_host_devices_all_devices_allowed';
const setupPrivileged =
  'opencontainers/runtime-tools v0.9.0 generate/generate.go SetupPrivileged: ambient and inheritable sets too';

const made = '/tmp/podproof-node';
const asked = '/dev/podproof-char';
const block = { fixture: 'block' } as const;

/** How Kata refuses the devices of the host, by what its shims and its agent say. */
const fullExists = {
  short: 'refused: EEXIST',
  says: 'the pod is refused: the agent makes /dev/full twice: EEXIST',
  harm: 'breaks',
  seen: refused(atCreateOrStart, /\/dev\/full.*EEXIST: File exists/s),
} as const;
const readOnlyDisk = {
  short: 'refused: read-only disk',
  says: 'the pod is refused: a read-only disk of the host is plugged writable, which the VMM cannot open',
  harm: 'breaks',
  seen: refused(
    atCreateOrStart,
    /Could not open '\/dev\/\w+': Read-only file system|The device is not writable: Permission denied/,
  ),
} as const;
const sentryKilled = {
  short: 'sandbox ends',
  says: 'the sandbox ends: its seccomp filter does not allow what a /dev/vfio group needs',
  harm: 'breaks',
  seen: refused('StartContainer', /containerManager\.StartSubcontainer" failed: EOF/),
} as const;

/** What of the host a pod on a kernel of its own reaches. It may have disks of its own: its image, the root of a container. */
const isolation = {
  reads: { kernel: kernel(), disks: hostDisks(), processes: processes() },
  answers: {
    isolated: {
      says: 'no: it has a kernel of its own and no disk of the host, and sees its own processes',
      seen: { kernel: 'own', disks: 'none', processes: 'own' },
    },
    'disk-of-host': {
      says: 'a disk: it has a kernel of its own, which lists a disk of the host',
      harm: 'weakens',
      seen: { kernel: 'own', disks: 'host', processes: 'own' },
    },
    'process-of-host': {
      says: 'a process: it has a kernel of its own, and sees one that the host has for its sandbox',
      harm: 'weakens',
      seen: { kernel: 'own', disks: ['none', 'host'], processes: 'host' },
    },
  },
} as const;

export default suite({
  id: 'privileged',
  title: 'What privileged pods can reach, with host devices passed and withheld',
  scenarios: [
    { id: 'unprivileged', title: 'unprivileged pod', pod: {} },
    {
      id: 'host-devices',
      title: 'privileged pod, host devices passed',
      needs: [disposableHost, runtime('runc', 'crun', 'runsc')],
      pod: { privileged: true },
    },
    {
      id: 'kata-host-devices',
      title: 'privileged pod in a VM, host devices passed',
      needs: [ownKernel, disposableHost, runtime('kata')],
      hostState: { spareFunction: 'released' },
      pod: { privileged: true },
    },
    {
      id: 'kata-host-devices-vfio',
      title: 'privileged pod in a VM, host devices passed, a VFIO group among them, no hot-plug port',
      needs: [ownKernel, disposableHost, runtime('kata'), spareFunction],
      pod: { privileged: true },
    },
    {
      id: 'kata-host-devices-vfio-port',
      title: 'privileged pod in a VM, host devices passed, a VFIO group among them, vfio_mode vfio',
      needs: [ownKernel, disposableHost, runtime('kata'), spareFunction],
      handler: 'vfio-passed',
      pod: { privileged: true },
      attempts: [{ what: 'read', path: { fixture: 'block' } }],
    },
    {
      id: 'host-devices-and-own',
      title: 'privileged pod of user 1000, host devices passed, with devices of its own',
      needs: [disposableHost],
      pod: {
        privileged: true,
        runAsUser: 1000,
        runAsGroup: 2000,
        devices: [{ fixture: 'block' }, { fixture: 'char', at: '/dev/podproof-char' }],
      },
    },
    {
      id: 'withheld',
      title: 'privileged pod, host devices withheld',
      handler: 'withheld',
      pod: { privileged: true },
      attempts: [
        { what: 'mknod', path: '/tmp/podproof-node', like: 'char' },
        { what: 'disks', path: '/dev' },
      ],
    },
    {
      id: 'withheld-and-own',
      title: 'privileged pod, host devices withheld, with a device of its own',
      handler: 'withheld',
      pod: { privileged: true, devices: [{ fixture: 'char', at: '/dev/podproof-char' }] },
    },
    {
      id: 'all-allowed',
      title: 'privileged pod, host devices withheld, all devices allowed',
      needs: [feature('all-devices-allowed'), disposableHost],
      handler: 'all-allowed',
      pod: { privileged: true },
      attempts: [{ what: 'mknod', path: '/tmp/podproof-node', like: 'char' }],
    },
    {
      id: 'sandbox-first',
      title: 'privileged container in an unprivileged sandbox',
      pod: { privileged: true, sandboxPrivileged: false },
    },
  ],
  questions: [
    question({
      id: 'PRIV-DEFAULT-DEV',
      asks: 'What does the /dev of an unprivileged pod hold?',
      on: ['unprivileged'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { dev: devDirectory() },
      answers: {
        default: { says: 'the default nodes and links of the OCI specification, and nothing else', seen: { dev: 'default' } },
      },
      documented: { default: 'https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md#default-devices' },
    }),
    question({
      id: 'PRIV-RUNSC-DEV',
      asks: 'What does the /dev of an unprivileged gVisor pod hold?',
      on: ['unprivileged'],
      needs: [runtime('runsc')],
      reads: { dev: devDirectory() },
      answers: {
        sentrys: {
          short: 'gVisor’s own',
          says: 'the default nodes, and the sentry’s own /dev/net/tun and /dev/fuse',
          seen: { dev: 'default and sentry' },
        },
        default: { says: 'the default nodes and links of the OCI specification, and nothing else', seen: { dev: 'default' } },
      },
      documented: {
        sentrys: 'gVisor pkg/sentry/fsimpl/dev/dev.go, pkg/sentry/devices/tundev, pkg/sentry/fsimpl/fuse/register.go',
      },
    }),
    question({
      id: 'PRIV-HOST-DEV',
      asks: 'How does a privileged pod have the device nodes of the host?',
      on: ['host-devices'],
      needs: [runtime('runc', 'crun')],
      reads: { host: hostDevices() },
      answers: {
        unchanged: { short: 'modes kept', says: 'all of them, with type, numbers, owner and mode', seen: { host: 'unchanged' } },
        'open-to-all': {
          short: '0666, disks too',
          says: 'all of them, and everybody in the pod may open them, disks too: 0666',
          harm: 'weakens',
          seen: { host: 'opened' },
        },
      },
      documented: { unchanged: `${containerdCreate}; pkg/oci/utils_unix.go HostDevices names what is left out` },
    }),
    question({
      id: 'PRIV-RUNSC-HOST-DEV',
      asks: 'Can a privileged gVisor pod open a disk of the host?',
      on: ['host-devices'],
      needs: [runtime('runsc')],
      reads: { device: deviceOf(block), disks: hostDisks() },
      answers: {
        'name-only': {
          short: 'no',
          says: 'no: the node is there by name and number, and the sentry has no disk',
          seen: { device: 'host', disks: 'none' },
        },
        'ends-sandbox': sentryKilled,
      },
      documented: { 'name-only': 'gVisor runsc/boot/vfs.go createDeviceFiles; pkg/sentry/vfs/device.go OpenDeviceSpecialFile' },
    }),
    question({
      id: 'PRIV-RUNSC-ISOLATED',
      asks: 'Does a privileged gVisor pod reach kernel, disks or processes of the host?',
      on: ['host-devices', 'withheld'],
      needs: [runtime('runsc')],
      reads: isolation.reads,
      answers: { ...isolation.answers, 'ends-sandbox': sentryKilled },
      documented: { isolated: 'https://gvisor.dev/docs/architecture_guide/security/' },
    }),
    question({
      id: 'PRIV-NO-HOST-DEV',
      asks: 'With host devices withheld, what does a privileged pod have?',
      on: ['withheld'],
      needs: [feature('withheld-host-devices')],
      reads: { dev: devDirectory(), held: capabilities('capEff', 'capPrm', 'capBnd') },
      answers: {
        default: { says: 'the /dev of an unprivileged pod, and every capability', seen: { dev: 'default', held: 'all' } },
        sentrys: {
          short: 'gVisor’s own',
          says: 'the sentry’s /dev of an unprivileged pod, and every capability',
          seen: { dev: 'default and sentry', held: 'all' },
        },
      },
      documented: [
        { answer: 'sentrys', where: [runtime('runsc')], citation: kataPrivileged },
        { answer: 'default', citation: kataPrivileged },
      ],
    }),
    question({
      id: 'PRIV-KATA-BLOCK',
      asks: 'With host devices passed, are the host’s disks disks of the guest?',
      on: ['kata-host-devices'],
      reads: { device: deviceOf(block) },
      answers: {
        plugged: { says: 'yes: they are hot-plugged, and listed', seen: { device: 'guest' } },
        'full-exists': fullExists,
        'read-only-disk': readOnlyDisk,
        'no-host-path': noHostPath,
      },
      documented: { plugged: kataPrivileged },
    }),
    question({
      id: 'PRIV-KATA-VFIO',
      asks: 'What becomes of a VFIO group among the host devices, without a hot-plug port?',
      on: ['kata-host-devices-vfio'],
      reads: { pod: starts() },
      answers: {
        'no-port': noPort,
        started: { says: 'the pod starts', seen: { pod: 'ran' } },
        'no-host-path': noHostPath,
      },
      documented: { 'no-port': noPortSource },
    }),
    question({
      id: 'PRIV-KATA-VFIO-MODE',
      asks: 'What becomes of a VFIO group among the host devices, with a hot-plug port and vfio_mode vfio?',
      on: ['kata-host-devices-vfio-port'],
      reads: { disk: opening('read', block) },
      answers: {
        'no-iommu-group': {
          says: 'a guest without IOMMU refuses it: the function has no IOMMU group',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /has no IOMMU group/),
        },
        'disk-opens': { says: 'the pod starts, and opens the disk of the host', seen: { disk: 'works' } },
        'no-host-path': noHostPath,
      },
      documented: { 'no-iommu-group': 'kata-containers 4.1.0 src/agent/src/device/vfio_device_handler.rs:62-110' },
    }),
    question({
      id: 'PRIV-KATA-ISOLATED',
      asks: 'Does a privileged Kata pod with host devices withheld reach kernel, disks or processes of the host?',
      on: ['withheld'],
      needs: [runtime('kata')],
      ...isolation,
      documented: { isolated: kataPrivileged },
    }),
    question({
      id: 'PRIV-ALL-DEVICES-ALLOWED',
      asks: 'With all devices allowed, can a pod make a withheld device with mknod and open it?',
      on: ['all-allowed'],
      needs: [runtime('runc', 'crun')],
      reads: { made: making(made), root: devices('/'), held: capabilities('capEff') },
      answers: {
        opens: { short: 'yes', says: 'yes', seen: { made: 'works', root: 'dev', held: 'all' } },
        denied: {
          short: 'EPERM',
          says: 'no: the device cgroup denies it: EPERM',
          harm: 'breaks',
          seen: { made: 'EPERM', root: 'dev', held: 'all' },
        },
        nodev: {
          short: 'EACCES: nodev',
          says: 'no: the file system is mounted nodev: EACCES',
          harm: 'breaks',
          seen: { made: 'EACCES', root: 'nodev', held: 'all' },
        },
      },
      documented: { opens: withoutHostDevices },
    }),
    question({
      id: 'PRIV-WITHHELD-DENIED',
      asks: 'With host devices withheld, can a pod make a device of the host with mknod and open it?',
      on: ['withheld'],
      needs: [runtime('runc', 'crun')],
      reads: { made: making(made), root: devices('/') },
      answers: {
        denied: { short: 'no: EPERM', says: 'no: the device cgroup denies it: EPERM', seen: { made: 'EPERM', root: 'dev' } },
        nodev: {
          short: 'no: nodev',
          says: 'no: the file system is mounted nodev: EACCES',
          seen: { made: ['EACCES', 'EPERM'], root: 'nodev' },
        },
        opens: { short: 'yes', says: 'yes', harm: 'weakens', seen: { made: 'works', root: 'dev' } },
      },
      documented: { denied: withoutHostDevices },
    }),
    question({
      id: 'PRIV-GUEST-MKNOD',
      asks: 'With host devices withheld, can a pod on a kernel of its own open a device that it makes with mknod?',
      on: ['withheld'],
      needs: [runtime('kata', 'runsc')],
      reads: { made: making(made), root: devices('/') },
      answers: {
        opens: { short: 'yes', says: 'yes: it is a device of its own kernel', seen: { made: 'works', root: 'dev' } },
        nodev: {
          short: 'EACCES: nodev',
          says: 'no: its root is mounted nodev: EACCES, though mode and cgroup allow it',
          harm: 'breaks',
          seen: { made: 'EACCES', root: 'nodev' },
        },
      },
      documented: [
        {
          answer: 'nodev',
          where: [shim('rust')],
          citation:
            'kata-containers 4.1.0 src/runtime-rs/crates/resource/src/share_fs/share_virtio_fs_standalone.rs get_storages',
        },
        {
          answer: 'opens',
          citation:
            'kata-containers 4.1.0 src/runtime/virtcontainers/kata_agent.go: no option of the shared directory; gVisor pkg/sentry/vfs/device.go',
        },
      ],
    }),
    question({
      id: 'PRIV-CRI-DEVICE',
      asks: 'What becomes of a device that a privileged pod asks for itself?',
      on: ['host-devices-and-own', 'withheld-and-own'],
      needs: [runtime('runc', 'crun')],
      reads: { device: deviceOf(asked), owner: ownerOf(asked), mode: modeOf(asked) },
      answers: {
        owned: {
          short: 'the pod’s',
          says: 'it is there, belongs to the pod’s user and group, and keeps the host’s mode',
          seen: { device: 'host', owner: 'asked', mode: 'host' },
        },
        kept: {
          short: 'the host’s owner',
          says: 'it is there, and keeps the host’s owner and mode',
          seen: { device: 'host', owner: 'host', mode: 'host' },
        },
        'open-to-all': openToAll('it is there', { device: 'host', owner: ['asked', 'host'] }, { it: 'it' }),
        ignored: {
          short: 'not there',
          says: 'the engine ignores the request: it is not there',
          harm: 'breaks',
          seen: { device: 'absent', owner: 'absent', mode: 'absent' },
        },
      },
      documented: [
        {
          answer: 'ignored',
          where: [lacks('cri-device-when-privileged')],
          on: ['host-devices-and-own'],
          citation: 'containerd v1.5.6 pkg/cri/server/container_create_linux.go: before, the host devices replace the list',
        },
        {
          answer: 'ignored',
          where: [lacks('cri-device-when-withheld')],
          on: ['withheld-and-own'],
          citation: 'containerd v1.4.0 vendor/github.com/containerd/cri/pkg/server/container_create_unix.go',
        },
        { answer: 'owned', where: [feature('device-ownership')], on: ['host-devices-and-own'], citation: containerdCreate },
        { answer: 'kept', citation: containerdCreate },
      ],
    }),
    question({
      id: 'PRIV-DUPLICATE',
      asks: 'Of a device that is both asked for and among the host devices, whose entry wins?',
      on: ['host-devices-and-own'],
      needs: [feature('cri-device-when-privileged'), feature('device-ownership'), runtime('runc', 'crun')],
      reads: { owner: ownerOf(block), mode: modeOf(block), others: hostDevices() },
      answers: {
        pods: {
          short: 'the pod’s',
          says: 'the one with the pod’s owner; the others keep the host’s',
          seen: { owner: 'asked', mode: 'host', others: 'unchanged' },
        },
        'open-to-all': {
          short: 'the pod’s, 0666',
          says: 'the one with the pod’s owner; and everybody in the pod may open all of them, disks too: 0666',
          harm: 'weakens',
          seen: { owner: 'asked', mode: 'open', others: 'opened' },
        },
        'open-to-all-and-null-given': {
          short: 'the pod’s, 0666, null given',
          says: 'the one with the pod’s owner; everybody in the pod may open all of them, and /dev/null belongs to the pod’s user',
          harm: 'weakens',
          seen: { owner: 'asked', mode: 'open', others: 'opened, and null given away' },
        },
      },
      documented: { pods: `${containerdCreate}; cri-o v1.36.3 internal/factory/container/device_linux.go AddDevice replaces` },
    }),
    question({
      id: 'PRIV-SANDBOX-FIRST',
      asks: 'Does a privileged container start in an unprivileged sandbox?',
      on: ['sandbox-first'],
      reads: { pod: starts() },
      answers: {
        refused: { says: 'it is refused', seen: refused('CreateContainer', /no privileged container allowed in sandbox/) },
        started: { says: 'it starts', harm: 'weakens', seen: { pod: 'ran' } },
      },
      documented: {
        refused: 'containerd v1.7.24 pkg/cri/server/container_create_linux.go; cri-o v1.36.3 server/container_create_linux.go',
      },
    }),
    question({
      id: 'PRIV-CAPS',
      asks: 'Which capabilities does an unprivileged root pod have, and are /proc and /sys kept from it?',
      on: ['unprivileged'],
      reads: {
        held: capabilities('capEff', 'capPrm', 'capBnd'),
        inheritable: capabilities('capInh'),
        ambient: capabilities('capAmb'),
        masked: masked(),
        sys: writability('/sys'),
      },
      answers: {
        default: {
          says: 'the engine’s default ones; the paths that the kubelet names are masked, and /sys is read-only',
          seen: { held: 'default', inheritable: 'none', ambient: 'none', masked: ['asked', 'more'], sys: 'ro' },
        },
        inheritable: {
          says: 'the engine’s default ones, inheritable too; the paths that the kubelet names are masked, and /sys is read-only',
          harm: 'weakens',
          seen: { held: 'default', inheritable: 'default', ambient: 'none', masked: ['asked', 'more'], sys: 'ro' },
        },
      },
      documented: {
        default:
          'containerd v1.7.24 oci/spec.go defaultUnixCaps, pkg/cri/opts/spec_linux.go; https://github.com/containerd/containerd/security/advisories/GHSA-c9cp-9c75-9v8c',
      },
    }),
    question({
      id: 'PRIV-SECCOMP',
      asks: 'Does a pod that names no seccomp profile run under one?',
      on: ['unprivileged'],
      reads: { process: confinement() },
      answers: {
        none: { short: 'no', says: 'no: it is unconfined, as the CRI has it', seen: { process: 'none' } },
        filter: { short: 'yes', says: 'yes: under the engine’s default profile', seen: { process: 'filter' } },
      },
      documented: [
        {
          answer: 'filter',
          where: [engine('crio >=1.24.0 <1.30.0'), runtime('runc', 'crun')],
          citation:
            'https://github.com/cri-o/cri-o/pull/5587 (1.24: seccomp_use_default_when_empty is true); https://github.com/cri-o/cri-o/pull/7830 (1.30: removed)',
        },
        { answer: 'none', citation: 'CRI api.proto, SecurityProfile: Unconfined when unset' },
      ],
    }),
    question({
      id: 'PRIV-CAPS-FULL',
      asks: 'What does a privileged root pod have besides devices?',
      on: ['host-devices', 'kata-host-devices', 'withheld'],
      reads: {
        held: capabilities('capEff', 'capPrm', 'capBnd'),
        inheritable: capabilities('capInh'),
        ambient: capabilities('capAmb'),
        process: confinement(),
        masked: masked(),
        sys: writability('/sys'),
      },
      answers: {
        all: {
          short: 'everything',
          says: 'every capability, no seccomp filter, no masked path and a writable /sys',
          seen: { held: 'all', inheritable: 'none', ambient: 'none', process: 'none', masked: 'none', sys: 'rw' },
        },
        'all-inheritable': {
          short: 'everything, inheritable',
          says: 'the same, and every capability is inheritable: a program of another user with file capabilities gets them back',
          harm: 'weakens',
          seen: { held: 'all', inheritable: 'all', ambient: 'none', process: 'none', masked: 'none', sys: 'rw' },
        },
        'all-ambient': {
          short: 'everything, ambient',
          says: 'the same, and every capability is inheritable and ambient: a program of root keeps them whatever its file says',
          seen: { held: 'all', inheritable: 'all', ambient: 'all', process: 'none', masked: 'none', sys: 'rw' },
        },
        'full-exists': fullExists,
        'read-only-disk': readOnlyDisk,
        'no-host-path': noHostPath,
        'ends-sandbox': sentryKilled,
      },
      documented: [
        { answer: 'all-ambient', where: [engine('crio')], citation: setupPrivileged },
        { answer: 'all', citation: 'containerd v1.7.24 pkg/cri/server/container_create_linux.go: privileged' },
      ],
    }),
    question({
      id: 'PRIV-CAPS-NONROOT',
      asks: 'Which capabilities does a privileged pod of user 1000 have?',
      on: ['host-devices-and-own'],
      needs: [runtime('runc', 'crun')],
      reads: {
        held: capabilities('capEff', 'capPrm'),
        inheritable: capabilities('capInh'),
        ambient: capabilities('capAmb'),
        bounding: capabilities('capBnd'),
        process: confinement(),
      },
      answers: {
        none: {
          says: 'none: all of them bound it, and setuid programs get them',
          seen: { held: 'none', inheritable: 'none', ambient: 'none', bounding: 'all', process: 'none' },
        },
        'none-inheritable': {
          short: 'inheritable ones',
          says: 'none, but all of them are inheritable: a file that has them too gives them back',
          harm: 'weakens',
          seen: { held: 'none', inheritable: 'all', ambient: 'none', bounding: 'all', process: 'none' },
        },
        'all-capabilities': {
          says: 'every one, as they are ambient: no owner or mode of a file or device stops it',
          harm: 'weakens',
          seen: { held: 'all', inheritable: 'all', ambient: 'all', bounding: 'all', process: 'none' },
        },
      },
      documented: {
        none: 'capabilities(7), Transformation of capabilities during execve(); containerd v1.7.24 oci/spec_opts.go: no ambient capabilities for containers of the CRI',
      },
    }),
    question({
      id: 'PRIV-UNREACHED',
      asks: 'With host devices withheld, or without privileges, is there a node of a disk of the host?',
      on: ['withheld', 'unprivileged'],
      reads: { disks: presenceOf(block, { fixture: 'blockPlain' }) },
      answers: {
        absent: { short: 'no', says: 'no', seen: { disks: 'absent' } },
        there: { short: 'yes', says: 'yes', harm: 'weakens', seen: { disks: 'there' } },
      },
      documented: { absent: kataPrivileged },
    }),
  ],
});
