import {
  atCreateOrStart,
  capabilities,
  cdiDevice,
  cdiPath,
  contentOf,
  creating,
  deviceOf,
  effectiveConfig,
  engine,
  feature,
  hugepages,
  identity,
  lacks,
  modeOf,
  opening,
  ownerOf,
  ownKernel,
  pciFunction,
  presenceOf,
  question,
  refused,
  runtime,
  spareFunction,
  spareIds,
  starts,
  suite,
} from '../lib/suite/mod.ts';
import { closed, everybodyOpens, openToAll } from './modes.ts';
import { noMultifunction } from './refusals.ts';

const blog = 'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/';
const containerdOwner = 'containerd v2.3.4 internal/cri/opts/spec_linux_opts.go:315 WithDevices';
const noKey = 'containerd commit e0f8c04da and cri-o v1.22.0 bring the key; an older engine does not know it';
const gvisorNodes = 'gVisor runsc/boot/vfs.go createDeviceFile; pkg/sentry/vfs/device.go OpenDeviceSpecialFile';

const block = { fixture: 'block' } as const;
const char = { fixture: 'char' } as const;
const asked = [
  { fixture: 'block', at: '/dev/podproof-block' },
  { fixture: 'char', at: '/dev/podproof-char' },
] as const;
const tried = [
  { what: 'read', path: block },
  { what: 'read', path: char },
] as const;

/** What pods show of the two devices that they are given. */
const given = {
  owner: ownerOf(block, char),
  mode: modeOf(block, char),
  disk: opening('read', block),
  char: opening('read', char),
};
const open = { disk: 'works', char: 'works' } as const;
const denied = { disk: 'EACCES', char: 'EACCES' } as const;
/** gVisor knows no disk of the host; for the numbers of fuse, which the sentry has too, its own is opened. */
const inSentry = { disk: 'ENXIO', char: 'works' } as const;

/** Whether the primary group is a supplementary one too is a question of its own. */
const processIds = ['asked', 'primary group missing'] as const;

const keptOwner = 'it keeps the owner of the host’s node';
const ofGroup = 'they belong to runAsUser:runAsGroup';
const ofUser = 'they belong to that user';

/** The disk alone does not open, as gVisor has no driver for it. */
const withoutDisk = <const Owner extends string>(whose: string, owner: Owner) =>
  ({
    short: 'opens, but no disk',
    says: `${whose}; the disk has no driver in gVisor: ENXIO`,
    harm: 'breaks',
    seen: { owner, mode: 'host', ...inSentry },
  }) as const;

/** What becomes of devices that stay the host’s, of a pod that is not root. */
const kept = <const Seen extends object>(no: string, seen: Seen) =>
  ({
    denied: {
      short: 'EACCES',
      says: `${no}${keptOwner}, and opening it fails: EACCES`,
      harm: 'breaks',
      seen: { ...seen, owner: 'host', mode: 'host', ...denied },
    },
    'open-to-all': {
      short: 'opens, 0666',
      says: `${no}${keptOwner}, and ${everybodyOpens}`,
      harm: 'weakens',
      seen: { ...seen, owner: 'host', mode: 'open', ...open },
    },
    closed: {
      short: 'mode 000',
      says: `${no}${keptOwner}, with the mode 000`,
      harm: 'breaks',
      seen: { ...seen, owner: 'host', mode: 'closed', ...denied },
    },
  }) as const;

/** What becomes of devices of an engine that does not know the key: closed or open, with what is read of them besides. */
const keyUnknown = <const Seen extends object>(seen: Seen) =>
  ({
    short: 'EACCES: key unknown',
    says: 'the engine does not know the key: they keep the host’s owner, and opening them fails: EACCES',
    harm: 'breaks',
    seen: { owner: 'host', mode: 'host', ...denied, ...seen },
  }) as const;
const keyUnknownAndOpen = <const Seen extends object>(seen: Seen) =>
  openToAll('the engine does not know the key', { owner: 'host', ...open, ...seen }, { short: 'key unknown, 0666' });

const idmapMissing = {
  short: 'refused: no idmap',
  says: 'the engine refuses a runtime that has no idmap mounts',
  harm: 'breaks',
  seen: refused('StartContainer', /idmap mounts not supported: missing `mountExtensions\.idmap` entry/),
} as const;

const validates = 'containerd v2.0.0 core/runtime/v2/task_manager.go validateRuntimeFeatures';
const idmapRefusals = [
  { answer: 'no-idmap', where: [feature('idmap-required'), runtime('runc <1.2.0', 'crun <1.9')], citation: validates },
] as const;

export default suite({
  id: 'ownership',
  title: 'Who owns the devices of a non-root pod',
  scenarios: [
    {
      id: 'user-and-group',
      title: 'pod of user 1000, group 2000, fsGroup 3000',
      pod: {
        runAsUser: 1000,
        runAsGroup: 2000,
        supplementalGroups: [3000],
        devices: [...asked, { fixture: 'directory', at: '/dev/podproof-directory', needs: feature('directory-devices') }],
      },
      attempts: [...tried, { what: 'canary', path: block }],
    },
    {
      id: 'qat-dpdk',
      title: 'the qat-dpdk pod: VFIO devices and huge pages for user 1000, group 2000',
      needs: [ownKernel, spareFunction, hugepages],
      pod: {
        runAsUser: 1000,
        runAsGroup: 2000,
        supplementalGroups: [3000],
        devices: [{ fixture: 'vfioGroup' }, { fixture: 'vfioControl' }],
        capabilities: ['IPC_LOCK'],
        hugepages: true,
      },
      attempts: [{ what: 'writable', path: '/dev/hugepages/podproof' }],
    },
    {
      id: 'vfio-guest-kernel',
      title: 'pod of user 1000, group 2000 with a VFIO device, vfio_mode guest-kernel',
      needs: [runtime('kata'), spareFunction],
      handler: 'vfio',
      pod: { runAsUser: 1000, runAsGroup: 2000, devices: [{ fixture: 'vfioGroup' }] },
    },
    { id: 'user-only', title: 'pod of user 1000', pod: { runAsUser: 1000, devices: [...asked] }, attempts: [...tried] },
    {
      id: 'group-only',
      title: 'pod of user 0 and group 2000',
      pod: { runAsUser: 0, runAsGroup: 2000, devices: [...asked] },
      attempts: [...tried],
    },
    { id: 'group-without-user', title: 'pod of group 2000 without a user', pod: { runAsGroup: 2000, devices: [...asked] } },
    {
      id: 'root',
      title: 'pod of user 0 and group 0',
      pod: { runAsUser: 0, runAsGroup: 0, devices: [...asked] },
      attempts: [...tried],
    },
    {
      id: 'image-user',
      title: 'pod whose image says USER 777',
      pod: { imageUser: 777, devices: [...asked] },
      attempts: [...tried],
    },
    {
      id: 'cdi',
      title: 'pod of user 1000, group 2000 with a CDI device without ids',
      needs: [feature('cdi')],
      pod: { runAsUser: 1000, runAsGroup: 2000, cdiDevices: [cdiDevice] },
      attempts: [{ what: 'read', path: '/dev/podproof-cdi' }],
    },
    {
      id: 'user-namespace',
      title: 'pod of user 1000, group 2000 in a user namespace',
      needs: [feature('user-namespaces')],
      pod: { runAsUser: 1000, runAsGroup: 2000, userNamespace: true, devices: [block, char] },
      attempts: [...tried],
    },
    {
      id: 'user-namespace-mapped',
      title: 'pod in a user namespace with a device mapped to another path',
      needs: [feature('user-namespaces')],
      pod: { runAsUser: 1000, runAsGroup: 2000, userNamespace: true, devices: [asked[0]] },
    },
    {
      id: 'flag-off',
      title: 'pod of user 1000, group 2000, flag off',
      options: { deviceOwnership: false, cdi: false },
      pod: { runAsUser: 1000, runAsGroup: 2000, devices: [...asked] },
      attempts: [...tried],
    },
  ],
  questions: [
    question({
      id: 'OWN-OFF',
      asks: 'With the flag off, whose is a device, and can a non-root pod open it?',
      on: ['flag-off'],
      reads: given,
      answers: kept('', {}),
      documented: { denied: blog },
    }),
    question({
      id: 'OWN-ON',
      asks: 'Can a non-root pod use the devices that it was given, with device_ownership_from_security_context on?',
      on: ['user-and-group'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { ...given, content: contentOf(block) },
      answers: {
        owned: {
          short: 'opens',
          says: 'they belong to runAsUser:runAsGroup with the host’s mode, and opening them works',
          seen: { owner: 'asked', mode: 'host', ...open, content: 'ours' },
        },
        ignored: keyUnknown({ content: 'EACCES' }),
        'open-to-all': openToAll(ofGroup, { owner: 'asked', ...open, content: 'ours' }),
        'ignored-and-open-to-all': keyUnknownAndOpen({ content: 'ours' }),
        closed: closed(ofGroup, { owner: 'asked', ...denied, content: 'EACCES' }),
      },
      documented: [
        { answer: 'owned', where: [feature('device-ownership')], citation: blog },
        { answer: 'ignored', where: [lacks('device-ownership')], citation: noKey },
      ],
    }),
    question({
      id: 'OWN-USER-ONLY',
      asks: 'With runAsUser alone, whose are the devices, and do they open?',
      on: ['user-only'],
      reads: given,
      answers: {
        owned: {
          short: 'opens',
          says: 'they belong to that user and the group of the host’s node, and opening them works',
          seen: { owner: 'asked', mode: 'host', ...open },
        },
        'owned-without-disk': withoutDisk('they belong to that user and the group of the host’s node', 'asked'),
        ignored: keyUnknown({}),
        'open-to-all': openToAll(ofUser, { owner: 'asked', ...open }),
        'ignored-and-open-to-all': keyUnknownAndOpen({}),
        closed: closed(ofUser, { owner: 'asked', ...denied }),
      },
      documented: [
        { answer: 'ignored', where: [lacks('device-ownership')], citation: noKey },
        { answer: 'owned-without-disk', where: [runtime('runsc')], citation: gvisorNodes },
        { answer: 'owned', citation: containerdOwner },
      ],
    }),
    question({
      id: 'OWN-GROUP-ONLY',
      asks: 'With user 0 and a group, whose are the devices, and do they open?',
      on: ['group-only'],
      needs: [feature('device-ownership')],
      reads: given,
      answers: {
        owned: {
          short: 'opens',
          says: 'they belong to the user of the host’s node and to that group, and root opens them',
          seen: { owner: 'asked', mode: 'host', ...open },
        },
        'owned-without-disk': withoutDisk('they belong to the user of the host’s node and to that group', 'asked'),
        'open-to-all': openToAll('they belong to that group', { owner: 'asked', ...open }),
        closed: {
          short: 'mode 000',
          says: 'they belong to that group with the mode 000, which root may open all the same',
          harm: 'breaks',
          seen: { owner: 'asked', mode: 'closed', ...open },
        },
      },
      documented: [
        { answer: 'owned-without-disk', where: [runtime('runsc')], citation: gvisorNodes },
        { answer: 'owned', citation: containerdOwner },
      ],
    }),
    question({
      id: 'OWN-GROUP-NEEDS-USER',
      asks: 'Does a pod start that names a group and no user?',
      on: ['group-without-user'],
      reads: { pod: starts() },
      answers: {
        refused: {
          says: 'it is refused, as a group needs a user',
          seen: refused('CreateContainer', /user group .*is specified without user/),
        },
        started: { says: 'it starts', harm: 'weakens', seen: { pod: 'ran' } },
      },
      documented: { refused: 'containerd v1.7.24 pkg/cri/util/util.go; cri-o v1.36.3 server/container_create.go' },
    }),
    question({
      id: 'OWN-ROOT',
      asks: 'With user 0 and group 0, whose are the devices, and do they open?',
      on: ['root'],
      reads: given,
      answers: {
        kept: { short: 'opens', says: `${keptOwner}, and root opens it`, seen: { owner: 'host', mode: 'host', ...open } },
        'kept-without-disk': withoutDisk(keptOwner, 'host'),
        'open-to-all': {
          short: 'opens, 0666',
          says: `${keptOwner}, and ${everybodyOpens}`,
          harm: 'weakens',
          seen: { owner: 'host', mode: 'open', ...open },
        },
        closed: {
          short: 'mode 000',
          says: `${keptOwner}, with the mode 000, which root may open all the same`,
          harm: 'breaks',
          seen: { owner: 'host', mode: 'closed', ...open },
        },
      },
      documented: [
        { answer: 'kept-without-disk', where: [runtime('runsc')], citation: gvisorNodes },
        { answer: 'kept', citation: containerdOwner },
      ],
    }),
    question({
      id: 'OWN-IMAGE-USER',
      asks: 'Does USER in the image, without runAsUser, make a device belong to that user?',
      on: ['image-user'],
      reads: { ids: identity('uid=777 gid=0 groups=0'), ...given },
      answers: kept('no: ', { ids: processIds }),
      documented: { denied: blog },
    }),
    question({
      id: 'OWN-ID',
      asks: 'Does the process run as runAsUser and runAsGroup, with fsGroup among its groups?',
      on: ['user-and-group'],
      reads: { ids: identity('uid=1000 gid=2000 groups=2000,3000') },
      answers: {
        asked: { short: 'yes', says: 'yes: uid=1000 gid=2000 groups=2000,3000', seen: { ids: 'asked' } },
        'primary-group-missing': {
          short: 'yes, one group less',
          says: 'yes, but its primary group is not among its supplementary ones: a program that changes it leaves the group',
          harm: 'weakens',
          seen: { ids: 'primary group missing' },
        },
      },
      documented: { asked: blog },
    }),
    question({
      id: 'OWN-CAPS',
      asks: 'Which capabilities does an unprivileged pod of user 1000 have?',
      on: ['user-and-group'],
      reads: {
        held: capabilities('capEff', 'capPrm', 'capAmb'),
        inheritable: capabilities('capInh'),
        bounding: capabilities('capBnd'),
      },
      answers: {
        none: {
          says: 'none; the engine’s default ones bound it',
          seen: { held: 'none', inheritable: 'none', bounding: 'default' },
        },
        inheritable: {
          short: 'none, but inheritable',
          says: 'none, but the default ones are inheritable: a file that has them too gives them back',
          harm: 'weakens',
          seen: { held: 'none', inheritable: 'default', bounding: 'default' },
        },
      },
      documented: { none: 'capabilities(7), Transformation of capabilities during execve(): no ambient set' },
    }),
    question({
      id: 'OWN-QAT-DPDK',
      asks: 'Does the qat-dpdk pod own its VFIO nodes, with the host’s modes, and can it write huge pages?',
      on: ['qat-dpdk'],
      needs: [feature('device-ownership'), runtime('runc', 'crun')],
      reads: {
        ids: identity('uid=1000 gid=2000 groups=2000,3000'),
        owner: ownerOf({ fixture: 'vfioGroup' }, { fixture: 'vfioControl' }),
        group: modeOf({ fixture: 'vfioGroup' }),
        control: modeOf({ fixture: 'vfioControl' }),
        hugepages: creating('/dev/hugepages/podproof'),
      },
      answers: {
        owned: {
          short: 'yes',
          says: 'the nodes belong to it with the host’s modes, and huge pages can be written',
          seen: { ids: 'asked', owner: 'asked', group: 'host', control: 'host', hugepages: 'works' },
        },
        'open-to-all': {
          short: 'yes, 0666',
          says: 'the nodes belong to it, and everybody in the pod may open the group: 0666',
          harm: 'weakens',
          seen: { ids: 'asked', owner: 'asked', group: 'open', control: 'host', hugepages: 'works' },
        },
      },
      documented: { owned: blog },
    }),
    question({
      id: 'OWN-VFIO-KATA',
      asks: 'Can a non-root Kata pod open the VFIO device that it was given, with vfio_mode guest-kernel?',
      on: ['vfio-guest-kernel'],
      reads: { function: pciFunction(spareIds), node: presenceOf({ fixture: 'vfioGroup' }) },
      answers: {
        'driven-by-guest': {
          says: 'no: the guest’s kernel drives it, and there is no node to own or to open; what its driver makes, such as a network card, is there',
          harm: 'breaks',
          seen: { function: 'there', node: 'absent' },
        },
        'no-multifunction': noMultifunction,
      },
      documented: {
        'driven-by-guest':
          'kata-containers 4.1.0 src/runtime/config/configuration-qemu.toml.in:677-694; src/runtime/virtcontainers/kata_agent.go:1131',
      },
    }),
    question({
      id: 'OWN-MODE',
      asks: 'Which mode has a device that the pod was given?',
      on: ['user-and-group', 'user-only', 'root'],
      reads: { mode: modeOf(block, char) },
      answers: {
        host: { short: 'the host’s', says: 'that of the host’s node', seen: { mode: 'host' } },
        'open-to-all': { short: '0666', says: everybodyOpens, harm: 'weakens', seen: { mode: 'open' } },
        closed: { short: '000', says: 'it is 000: nobody but root may open it', harm: 'breaks', seen: { mode: 'closed' } },
      },
      documented: { host: 'OCI runtime-spec v1.2 config-linux.md, fileMode; containerd v1.5.0 oci/utils_unix.go' },
    }),
    question({
      id: 'OWN-DIRECTORY',
      asks: 'Whose are the nodes below a directory device?',
      on: ['user-and-group'],
      needs: [feature('directory-devices')],
      reads: {
        owner: ownerOf({ fixture: 'directory', entry: 'first' }, { fixture: 'directory', entry: 'second' }),
        mode: modeOf({ fixture: 'directory', entry: 'first' }, { fixture: 'directory', entry: 'second' }),
        device: deviceOf({ fixture: 'directory', entry: 'first' }, { fixture: 'directory', entry: 'second' }),
      },
      answers: {
        owned: {
          short: 'the pod’s',
          says: 'they belong to runAsUser:runAsGroup, and keep their modes',
          seen: { owner: 'asked', mode: 'host', device: 'host' },
        },
        kept: {
          short: 'the host’s',
          says: 'they keep the owners of the host’s nodes, and their modes',
          harm: 'breaks',
          seen: { owner: 'host', mode: 'host', device: 'host' },
        },
        'kept-and-open-to-all': openToAll(
          'they keep the owners of the host’s nodes',
          { owner: 'host', device: 'host' },
          { short: 'the host’s, 0666' },
        ),
        'kept-and-closed': {
          short: 'the host’s, 000',
          says: 'they keep the owners of the host’s nodes, with the mode 000',
          harm: 'breaks',
          seen: { owner: 'host', mode: 'closed', device: 'host' },
        },
      },
      documented: [
        { answer: 'owned', where: [engine('containerd'), feature('device-ownership')], citation: containerdOwner },
        { answer: 'kept', where: [engine('containerd')], citation: noKey },
        {
          answer: 'kept',
          where: [engine('crio')],
          citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go:142-166 keeps owner and group of each node',
        },
      ],
    }),
    question({
      id: 'OWN-KATA',
      asks: 'In a Kata guest, is a disk given to the pod the guest’s own, with the pod’s owner, the host’s mode and its content?',
      on: ['user-and-group'],
      needs: [runtime('kata'), feature('device-ownership')],
      reads: { device: deviceOf(block), ...given, content: contentOf(block) },
      answers: {
        owned: {
          short: 'yes',
          says: 'yes, and opening it works',
          seen: { device: 'guest', owner: 'asked', mode: 'host', ...open, content: 'ours' },
        },
        closed: {
          short: 'EACCES: mode 000',
          says: 'yes, but the mode is 000 and keeps its own owner out: EACCES',
          harm: 'breaks',
          seen: { device: 'guest', owner: 'asked', mode: 'closed', ...denied, content: 'EACCES' },
        },
      },
      documented: { owned: `${containerdOwner}; kata-containers 4.1.0 src/agent/rustjail/src/mount.rs:967` },
    }),
    question({
      id: 'OWN-RUNSC',
      asks: 'In gVisor, whose are the devices that the pod was given, and do they open?',
      on: ['user-and-group'],
      needs: [runtime('runsc'), feature('device-ownership')],
      reads: { device: deviceOf(block, char), ...given, content: contentOf(block) },
      answers: {
        'owned-without-disk': {
          short: 'opens, but no disk',
          says: 'they belong to runAsUser:runAsGroup; a disk cannot be opened: ENXIO; of what the sentry has too, like fuse, its own is opened',
          harm: 'breaks',
          seen: { device: 'host', owner: 'asked', mode: 'host', ...inSentry, content: 'ENXIO' },
        },
        'open-to-all': {
          short: 'opens, 0666',
          says: 'they belong to runAsUser:runAsGroup, and everybody in the pod may open them: 0666; the disk has no driver: ENXIO',
          harm: 'weakens',
          seen: { device: 'host', owner: 'asked', mode: 'open', ...inSentry, content: 'ENXIO' },
        },
      },
      documented: { 'owned-without-disk': gvisorNodes },
    }),
    question({
      id: 'OWN-CDI',
      asks: 'Whose is a CDI device without ids in a non-root pod, with which mode, and does it open?',
      on: ['cdi'],
      reads: { owner: ownerOf(cdiPath), mode: modeOf(cdiPath), read: opening('read', cdiPath) },
      answers: {
        owned: {
          short: 'opens',
          says: 'it belongs to the process user with the host’s mode, and opening it works',
          seen: { owner: 'asked', mode: 'host', read: 'works' },
        },
        'open-to-all': openToAll('it belongs to the process user', { owner: 'asked', read: 'works' }, { it: 'it' }),
        closed: closed('it belongs to the process user', { owner: 'asked', read: 'EACCES' }, 'its'),
        'of-root': {
          short: 'EACCES: of root',
          says: 'it belongs to root, as it is injected before the user is known, and opening it fails: EACCES',
          harm: 'breaks',
          seen: { owner: 'root', mode: ['host', 'closed'], read: 'EACCES' },
        },
        'of-root-and-open-to-all': openToAll(
          'it belongs to root',
          { owner: 'root', read: 'works' },
          { it: 'it', short: 'of root, 0666' },
        ),
      },
      documented: [
        {
          answer: 'owned',
          where: [feature('cdi-process-owner')],
          citation: 'tags.cncf.io/container-device-interface v0.5.4 pkg/cdi/container-edits.go; its SPEC.md, fileMode',
        },
        { answer: 'of-root', where: [engine('crio')], citation: 'cri-o commit 64a94f231f: devices were injected too early' },
      ],
    }),
    question({
      id: 'OWN-USERNS',
      asks: 'In a user namespace, can a non-root pod use the devices that it was given?',
      on: ['user-namespace'],
      needs: [runtime('runc', 'crun >=1.8')],
      reads: { ...given, device: deviceOf(block, char) },
      answers: {
        owned: {
          short: 'opens',
          says: 'the runtime makes nodes of the pod’s user with the host’s mode, and opening them works',
          seen: { owner: 'asked', mode: 'host', ...open, device: 'host' },
        },
        unmapped: {
          short: 'EACCES: unmapped',
          says: 'the runtime binds the host’s nodes, whose owner the pod’s user namespace does not have: EACCES',
          harm: 'breaks',
          seen: { owner: 'unmapped', mode: 'host', ...denied, device: 'host' },
        },
        closed: {
          short: 'EACCES: mode 000',
          says: 'the runtime makes nodes of the pod’s user with the mode 000, which keeps their own owner out: EACCES',
          harm: 'breaks',
          seen: { owner: 'asked', mode: 'closed', ...denied, device: 'host' },
        },
        'no-idmap': idmapMissing,
      },
      documented: [
        ...idmapRefusals,
        { answer: 'owned', where: [runtime('crun')], citation: 'https://github.com/containers/crun/pull/1103 (crun 1.8)' },
        { answer: 'unmapped', where: [runtime('runc')], citation: 'https://github.com/opencontainers/runc/issues/2121' },
      ],
    }),
    question({
      id: 'OWN-USERNS-MAPPED',
      asks: 'In a user namespace, can a device stand at another path than on the host?',
      on: ['user-namespace-mapped'],
      needs: [runtime('runc', 'crun >=1.8')],
      reads: { owner: ownerOf(block), mode: modeOf(block), device: deviceOf(block) },
      answers: {
        owned: {
          short: 'yes',
          says: 'yes: the runtime makes a node of the pod’s user with the host’s mode',
          seen: { owner: 'asked', mode: 'host', device: 'host' },
        },
        closed: {
          short: 'mode 000',
          says: 'yes, but the node has the mode 000, which keeps its own owner out',
          harm: 'breaks',
          seen: { owner: 'asked', mode: 'closed', device: 'host' },
        },
        refused: {
          says: 'no: the runtime binds the host’s node of the path in the pod, which is not there',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /error creating device nodes: mount .*\/dev\/podproof-block.*no such file or directory/),
        },
        'no-idmap': idmapMissing,
      },
      documented: [
        ...idmapRefusals,
        { answer: 'owned', where: [runtime('crun')], citation: 'https://github.com/containers/crun/pull/1103 (crun 1.8)' },
        { answer: 'refused', where: [runtime('runc')], citation: 'https://github.com/opencontainers/runc/issues/5137' },
      ],
    }),
    question({
      id: 'OWN-EFFECTIVE',
      asks: 'Is the flag effective in the running engine as planned?',
      on: ['user-and-group', 'flag-off'],
      needs: [feature('device-ownership')],
      reads: { key: effectiveConfig('device_ownership_from_security_context') },
      answers: { planned: { short: 'yes', says: 'yes', seen: { key: 'planned' } } },
      documented: { planned: 'CRI api.proto, StatusResponse.info of a verbose request' },
    }),
  ],
});
