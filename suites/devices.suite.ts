import {
  all,
  byEngine,
  cdiDevice,
  engine,
  fails,
  feature,
  guestDisk,
  hasFeature,
  node,
  noNode,
  opens,
  pciFunction,
  refused,
  refusedAnywhere,
  runtime,
  sameAsNative,
  spareFunction,
  suite,
  when,
} from '../lib/suite/mod.ts';

/** The spare function of every host of ours: an Intel 82574L (QEMU's e1000e). */
const spareIds = '0x8086:0x10d3';

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
    {
      id: 'vfio-guest-kernel',
      title: 'pod with a VFIO device, vfio_mode guest-kernel',
      needs: [runtime('kata'), spareFunction],
      handler: 'vfio',
      pod: { devices: [{ fixture: 'vfioGroup' }] },
    },
    {
      id: 'vfio-in-guest',
      title: 'pod with a VFIO device, vfio_mode vfio, a guest without IOMMU',
      needs: [runtime('kata'), spareFunction],
      handler: 'vfio-in-guest',
      pod: { devices: [{ fixture: 'vfioGroup' }] },
    },
    {
      id: 'vfio-no-port',
      title: 'pod with a VFIO device, no hot-plug port',
      needs: [runtime('kata'), spareFunction],
      pod: { devices: [{ fixture: 'vfioGroup' }] },
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
      citation:
        'containerd v2.3.4 internal/cri/server/container_create.go:341; cri-o v1.36.3 internal/factory/container/device_linux.go',
      on: ['missing'],
      expect: byEngine({
        containerd: refused('CreateContainer', /\bspec: lstat \S+: no such file or directory/),
        crio: noNode({ fixture: 'missing' }),
      }),
    },
    {
      id: 'DEV-CGROUP',
      title: 'A device with permissions r can be read; writing fails with EPERM of the device cgroup, not EACCES',
      citation: 'OCI runtime-spec v1.2 config-linux.md, Allowed Device list',
      on: ['read-only'],
      needs: [runtime('runc', 'crun')],
      expect: all(
        opens(readOnly, 'read'),
        fails(readOnly, 'write', 'EPERM'),
        opens({ fixture: 'block' }, 'read'),
        opens({ fixture: 'block' }, 'write'),
      ),
    },
    {
      id: 'DEV-BLOCK-KATA',
      title: 'A disk given to a Kata pod is a disk of the guest at the same path, and can be read and written',
      citation: 'kata-containers 4.1.0 src/agent/src/device/mod.rs update_spec_devices',
      on: ['read-only'],
      needs: [runtime('kata')],
      expect: all(guestDisk({ fixture: 'block' }), opens({ fixture: 'block' }, 'read'), opens({ fixture: 'block' }, 'write')),
    },
    {
      id: 'DEV-VFIO-GUEST-KERNEL',
      title: 'With vfio_mode guest-kernel the function is in the guest and nothing is in /dev/vfio',
      citation: 'kata-containers 4.1.0 src/runtime/config/configuration-qemu.toml.in:677-694',
      on: ['vfio-guest-kernel'],
      expect: all(pciFunction(spareIds, true), noNode({ fixture: 'vfioGroup' })),
    },
    {
      id: 'DEV-VFIO',
      title: 'With vfio_mode vfio a guest without IOMMU refuses: the function has no IOMMU group',
      citation: 'kata-containers 4.1.0 src/agent/src/device/vfio_device_handler.rs:62-110',
      on: ['vfio-in-guest'],
      expect: refusedAnywhere(/has no IOMMU group/),
    },
    {
      id: 'DEV-VFIO-NO-PORT',
      title: 'Without a hot-plug port a VFIO device is refused, and the message names the key',
      citation: 'kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go:89',
      on: ['vfio-no-port'],
      needs: [runtime('kata')],
      expect: refusedAnywhere(/hot_plug_vfio= port is not set for device|No available node found for NoPort device/),
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
      title: 'With CDI off the device is silently left out by containerd before 2.3 and refused from 2.3 on',
      citation: 'containerd v2.3.0 internal/cri/server/container_create_linux.go: CDI support is explicitly disabled',
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
