import {
  all,
  byEngine,
  canary,
  cdiDevice,
  effectiveConfig,
  fails,
  feature,
  guestDisk,
  hasFeature,
  hugepages,
  identityLine,
  node,
  opens,
  ownKernel,
  readsCanary,
  refused,
  runtime,
  spareFunction,
  suite,
  when,
  writable,
  type Evidence,
} from '../lib/suite/mod.ts';

const blog = 'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/';
const containerdOwner = 'containerd v2.3.4 internal/cri/opts/spec_linux_opts.go:315 WithDevices';

const block = { fixture: 'block' } as const;
const char = { fixture: 'char' } as const;
const asked = [
  { fixture: 'block', at: '/dev/podproof-block' },
  { fixture: 'char', at: '/dev/podproof-char' },
] as const;
const notThere = /error creating device nodes: mount .*\/dev\/podproof-block.*no such file or directory/;
/** Without a mode in the OCI spec runc and crun open a node to everybody. */
const keepsMode = ({ cell }: Evidence): boolean => hasFeature(cell.engine, 'host-file-mode');
const lacksIdmap = ({ cell }: Evidence): boolean =>
  hasFeature(cell.engine, 'idmap-required') && !hasFeature(cell.runtime, 'idmap-mounts');
const noIdmap = refused('StartContainer', /idmap mounts not supported: missing `mountExtensions\.idmap` entry/);
const tried = [
  { what: 'read', path: block },
  { what: 'read', path: char },
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
  rules: [
    {
      id: 'OWN-OFF',
      title: 'With the flag off a device keeps the owner of the host’s node, and a non-root pod cannot open it: EACCES',
      citation: blog,
      on: ['flag-off'],
      expect: all(
        node(block, { uid: 'host', gid: 'host' }),
        node(char, { uid: 'host', gid: 'host' }),
        when(keepsMode, all(fails(block, 'read', 'EACCES'), fails(char, 'read', 'EACCES')), all()),
      ),
    },
    {
      id: 'OWN-ON',
      title: 'With the flag on a device belongs to runAsUser and runAsGroup, and opening it works',
      citation: blog,
      on: ['user-and-group'],
      needs: [runtime('runc', 'crun', 'kata')],
      expect: when(
        ({ cell }) => hasFeature(cell.engine, 'device-ownership'),
        all(
          node(block, { uid: 1000, gid: 2000 }),
          node(char, { uid: 1000, gid: 2000 }),
          opens(block, 'read'),
          opens(char, 'read'),
          readsCanary(block, canary),
        ),
        all(node(block, { uid: 'host', gid: 'host' }), when(keepsMode, fails(block, 'read', 'EACCES'), all())),
      ),
    },
    {
      id: 'OWN-USER-ONLY',
      title: 'With runAsUser alone a device belongs to that user and to the group of the host’s node',
      citation: containerdOwner,
      on: ['user-only'],
      needs: [feature('device-ownership')],
      expect: all(
        node(block, { uid: 1000, gid: 'host' }),
        node(char, { uid: 1000, gid: 'host' }),
        when(({ cell }) => cell.runtime.name === 'runsc', fails(block, 'read', 'ENXIO'), opens(block, 'read')),
      ),
    },
    {
      id: 'OWN-GROUP-ONLY',
      title: 'With user 0 and a group, a device belongs to the user of the host’s node and to that group',
      citation: containerdOwner,
      on: ['group-only'],
      needs: [feature('device-ownership')],
      expect: all(node(block, { uid: 'host', gid: 2000 }), node(char, { uid: 'host', gid: 2000 })),
    },
    {
      id: 'OWN-GROUP-NEEDS-USER',
      title: 'A group without a user is refused',
      citation: 'containerd v1.7.24 pkg/cri/util/util.go; cri-o v1.36.3 server/container_create.go',
      on: ['group-without-user'],
      expect: refused('CreateContainer', /user group .*is specified without user/),
    },
    {
      id: 'OWN-ROOT',
      title: 'With user 0 and group 0 a device keeps the owner of the host’s node',
      citation: containerdOwner,
      on: ['root'],
      expect: all(node(block, { uid: 'host', gid: 'host' }), node(char, { uid: 'host', gid: 'host' })),
    },
    {
      id: 'OWN-IMAGE-USER',
      title: 'USER in the image is not considered: the device keeps the host’s owner and the pod cannot open it',
      citation: blog,
      on: ['image-user'],
      expect: all(
        identityLine('uid=777 gid=0 groups=0'),
        node(block, { uid: 'host', gid: 'host' }),
        when(keepsMode, fails(block, 'read', 'EACCES'), all()),
      ),
    },
    {
      id: 'OWN-ID',
      title: 'The process runs as uid=1000 gid=2000 groups=2000,3000',
      citation: blog,
      on: ['user-and-group'],
      expect: identityLine('uid=1000 gid=2000 groups=2000,3000'),
    },
    {
      id: 'OWN-QAT-DPDK',
      title: 'The VFIO nodes belong to 1000:2000 with the host’s mode, and huge pages can be written',
      citation: blog,
      on: ['qat-dpdk'],
      needs: [feature('device-ownership'), runtime('runc', 'crun')],
      expect: all(
        identityLine('uid=1000 gid=2000 groups=2000,3000'),
        node({ fixture: 'vfioGroup' }, { uid: 1000, gid: 2000, mode: '0600' }),
        node({ fixture: 'vfioControl' }, { uid: 1000, gid: 2000, mode: '0666' }),
        writable('/dev/hugepages/podproof'),
      ),
    },
    {
      id: 'OWN-MODE',
      title: 'A device keeps the mode of the host’s node; containerd before 1.5 sends none, and it is 0666',
      citation: 'OCI runtime-spec v1.2 config-linux.md, fileMode; containerd v1.5.0 oci/utils_unix.go',
      on: ['user-and-group', 'user-only', 'root'],
      expect: when(
        ({ cell }) => cell.engine.name === 'containerd' && !hasFeature(cell.engine, 'host-file-mode'),
        all(node(block, { mode: '0666' }), node(char, { mode: '0666' })),
        all(node(block, { mode: 'host' }), node(char, { mode: 'host' })),
      ),
    },
    {
      id: 'OWN-DIRECTORY',
      title:
        'Every node below a directory device belongs to runAsUser and runAsGroup and keeps its mode; CRI-O keeps the owner and opens the mode',
      citation: `${containerdOwner}; cri-o v1.36.3 internal/factory/container/device_linux.go:142-166`,
      on: ['user-and-group'],
      needs: [feature('device-ownership')],
      expect: byEngine({
        containerd: all(
          node({ fixture: 'directory', entry: 'first' }, { uid: 1000, gid: 2000, mode: '0641', numbers: 'host' }),
          node({ fixture: 'directory', entry: 'second' }, { uid: 1000, gid: 2000, mode: '0604', numbers: 'host' }),
        ),
        crio: all(
          node({ fixture: 'directory', entry: 'first' }, { uid: 11, gid: 22, numbers: 'host' }),
          node({ fixture: 'directory', entry: 'second' }, { uid: 33, gid: 44, numbers: 'host' }),
        ),
      }),
    },
    {
      id: 'OWN-KATA',
      title: 'In a Kata guest a disk has the owner and mode that runc would give, the guest’s own numbers, and its content',
      citation: `${containerdOwner}; kata-containers 4.1.0 src/agent/rustjail/src/mount.rs:967`,
      on: ['user-and-group'],
      needs: [runtime('kata'), feature('device-ownership')],
      expect: all(
        guestDisk(block),
        node(block, { uid: 1000, gid: 2000, mode: 'host' }),
        opens(block, 'read'),
        readsCanary(block, canary),
      ),
    },
    {
      id: 'OWN-RUNSC',
      title:
        'In gVisor a device has the owner that runc would give; a disk cannot be opened (ENXIO), and of what the sentry has too, like fuse, the sentry’s own is opened',
      citation: 'gVisor runsc/boot/vfs.go createDeviceFile; pkg/sentry/vfs/device.go OpenDeviceSpecialFile',
      on: ['user-and-group'],
      needs: [runtime('runsc'), feature('device-ownership')],
      expect: all(
        node(block, { uid: 1000, gid: 2000, numbers: 'host' }),
        node(char, { uid: 1000, gid: 2000, numbers: 'host' }),
        fails(block, 'read', 'ENXIO'),
        opens(char, 'read'),
      ),
    },
    {
      id: 'OWN-CDI',
      title: 'A CDI device without ids belongs to the process user; older CRI-O, which injects it too early, gives it to root',
      citation: 'tags.cncf.io/container-device-interface v0.5.4 pkg/cdi/container-edits.go; cri-o commit 64a94f231f',
      on: ['cdi'],
      expect: when(
        ({ cell }) => hasFeature(cell.engine, 'cdi-process-owner'),
        node('/dev/podproof-cdi', { uid: 1000, gid: 2000 }),
        node('/dev/podproof-cdi', { uid: 0, gid: 0 }),
      ),
    },
    {
      id: 'OWN-USERNS',
      title:
        'In a user namespace runc binds the host’s node, whose owner is unmapped: EACCES; crun makes a node of the pod’s user, and opening it works; containerd 2 refuses a runtime without idmap mounts',
      citation: 'https://github.com/opencontainers/runc/issues/2121; https://github.com/containers/crun/pull/1103 (crun 1.8)',
      on: ['user-namespace'],
      needs: [runtime('runc', 'crun >=1.8')],
      expect: when(
        lacksIdmap,
        noIdmap,
        when(
          ({ cell }) => cell.runtime.name === 'crun',
          all(node(block, { uid: 1000, gid: 2000 }), opens(block, 'read')),
          all(node(block, { uid: 65534, gid: 65534 }), fails(block, 'read', 'EACCES')),
        ),
      ),
    },
    {
      id: 'OWN-USERNS-MAPPED',
      title:
        'In a user namespace runc cannot map a device to another path, as it binds the host’s node of the path in the pod; crun can',
      citation: 'https://github.com/opencontainers/runc/issues/5137; https://github.com/containers/crun/pull/1103 (crun 1.8)',
      on: ['user-namespace-mapped'],
      needs: [runtime('runc', 'crun >=1.8')],
      expect: when(
        lacksIdmap,
        noIdmap,
        when(
          ({ cell }) => cell.runtime.name === 'crun',
          node(block, { uid: 1000, gid: 2000 }),
          byEngine({
            containerd: refused('StartContainer', notThere),
            crio: refused('CreateContainer', notThere),
          }),
        ),
      ),
    },
    {
      id: 'OWN-EFFECTIVE',
      title: 'The flag is effective in the running engine as planned',
      citation: 'CRI api.proto, StatusResponse.info of a verbose request',
      on: ['user-and-group', 'flag-off'],
      needs: [feature('device-ownership')],
      expect: effectiveConfig('device_ownership_from_security_context'),
    },
  ],
});
