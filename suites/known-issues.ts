import { engine, runtime, shim, type KnownIssue } from '../lib/suite/mod.ts';

/** Recorded deviations, by rule and version range. A `fail` that matches is `known`; one that no longer happens is `fixed`. */
export const knownIssues: KnownIssue[] = [
  {
    id: 'crio-mode-0666',
    title: 'CRI-O sends no file mode, so that runc and crun open a device to everybody: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['OWN-MODE', 'OWN-QAT-DPDK'],
    on: [engine('crio'), runtime('runc', 'crun')],
    observed: /^(\/dev\/\S+ mode 0666(; |$))+$/,
    security: true,
  },
  {
    id: 'crio-host-devices-0666',
    title: 'CRI-O sends no file mode of host devices either, so that every one of them, disks too, is 0666 in a privileged pod',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['PRIV-HOST-DEV', 'PRIV-DUPLICATE'],
    on: [engine('crio'), runtime('runc', 'crun')],
    observed: /^(\/dev\/\S+ is (\w \d+:\d+ \d+:\d+) 0666, on the host \2 \d{4}(; |$))+$/,
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
    id: 'kata-privileged-full-exists',
    title: 'Privileged with host devices: the agent makes /dev/full twice and fails with EEXIST',
    url: 'https://github.com/kata-containers/kata-containers/issues/1699',
    rules: ['PRIV-KATA-BLOCK', 'PRIV-CAPS-FULL'],
    scenarios: ['host-devices'],
    on: [engine('containerd'), runtime('kata')],
    observed: /\/dev\/full.*EEXIST: File exists/s,
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
    url: 'https://github.com/kata-containers/kata-containers/blob/3.30.0/src/runtime-rs/crates/hypervisor/src/qemu/qmp.rs',
    rules: ['RVMM-VFIO-EACCES', 'DEV-VFIO-GUEST-KERNEL', 'DEV-VFIO'],
    on: [runtime('kata =3.30.0'), shim('rust')],
    observed: /Invalid parameter type for \\?'multifunction\\?', expected: boolean/,
  },
  {
    id: 'kata-go-waits-for-dead-qemu',
    title:
      'QEMU ends at once with "Could not access KVM kernel module: Permission denied", which only the log shows: the Go shim goes on waiting and RunPodSandbox runs into its deadline',
    url: 'https://github.com/kata-containers/kata-containers/blob/3.30.0/src/runtime/virtcontainers/qemu.go',
    rules: ['RVMM-KVM-MODE'],
    on: [runtime('kata =3.30.0'), shim('go')],
    observed: /no answer within \d+ s|context deadline exceeded/,
  },
  {
    id: 'kata-failed-create-leaks-account',
    title: 'Before 4.1.0 a sandbox that could not be created leaves the kata-N account and its files',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/docs/releases/4.1.0.md',
    rules: ['RVMM-LEFTOVERS'],
    scenarios: ['kvm-closed'],
    on: [runtime('kata >=2.3.0 <4.1.0')],
    observed: /^((user kata-\d+ \(\d+\)|\/run\/user\/\d+[^;]*)(; |$))+$/,
    security: true,
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
