import { engine, runtime, shim, type KnownIssue } from '../lib/suite/mod.ts';

/** Recorded deviations, by rule and version range. A `fail` that matches is `known`; one that no longer happens is `fixed`. */
export const knownIssues: KnownIssue[] = [
  {
    id: 'crio-mode-0666',
    title: 'CRI-O sends no file mode, so that runc and crun open a device to everybody: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['OWN-MODE'],
    on: [engine('crio'), runtime('runc', 'crun')],
    observed: /mode 0666/,
    security: true,
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
