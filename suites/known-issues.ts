import { engine, runtime, shim, vmm, type KnownIssue } from '../lib/suite/mod.ts';

/** Every node that differs is one of the host's with its owner and numbers, and open to everybody. */
const hostDevicesOpen = /^(\/dev\/\S+ is (\w \d+:\d+ \d+:\d+) 0666, on the host \2 \d{4}(; |$))+$/;

/** Recorded deviations, by rule and version range. A `fail` that matches is `known`; one that no longer happens is `fixed`. */
export const knownIssues: KnownIssue[] = [
  {
    id: 'containerd-version-1-dead',
    title:
      'containerd 2.0 to 2.2 rename a file without a version to version 3 before its plugins could migrate it: its CRI settings are dead, with a warning for each key',
    url: 'https://github.com/containerd/containerd/commit/0d7fee0623430b8bf8ad6d48cd217b7b92ff1979',
    rules: ['DOC-SNIPPET-PRIVILEGED', 'DOC-SNIPPET-OWNERSHIP'],
    on: [engine('containerd >=2.0.0 <2.3.0')],
    observed: /^dead: .*; ignored, it says: /,
    security: true,
  },
  {
    id: 'crio-mode-0666',
    title: 'CRI-O sends no file mode, so that runc, crun and runsc open a device to everybody: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['OWN-MODE', 'OWN-QAT-DPDK'],
    on: [engine('crio'), runtime('runc', 'crun', 'runsc')],
    observed: /^(\/dev\/\S+ mode 0666(; |$))+$/,
    security: true,
  },
  {
    id: 'crio-host-devices-0666',
    title: 'CRI-O sends no file mode of host devices either, so that every one of them, disks too, is 0666 in a privileged pod',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['PRIV-HOST-DEV', 'PRIV-DUPLICATE'],
    on: [engine('crio'), runtime('runc', 'crun')],
    observed: hostDevicesOpen,
    security: true,
  },
  {
    id: 'containerd-host-devices-0666',
    title: 'containerd 1.3 sends no file mode of host devices, so that every one of them, disks too, is 0666 in a privileged pod',
    url: 'https://github.com/containerd/containerd/blob/v1.3.10/vendor/github.com/containerd/cri/pkg/containerd/opts/spec.go#L346',
    rules: ['PRIV-HOST-DEV', 'PRIV-DUPLICATE'],
    on: [engine('containerd <1.4'), runtime('runc', 'crun')],
    observed: hostDevicesOpen,
    security: true,
  },
  {
    id: 'crun-chowns-null',
    title:
      'Whoever enters a container of crun before 1.24 as another user gives the host’s /dev/null to that user, as crun gives it all standard streams',
    url: 'https://github.com/containers/crun/issues/1845',
    rules: ['HYG-HOST-NULL'],
    on: [runtime('crun >=1.3 <1.24')],
    observed: /^\/dev\/null of the host is 1845:1845 0(666|777)$/,
    security: true,
  },
  {
    id: 'conmon-opens-null',
    title:
      'conmon before 2.0.28, which CRI-O comes with before 1.25, changes the mode of a container’s standard streams to 0777, and thereby that of the host’s /dev/null',
    url: 'https://github.com/containers/conmon/commit/096e2c1',
    rules: ['HYG-HOST-NULL'],
    on: [engine('crio <1.25')],
    observed: /^\/dev\/null of the host is 0:0 0777$/,
    security: true,
  },
  {
    id: 'crio-crun-null-of-pod',
    title:
      'With CRI-O before 1.25 crun before 1.24 gives the /dev/null of a privileged container to the pod’s user; all other devices are 0666, as CRI-O sends no file mode',
    url: 'https://github.com/containers/crun/issues/1845',
    rules: ['PRIV-DUPLICATE'],
    on: [engine('crio <1.25'), runtime('crun >=1.3 <1.24')],
    observed:
      /^((\/dev\/\S+ is (\w \d+:\d+ \d+:\d+) 0666, on the host \3 \d{4}|\/dev\/null is c 1:3 1000:2000 0666, on the host c 1:3 0:0 \d{4})(; |$))+$/,
    security: true,
  },
  {
    id: 'crio-crun-userns-mode-000',
    title:
      'In a user namespace crun makes a device without a file mode, which CRI-O never sends, as 000, so that its owner cannot open it',
    url: 'https://github.com/containers/crun/blob/1.21/src/libcrun/linux.c#L4158',
    rules: ['OWN-USERNS'],
    on: [engine('crio'), runtime('crun >=1.8')],
    observed: /^read of \S+ fails with EACCES$/,
  },
  {
    id: 'crio-kata-mode-000',
    title:
      'CRI-O sends no file mode and the Kata agent takes 0 for it: the device has mode 000, and its own owner cannot open it',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['OWN-ON', 'OWN-MODE', 'OWN-KATA', 'OWN-USER-ONLY'],
    on: [engine('crio'), runtime('kata >=3.8.0')],
    observed:
      /^(\/dev\/\S+ mode 0000|read of \/dev\/\S+ fails with EACCES|\/dev\/\S+ holds "EACCES")(; (\/dev\/\S+ mode 0000|read of \/dev\/\S+ fails with EACCES|\/dev\/\S+ holds "EACCES"))*$/,
  },
  {
    id: 'runsc-vfio-kills-sentry',
    title:
      'A container of gVisor that has a /dev/vfio group, as a privileged one may, ends its sandbox: /sys is then read from the host, for which the seccomp filter of a sandbox without such a node has no openat',
    url: 'https://github.com/google/gvisor/blob/master/runsc/boot/loader.go',
    rules: ['PRIV-RUNSC-HOST-DEV', 'PRIV-RUNSC-ISOLATED', 'PRIV-CAPS-FULL'],
    scenarios: ['host-devices'],
    on: [engine('containerd'), runtime('runsc >=20260622')],
    observed: /containerManager\.StartSubcontainer" failed: EOF/,
  },
  {
    id: 'kata-privileged-full-exists',
    title: 'Privileged with host devices: the agent makes /dev/full twice and fails with EEXIST',
    url: 'https://github.com/kata-containers/kata-containers/issues/1699',
    rules: ['PRIV-KATA-BLOCK', 'PRIV-CAPS-FULL'],
    scenarios: ['kata-host-devices'],
    on: [runtime('kata')],
    observed: /\/dev\/full.*EEXIST: File exists/s,
  },
  {
    id: 'kata-privileged-read-only-disk',
    title: 'Privileged with host devices: before 3.32.0 a read-only disk of the host is plugged writable, which QEMU cannot open',
    url: 'https://github.com/kata-containers/kata-containers/issues/2467',
    rules: ['PRIV-KATA-BLOCK', 'PRIV-CAPS-FULL'],
    scenarios: ['kata-host-devices'],
    on: [runtime('kata <3.32.0')],
    observed: /Could not open '\/dev\/\w+': Read-only file system|The device is not writable: Permission denied/,
  },
  {
    id: 'kata-rust-host-path',
    title:
      'Privileged with host devices: runtime-rs looks every node up in /sys/dev and fails at the first that the kernel does not have there, such as a node that somebody made',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/runtime-rs/crates/hypervisor/src/device/util.rs',
    rules: ['PRIV-KATA-BLOCK', 'PRIV-CAPS-FULL', 'PRIV-KATA-VFIO', 'PRIV-KATA-VFIO-MODE'],
    scenarios: ['kata-host-devices', 'kata-host-devices-vfio', 'kata-host-devices-vfio-port'],
    on: [runtime('kata >=3.20.0'), shim('rust')],
    observed: /get host path failed.{1,20}1: No such file or directory/s,
  },
  {
    id: 'kata-go-annotation-ignored',
    title: 'The Go shim reads rootless before it parses annotations, so that the annotation leaves the VMM root',
    url: 'https://github.com/kata-containers/kata-containers/issues/3801',
    rules: ['RVMM-ANNOTATION'],
    on: [runtime('kata >=2.3.0'), shim('go')],
    observed: /VMM with uids 0 0 0 0/,
    security: true,
  },
  {
    id: 'kata-rust-annotation-not-denied',
    title: 'runtime-rs only logs an annotation that is not enabled, and runs the pod with a root VMM',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/libs/kata-types/src/annotations/mod.rs',
    rules: ['RVMM-ANNOTATION-DENIED'],
    on: [runtime('kata'), shim('rust')],
    observed: /the pod ran/,
    security: true,
  },
  {
    id: 'kata-rust-run-user-open',
    title: 'runtime-rs makes /run/user/<uid> with the mode of its umask, 0755: other users can look into it',
    url: 'https://github.com/kata-containers/kata-containers/blob/3.30.0/src/runtime-rs/crates/hypervisor/src/utils.rs',
    rules: ['RVMM-FILES'],
    on: [runtime('kata >=3.22.0'), shim('rust')],
    observed: /^\/run\/user\/\d+ \d+:\d+ 0755$/,
    security: true,
  },
  {
    id: 'kata-rust-vfio-multifunction',
    title:
      'runtime-rs sends the property multifunction of device_add as text, which QEMU 10 refuses: no VFIO device can be plugged',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/runtime-rs/crates/hypervisor/src/qemu/qmp.rs',
    rules: ['RVMM-VFIO-EACCES', 'DEV-VFIO-GUEST-KERNEL', 'DEV-VFIO'],
    on: [runtime('kata >=3.29.0'), shim('rust')],
    observed: /Invalid parameter type for \\?'multifunction\\?', expected: boolean/,
  },
  {
    id: 'kata-go-waits-for-dead-qemu',
    title:
      'QEMU ends at once with "Could not access KVM kernel module: Permission denied", which only the log shows: the Go shim goes on waiting and RunPodSandbox runs into its deadline',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/runtime/virtcontainers/qemu.go',
    rules: ['RVMM-KVM-MODE'],
    on: [runtime('kata >=3.30.0'), shim('go')],
    observed: /no answer within \d+ s|context deadline exceeded/,
  },
  {
    id: 'kata-rust-waits-for-dead-vmm',
    title:
      'runtime-rs goes on waiting for a QEMU or a Cloud Hypervisor that ended at once, and RunPodSandbox runs into its deadline',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/runtime-rs/crates/hypervisor/src',
    rules: ['RVMM-KVM-MODE'],
    on: [runtime('kata >=4.1.0'), shim('rust')],
    observed: /no answer within \d+ s|context deadline exceeded/,
  },
  {
    id: 'kata-failed-create-leaks-account',
    title:
      'A rootless sandbox whose VMM never came up leaves the kata-N account and its files: before 4.1.0 after every failed create, since then where the shim waits until somebody gives up',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/docs/releases/4.1.0.md',
    rules: ['RVMM-LEFTOVERS'],
    scenarios: ['kvm-closed'],
    on: [runtime('kata >=2.3.0'), vmm('qemu')],
    observed: /^((user kata-\d+ \(\d+\)|\/run\/user\/\d+[^;]*)(; |$))+$/,
    security: true,
  },
  {
    id: 'kata-go-clh-rootless-directory',
    title:
      'The Go shim makes /run/user/<uid>/run as root with mode 0700 for the shared files, so that a rootless Cloud Hypervisor cannot make its API socket below it, and ends',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/src/runtime/virtcontainers/fs_share_linux.go#L236',
    rules: [
      'RVMM-UID',
      'RVMM-GROUPS',
      'RVMM-SPLIT',
      'RVMM-FILES',
      'RVMM-KVM-MODE',
      'RVMM-KVM-WIDE',
      'RVMM-DISTINCT',
      'RVMM-BLOCK-EACCES',
      'RVMM-BLOCK-OPEN',
      'RVMM-VFIO-EACCES',
    ],
    on: [runtime('kata >=3.2.0'), shim('go'), vmm('clh')],
    observed: /failed to launch cloud-hypervisor: "CLH is not running"/,
  },
  {
    id: 'kata-run-user-left',
    title: 'Before 4.1.0 /run/user/<uid> of a rootless VMM stays behind',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/docs/releases/4.1.0.md',
    rules: ['RVMM-LEFTOVERS'],
    on: [runtime('kata >=2.3.0 <4.1.0')],
    observed: /^(\/run\/user\/\d+[^;]*(; |$))+$/,
  },
];
