import {
  atCreateOrStart,
  cdiDevice,
  cdiPath,
  contrast,
  deviceOf,
  engine,
  feature,
  lacks,
  modeOf,
  opening,
  ownKernel,
  ownerOf,
  pciFunction,
  presenceOf,
  question,
  refused,
  runtime,
  spareFunction,
  spareIds,
  starts,
  suite,
  systemdHost,
} from '../lib/suite/mod.ts';
import { openToAll } from './modes.ts';
import { noMultifunction } from './refusals.ts';

const readOnly = { fixture: 'char' } as const;
const disk = { fixture: 'block' } as const;

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
      id: 'daemon-reload',
      title: 'root pod with a device, whose host runs systemctl daemon-reload',
      needs: [systemdHost, runtime('runc', 'crun')],
      pod: { devices: [{ fixture: 'char' }] },
      meanwhile: 'daemon-reload',
      attempts: [{ what: 'read', path: { fixture: 'char' } }],
    },
    {
      id: 'daemon-reload-unlinked',
      title: 'root pod with a device that has no link in /dev/char, whose host runs systemctl daemon-reload',
      needs: [systemdHost, ownKernel, runtime('runc', 'crun')],
      pod: { devices: [{ fixture: 'char' }] },
      hostState: { charLink: 'removed' },
      meanwhile: 'daemon-reload',
      attempts: [{ what: 'read', path: { fixture: 'char' } }],
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
  questions: [
    question({
      id: 'DEV-MISSING',
      asks: 'What becomes of a pod that asks for a device that the host does not have?',
      on: ['missing'],
      reads: { node: presenceOf({ fixture: 'missing' }) },
      answers: {
        refused: { says: 'it is refused', seen: refused('CreateContainer', /\bspec: lstat \S+: no such file or directory/) },
        'left-out': { says: 'it starts without the device', harm: 'breaks', seen: { node: 'absent' } },
      },
      documented: [
        {
          answer: 'refused',
          where: [engine('containerd')],
          citation: 'containerd v2.3.4 internal/cri/server/container_create.go:341',
        },
        { answer: 'left-out', where: [engine('crio')], citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go' },
      ],
    }),
    question({
      id: 'DEV-CGROUP',
      asks: 'Can a device with permissions r be written?',
      on: ['read-only'],
      needs: [runtime('runc', 'crun')],
      reads: { read: opening('read', readOnly, disk), write: opening('write', readOnly), other: opening('write', disk) },
      answers: {
        denied: {
          short: 'no: EPERM',
          says: 'no: EPERM of the device cgroup, not EACCES; reading works, and writing one with rw',
          seen: { read: 'works', write: 'EPERM', other: 'works' },
        },
        writable: { short: 'yes', says: 'yes', harm: 'weakens', seen: { read: 'works', write: 'works', other: 'works' } },
      },
      documented: { denied: 'OCI runtime-spec v1.2 config-linux.md, Allowed Device list' },
    }),
    question({
      id: 'DEV-CGROUP-GUEST',
      asks: 'On a kernel of its own, can a device with permissions r be written?',
      on: ['read-only'],
      needs: [runtime('kata', 'runsc')],
      reads: { read: opening('read', readOnly), write: opening('write', readOnly) },
      answers: {
        denied: { short: 'no: EPERM', says: 'no: EPERM of the device cgroup', seen: { read: 'works', write: 'EPERM' } },
        writable: {
          short: 'yes',
          says: 'yes: nothing on that kernel enforces the permissions',
          harm: 'weakens',
          seen: { read: 'works', write: 'works' },
        },
      },
      documented: { denied: 'OCI runtime-spec v1.2 config-linux.md, Allowed Device list' },
    }),
    question({
      id: 'DEV-BLOCK-KATA',
      asks: 'Is a disk given to a Kata pod a disk of the guest that can be read and written?',
      on: ['read-only'],
      needs: [runtime('kata')],
      reads: { device: deviceOf(disk), read: opening('read', disk), write: opening('write', disk) },
      answers: {
        works: { short: 'yes', says: 'yes, at the same path', seen: { device: 'guest', read: 'works', write: 'works' } },
      },
      documented: { works: 'kata-containers 4.1.0 src/agent/src/device/mod.rs update_spec_devices' },
    }),
    question({
      id: 'DEV-VFIO-GUEST-KERNEL',
      asks: 'With vfio_mode guest-kernel, is the function in the guest?',
      on: ['vfio-guest-kernel'],
      reads: { function: pciFunction(spareIds), node: presenceOf({ fixture: 'vfioGroup' }) },
      answers: {
        there: { short: 'yes', says: 'yes, and nothing is in /dev/vfio', seen: { function: 'there', node: 'absent' } },
        'no-multifunction': noMultifunction,
      },
      documented: { there: 'kata-containers 4.1.0 src/runtime/config/configuration-qemu.toml.in:677-694' },
    }),
    question({
      id: 'DEV-VFIO',
      asks: 'With vfio_mode vfio, what becomes of the function in a guest without IOMMU?',
      on: ['vfio-in-guest'],
      reads: { function: pciFunction(spareIds) },
      answers: {
        'no-iommu-group': {
          says: 'the pod is refused: the function has no IOMMU group',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /has no IOMMU group/),
        },
        there: { short: 'in the guest', says: 'it is in the guest', seen: { function: 'there' } },
        'no-multifunction': noMultifunction,
      },
      documented: { 'no-iommu-group': 'kata-containers 4.1.0 src/agent/src/device/vfio_device_handler.rs:62-110' },
    }),
    question({
      id: 'DEV-VFIO-NO-PORT',
      asks: 'What becomes of a VFIO device without a hot-plug port?',
      on: ['vfio-no-port'],
      needs: [runtime('kata')],
      reads: { pod: starts() },
      answers: {
        'no-port': {
          says: 'the pod is refused, and the message names the key',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /hot_plug_vfio= port is not set for device|No available node found for NoPort device/),
        },
        started: { says: 'the pod starts', seen: { pod: 'ran' } },
      },
      documented: { 'no-port': 'kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go:89' },
    }),
    question({
      id: 'DEV-CDI',
      asks: 'How does a root pod have a CDI device?',
      on: ['cdi'],
      needs: [runtime('runc', 'crun')],
      reads: { device: deviceOf(cdiPath), owner: ownerOf(cdiPath), mode: modeOf(cdiPath) },
      answers: {
        injected: {
          short: 'as root’s',
          says: 'as root’s own, with the host’s mode',
          seen: { device: 'host', owner: 'root', mode: 'host' },
        },
        'open-to-all': openToAll('as root’s own', { device: 'host', owner: 'root' }, { it: 'it', short: '0666' }),
        'left-out': { says: 'not at all', harm: 'breaks', seen: { device: 'absent', owner: 'absent', mode: 'absent' } },
      },
      documented: { injected: 'https://github.com/cncf-tags/container-device-interface/blob/v0.5.4/SPEC.md' },
    }),
    question({
      id: 'DEV-CDI-UNKNOWN',
      asks: 'What becomes of a pod with an unknown CDI device?',
      on: ['cdi-unknown'],
      reads: { pod: starts() },
      answers: {
        refused: {
          says: 'it is refused',
          seen: refused('CreateContainer', /CDI device injection failed: unresolvable CDI devices podproof\.dev\/char=absent/),
        },
        started: { says: 'it starts without the device', harm: 'breaks', seen: { pod: 'ran' } },
      },
      documented: { refused: 'containerd v1.7.24 pkg/cri/opts/spec_linux.go WithCDI' },
    }),
    question({
      id: 'DEV-CDI-OFF',
      asks: 'With CDI off, what becomes of a pod with a CDI device?',
      on: ['cdi-off'],
      reads: { node: presenceOf(cdiPath) },
      answers: {
        refused: {
          says: 'it is refused',
          seen: refused('CreateContainer', /CDI devices .* requested but CDI support is explicitly disabled/),
        },
        'left-out': { says: 'it starts without the device, and without a word', harm: 'breaks', seen: { node: 'absent' } },
        injected: { short: 'device is given', says: 'it has the device all the same', harm: 'weakens', seen: { node: 'there' } },
      },
      documented: [
        {
          answer: 'refused',
          where: [feature('cdi-off-refuses')],
          citation: 'containerd v2.3.0 internal/cri/server/container_create_linux.go: CDI support is explicitly disabled',
        },
        {
          answer: 'injected',
          where: [feature('cdi'), lacks('cdi-switch')],
          citation:
            'containerd v2.4.0 RELEASES.md: CDI support will always be enabled; plugins/cri/runtime/plugin.go skips enable_cdi',
        },
        {
          answer: 'left-out',
          where: [lacks('cdi-off-refuses')],
          citation: 'containerd v2.2.7 internal/cri/server/container_create_linux.go has no such line',
        },
      ],
    }),
    question({
      id: 'DEV-DAEMON-RELOAD',
      asks: 'Does a running pod still open its device after systemctl daemon-reload?',
      on: ['daemon-reload', 'daemon-reload-unlinked'],
      needs: [runtime('runc', 'crun')],
      reads: { read: opening('read', readOnly) },
      answers: {
        opens: { says: 'yes', seen: { read: 'works' } },
        lost: {
          says: 'no: systemd has set the device rules of its scope anew, and knows nothing of the device',
          harm: 'breaks',
          seen: { read: 'EPERM' },
        },
      },
      documented: { opens: 'OCI runtime-spec v1.2 config-linux.md, Allowed Device list' },
    }),
    question({
      id: 'DEV-RUNC-CONTRAST',
      asks: 'What does a runtime show differently from runc for the same pod?',
      on: ['read-only'],
      needs: [runtime('crun', 'runsc', 'kata')],
      reads: { contrast: contrast() },
      answers: {
        same: {
          short: 'nothing',
          says: 'nothing, or the link /dev/core alone, which runc makes only where the kernel has /proc/kcore',
          seen: { contrast: ['same', 'core link'] },
        },
      },
      documented: { same: 'OCI runtime-spec v1.2 runtime-linux.md, Dev symbolic links' },
    }),
  ],
});
