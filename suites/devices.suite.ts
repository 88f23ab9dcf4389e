import {
  all,
  byEngine,
  cdiDevice,
  engine,
  fails,
  feature,
  hasFeature,
  node,
  noNode,
  opens,
  refused,
  runtime,
  sameAsNative,
  suite,
  when,
} from '../lib/suite/mod.ts';

const readOnly = { fixture: 'char' } as const;

export default suite({
  id: 'devices',
  title: 'What a pod can do with the devices it was given',
  scenarios: [
    {
      id: 'read-only',
      title: 'root pod with a device of permissions r and another of rw',
      pod: {
        devices: [
          { fixture: 'char', at: '/dev/podproof-char', permissions: 'r' },
          { fixture: 'block', at: '/dev/podproof-block', permissions: 'rw' },
        ],
      },
      attempts: [
        { what: 'read', path: { fixture: 'char' } },
        { what: 'write', path: { fixture: 'char' } },
        { what: 'read', path: { fixture: 'block' } },
        { what: 'write', path: { fixture: 'block' } },
      ],
    },
    { id: 'missing', title: 'pod with a device that the host does not have', pod: { devices: [{ fixture: 'missing' }] } },
    { id: 'cdi', title: 'pod with a CDI device', needs: [feature('cdi')], pod: { cdiDevices: [cdiDevice] } },
    {
      id: 'cdi-unknown',
      title: 'pod with an unknown CDI device',
      needs: [feature('cdi')],
      pod: { cdiDevices: ['podproof.dev/char=absent'] },
    },
    {
      id: 'cdi-off',
      title: 'pod with a CDI device, CDI off',
      needs: [engine('containerd')],
      options: { deviceOwnership: false, cdi: false },
      pod: { cdiDevices: [cdiDevice] },
    },
  ],
  rules: [
    {
      id: 'DEV-MISSING',
      title: 'A missing host path fails at create with containerd; CRI-O starts the pod without it',
      citation: 'containerd v2.3.4 internal/cri/server/container_create.go:341; cri-o v1.36.3 internal/factory/container/device_linux.go',
      on: ['missing'],
      expect: byEngine({
        containerd: refused('CreateContainer', /failed to generate spec: lstat \S+: no such file or directory/),
        crio: noNode({ fixture: 'missing' }),
      }),
    },
    {
      id: 'DEV-CGROUP',
      title: 'A device with permissions r can be read; writing fails with EPERM of the device cgroup, not EACCES',
      citation: 'OCI runtime-spec v1.2 config-linux.md, Allowed Device list',
      on: ['read-only'],
      needs: [runtime('runc', 'crun')],
      expect: all(opens(readOnly, 'read'), fails(readOnly, 'write', 'EPERM'), opens({ fixture: 'block' }, 'read'), opens({ fixture: 'block' }, 'write')),
    },
    {
      id: 'DEV-CDI',
      title: 'A CDI device is injected',
      citation: 'https://github.com/cncf-tags/container-device-interface/blob/v0.5.4/SPEC.md',
      on: ['cdi'],
      needs: [runtime('runc', 'crun')],
      expect: node('/dev/podproof-cdi', {}),
    },
    {
      id: 'DEV-CDI-UNKNOWN',
      title: 'An unknown CDI device is refused',
      citation: 'containerd v1.7.24 pkg/cri/opts/spec_linux.go WithCDI',
      on: ['cdi-unknown'],
      expect: refused('CreateContainer', /CDI device injection failed: unresolvable CDI devices podproof\.dev\/char=absent/),
    },
    {
      id: 'DEV-CDI-OFF',
      title: 'With CDI off the device is silently left out by containerd 1.x and refused by 2.x',
      citation: 'containerd v2.0.0 internal/cri/server/container_create.go: CDI support is explicitly disabled',
      on: ['cdi-off'],
      expect: when(
        ({ cell }) => hasFeature(cell.engine, 'cdi-off-refuses'),
        refused('CreateContainer', /CDI devices .* requested but CDI support is explicitly disabled/),
        noNode('/dev/podproof-cdi'),
      ),
    },
    {
      id: 'DEV-RUNC-CONTRAST',
      title: 'What a runtime shows differently from runc for the same pod is listed',
      citation: 'OCI runtime-spec v1.2 runtime-linux.md, Dev symbolic links',
      on: ['read-only'],
      needs: [runtime('crun', 'runsc', 'kata')],
      expect: sameAsNative(),
    },
  ],
});
