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
    observed: /^(\/dev\/\S+ is (\w \d+:\d+ \d+:\d+) 0666, on the host \2 \d{4}(; |$))+(and \d+ more)?$/,
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
    id: 'kata-run-user-left',
    title: 'Before 4.1.0 /run/user/<uid> of a rootless VMM stays behind',
    url: 'https://github.com/kata-containers/kata-containers/blob/4.1.0/docs/releases/4.1.0.md',
    rules: ['RVMM-LEFTOVERS'],
    on: [runtime('kata >=2.3.0 <4.1.0')],
    observed: /\/run\/user\/\d+/,
  },
];
