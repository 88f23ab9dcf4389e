import { engine, snippet, suite } from '../lib/suite/mod.ts';

const kataDocument = 'https://github.com/kata-containers/kata-containers/blob/3.0.0/docs/how-to/privileged.md';
const blog = 'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/';
const migration =
  'containerd v2.2.7 RELEASES.md, Daemon Configuration: a file without a version is of version 1, and is migrated on each start';

/** Kata's document, "See below example config", for containerd. */
const privilegedForContainerd = `[plugins]
[plugins.cri]
[plugins.cri.containerd]
[plugins.cri.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
privileged_without_host_devices = false
[plugins.cri.containerd.runtimes.kata]
runtime_type = "io.containerd.kata.v2"
privileged_without_host_devices = true
[plugins.cri.containerd.runtimes.kata.options]
ConfigPath = "/opt/kata/share/defaults/kata-containers/configuration.toml"
`;

/** Kata's document, "See below example config", for CRI-O. */
const privilegedForCrio = `[crio.runtime.runtimes.runc]
runtime_path = "/usr/local/bin/crio-runc"
runtime_type = "oci"
runtime_root = "/run/runc"
privileged_without_host_devices = false
[crio.runtime.runtimes.kata]
runtime_path = "/usr/bin/kata-runtime"
runtime_type = "oci"
privileged_without_host_devices = true
[crio.runtime.runtimes.kata-shim2]
runtime_path = "/usr/local/bin/containerd-shim-kata-v2"
runtime_type = "vm"
privileged_without_host_devices = true
`;

/** The blog, "The cluster runs containerd with". */
const ownershipForContainerd = `[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    device_ownership_from_security_context = true
`;

/** The blog, "or CRI-O with". */
const ownershipForCrio = `[crio.runtime]
device_ownership_from_security_context = true
`;

/** The same settings where today's containerd documents them (docs/cri/config.md). */
const ownershipToday = `version = 3
[plugins.'io.containerd.cri.v1.runtime']
  device_ownership_from_security_context = true
`;
const privilegedToday = `version = 3
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  privileged_without_host_devices = true
`;

const runtimeSnapshotter = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  snapshotter = "native"
`;

/** What distributions and `containerd config default` of 1.x put at the head of the file. */
const version2 = 'version = 2\n';
const version3 = 'version = 3\n';

const containerd = [engine('containerd')];
const crio = [engine('crio')];
const shortName = /invalid plugin key URI "cri" expect io\.containerd\.x\.vx/;
const tooNew = /unsupported config version/;

export default suite({
  id: 'docs',
  title: 'What each engine makes of the configuration that documents print',
  scenarios: [
    {
      id: 'privileged-as-printed',
      title: 'Kata’s snippet for containerd, as printed',
      needs: containerd,
      reads: { text: privilegedForContainerd },
    },
    {
      id: 'privileged-in-daemon',
      title: 'a daemon with Kata’s snippet for containerd, as printed',
      needs: containerd,
      reads: { text: privilegedForContainerd, running: true },
    },
    {
      id: 'privileged-in-version-2',
      title: 'Kata’s snippet for containerd, in a file of version 2',
      needs: containerd,
      reads: { text: version2 + privilegedForContainerd },
    },
    {
      id: 'privileged-today',
      title: 'the same settings in the tables of containerd 2',
      needs: containerd,
      reads: { text: privilegedToday },
    },
    {
      id: 'ownership-as-printed',
      title: 'the blog’s snippet for containerd, as printed',
      needs: containerd,
      reads: { text: ownershipForContainerd },
    },
    {
      id: 'ownership-in-daemon',
      title: 'a daemon with the blog’s snippet for containerd, as printed',
      needs: containerd,
      reads: { text: ownershipForContainerd, running: true },
    },
    {
      id: 'ownership-in-version-2',
      title: 'the blog’s snippet for containerd, in a file of version 2',
      needs: containerd,
      reads: { text: version2 + ownershipForContainerd },
    },
    {
      id: 'ownership-in-version-3',
      title: 'the blog’s snippet for containerd, in a file of version 3',
      needs: containerd,
      reads: { text: version3 + ownershipForContainerd },
    },
    {
      id: 'ownership-today',
      title: 'the flag in the table of containerd 2',
      needs: containerd,
      reads: { text: ownershipToday },
    },
    {
      id: 'newer-drop-in',
      title: 'a drop-in of version 3 beside a file of version 2',
      needs: containerd,
      reads: { text: ownershipToday, beside: version2 },
    },
    {
      id: 'older-drop-in',
      title: 'a drop-in of version 2 beside a file of version 3',
      needs: containerd,
      reads: { text: version2 + ownershipForContainerd, beside: version3 },
    },
    {
      id: 'runtime-snapshotter',
      title: 'a snapshotter of one runtime, in a file of version 2',
      needs: containerd,
      reads: { text: runtimeSnapshotter },
    },
    { id: 'privileged-crio', title: 'Kata’s snippet for CRI-O, as printed', needs: crio, reads: { text: privilegedForCrio } },
    { id: 'ownership-crio', title: 'the blog’s snippet for CRI-O, as printed', needs: crio, reads: { text: ownershipForCrio } },
  ],
  rules: [
    {
      id: 'DOC-SNIPPET-PRIVILEGED',
      title: 'Kata’s containerd snippet, which names no version and so is of version 1, works in every containerd',
      citation: `${kataDocument}; ${migration}`,
      on: ['privileged-as-printed', 'privileged-in-daemon'],
      expect: snippet({ on: 'containerd >=1.3', is: 'effective' }),
    },
    {
      id: 'DOC-SNIPPET-PRIVILEGED-VERSIONED',
      title:
        'In a file of version 2, Kata’s containerd snippet is refused by containerd 1.x, and dead without a word from 2.0 on',
      citation:
        'containerd v1.7.24 services/server/config/config.go ValidateV2: plugin keys need four parts; v2.0.0 cmd/containerd/server/config/config.go ValidateVersion no longer looks at them',
      on: ['privileged-in-version-2'],
      expect: snippet({ on: 'containerd >=1.3 <2.0', is: 'refused', says: shortName }, { on: 'containerd >=2.0', is: 'dead' }),
    },
    {
      id: 'DOC-SNIPPET-PRIVILEGED-TODAY',
      title: 'Host devices withheld from Kata in the tables of containerd 2: dead or refused before 2.0',
      citation:
        'containerd v2.3.4 docs/cri/config.md; containerd v1.7.17 services/server/config/config.go: unsupported config version',
      on: ['privileged-today'],
      expect: snippet(
        { on: 'containerd >=1.3 <1.6.32', is: 'dead' },
        { on: 'containerd >=1.6.32 <1.7', is: 'refused', says: tooNew },
        { on: 'containerd >=1.7 <1.7.17', is: 'dead' },
        { on: 'containerd >=1.7.17 <2.0', is: 'refused', says: tooNew },
        { on: 'containerd >=2.0', is: 'effective' },
      ),
    },
    {
      id: 'DOC-SNIPPET-OWNERSHIP',
      title:
        'The blog’s containerd snippet, which names no version, is dead before containerd 2.0, as version 1 calls the table [plugins.cri]; later ones migrate it',
      citation: `${blog}; https://github.com/containerd/containerd/issues/5237; ${migration}`,
      on: ['ownership-as-printed', 'ownership-in-daemon'],
      expect: snippet({ on: 'containerd <2.0', is: 'dead' }, { on: 'containerd >=2.0', is: 'effective' }),
    },
    {
      id: 'DOC-SNIPPET-OWNERSHIP-VERSIONED',
      title: 'In a file of version 2, the blog’s containerd snippet works from containerd 1.6 on, and is dead before',
      citation: `${blog}; containerd commit e0f8c04da`,
      on: ['ownership-in-version-2'],
      expect: snippet({ on: 'containerd <1.6', is: 'dead' }, { on: 'containerd >=1.6', is: 'effective' }),
    },
    {
      id: 'DOC-SNIPPET-OWNERSHIP-NEWER',
      title:
        'In a file of version 3, the blog’s containerd snippet is dead in 2.0 to 2.2; older versions take or refuse the file, 2.3 moves the key',
      citation: `${blog}; containerd v2.3.4 plugins/cri/runtime/plugin.go`,
      on: ['ownership-in-version-3'],
      expect: snippet(
        { on: 'containerd <1.6', is: 'dead' },
        { on: 'containerd >=1.6 <1.6.32', is: 'effective' },
        { on: 'containerd >=1.6.32 <1.7', is: 'refused', says: tooNew },
        { on: 'containerd >=1.7 <1.7.17', is: 'effective' },
        { on: 'containerd >=1.7.17 <2.0', is: 'refused', says: tooNew },
        { on: 'containerd >=2.0 <2.3', is: 'dead' },
        { on: 'containerd >=2.3', is: 'effective' },
      ),
    },
    {
      id: 'DOC-SNIPPET-OWNERSHIP-TODAY',
      title: 'The ownership flag in the table of containerd 2: dead or refused before 2.0',
      citation:
        'containerd v2.3.4 docs/cri/config.md; containerd v1.7.17 services/server/config/config.go: unsupported config version',
      on: ['ownership-today'],
      expect: snippet(
        { on: 'containerd >=1.3 <1.6.32', is: 'dead' },
        { on: 'containerd >=1.6.32 <1.7', is: 'refused', says: tooNew },
        { on: 'containerd >=1.7 <1.7.17', is: 'dead' },
        { on: 'containerd >=1.7.17 <2.0', is: 'refused', says: tooNew },
        { on: 'containerd >=2.0', is: 'effective' },
      ),
    },
    {
      id: 'DOC-DROP-IN-NEWER',
      title: 'A drop-in may be of a newer version than its file in containerd 2.0 to 2.2 only; 2.3 refuses it',
      citation:
        'containerd v2.3.4 cmd/containerd/server/config/config.go:480: drop-in config version higher than root config version',
      on: ['newer-drop-in'],
      expect: snippet(
        { on: 'containerd >=1.3 <1.6.32', is: 'dead' },
        { on: 'containerd >=1.6.32 <1.7', is: 'refused', says: tooNew },
        { on: 'containerd >=1.7 <1.7.17', is: 'dead' },
        { on: 'containerd >=1.7.17 <2.0', is: 'refused', says: tooNew },
        { on: 'containerd >=2.0 <2.3', is: 'effective' },
        { on: 'containerd >=2.3', is: 'refused', says: /drop-in config version 3 higher than root config version 2/ },
      ),
    },
    {
      id: 'DOC-DROP-IN-OLDER',
      title: 'A drop-in of version 2 works beside a file of version 3, where the flag exists',
      citation: 'containerd v2.3.4 cmd/containerd/server/config/config.go LoadConfigWithPlugins; containerd commit e0f8c04da',
      on: ['older-drop-in'],
      expect: snippet({ on: 'containerd <1.6', is: 'dead' }, { on: 'containerd >=1.6', is: 'effective' }),
    },
    {
      id: 'DOC-SNAPSHOTTER',
      title: 'A runtime has a snapshotter of its own from containerd 1.7 on',
      citation: 'containerd v1.7.0 pkg/cri/config/config.go: snapshotter',
      on: ['runtime-snapshotter'],
      expect: snippet({ on: 'containerd <1.7', is: 'dead' }, { on: 'containerd >=1.7', is: 'effective' }),
    },
    {
      id: 'DOC-SNIPPET-CRIO-PRIVILEGED',
      title: 'Kata’s CRI-O snippet sets its three handlers',
      citation: kataDocument,
      on: ['privileged-crio'],
      expect: snippet({ on: 'crio >=1.16', is: 'effective' }),
    },
    {
      id: 'DOC-SNIPPET-CRIO-OWNERSHIP',
      title: 'The blog’s CRI-O snippet works from CRI-O 1.22 on, and is dead before',
      citation: blog,
      on: ['ownership-crio'],
      expect: snippet({ on: 'crio <1.22', is: 'dead' }, { on: 'crio >=1.22', is: 'effective' }),
    },
  ],
});
