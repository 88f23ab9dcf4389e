import {
  engine,
  fateOfKeys,
  notTaken,
  question,
  suite,
  type ConfigReading,
  type Documented,
  type Question,
  type Scenario,
} from '../lib/suite/mod.ts';

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

/** A file that containerd reads. */
const read = (id: string, title: string, reads: ConfigReading): Scenario => ({ id, title, needs: containerd, reads });

/** What can become of a snippet. `dead` is what it does to its user where its keys have no effect. */
const fates = (dead: 'breaks' | 'weakens') =>
  ({
    effective: { says: 'every key of it is in force', seen: { keys: 'effective' } },
    dead: { says: 'it is read, and keys of it have no effect, without a word', harm: dead, seen: { keys: 'dead' } },
    'dead-with-a-warning': {
      short: 'dead, with a warning',
      says: 'it is read, and keys of it have no effect; the log names them',
      harm: dead,
      seen: { keys: 'dead with a warning' },
    },
    'short-name': {
      short: 'refused: short name',
      says: 'the engine does not start: [plugins.cri] is no name of version 2',
      harm: 'breaks',
      seen: notTaken(/invalid plugin key URI "cri" expect io\.containerd\.x\.vx/),
    },
    'too-new': {
      short: 'refused: too new',
      says: 'the engine does not start: it does not know the version of the file',
      harm: 'breaks',
      seen: notTaken(/unsupported config version/),
    },
    'newer-drop-in': {
      short: 'refused: newer drop-in',
      says: 'the engine does not start: a drop-in may not be newer than its file',
      harm: 'breaks',
      seen: notTaken(/drop-in config version 3 higher than root config version 2/),
    },
  }) as const;
type Fate = keyof ReturnType<typeof fates>;

interface Snippet {
  id: string;
  asks: string;
  on: string[];
  dead: 'breaks' | 'weakens';
  citation: string;
  /** The fate by range of versions, as `engine` takes it. */
  documented: ReadonlyArray<readonly [range: string, fate: Fate]>;
}

function snippet({ id, asks, on, dead, citation, documented }: Snippet): Question {
  return question({
    id,
    asks,
    on,
    reads: { keys: fateOfKeys() },
    answers: fates(dead),
    documented: documented.map(([range, answer]): Documented<Fate> => ({ answer, where: [engine(range)], citation })),
  });
}

/** What each 1.x of containerd, none of which knows a file of version 3, makes of one: the last of each series say so. */
const version3In1 = (since: string, fate: Fate): Snippet['documented'] => [
  [`containerd >=${since} <1.6.32`, fate],
  ['containerd >=1.6.32 <1.7', 'too-new'],
  ['containerd >=1.7.17 <2.0', 'too-new'],
  ['containerd >=1.7 <1.7.17', fate],
];

/** What is documented of the tables of containerd 2. */
const today = {
  citation:
    'containerd v2.3.4 docs/cri/config.md; containerd v1.7.17 services/server/config/config.go: unsupported config version',
  documented: [...version3In1('1.3', 'dead'), ['containerd >=2.0', 'effective']],
} satisfies Partial<Snippet>;

export default suite({
  id: 'docs',
  title: 'What each engine makes of the configuration that documents print',
  scenarios: [
    read('privileged-as-printed', 'Kata’s snippet for containerd, as printed', { text: privilegedForContainerd }),
    read('privileged-in-daemon', 'a daemon with Kata’s snippet for containerd, as printed', {
      text: privilegedForContainerd,
      running: true,
    }),
    read('privileged-in-version-2', 'Kata’s snippet for containerd, in a file of version 2', {
      text: version2 + privilegedForContainerd,
    }),
    read('privileged-today', 'the same settings in the tables of containerd 2', { text: privilegedToday }),
    read('ownership-as-printed', 'the blog’s snippet for containerd, as printed', { text: ownershipForContainerd }),
    read('ownership-in-daemon', 'a daemon with the blog’s snippet for containerd, as printed', {
      text: ownershipForContainerd,
      running: true,
    }),
    read('ownership-in-version-2', 'the blog’s snippet for containerd, in a file of version 2', {
      text: version2 + ownershipForContainerd,
    }),
    read('ownership-in-version-3', 'the blog’s snippet for containerd, in a file of version 3', {
      text: version3 + ownershipForContainerd,
    }),
    read('ownership-today', 'the flag in the table of containerd 2', { text: ownershipToday }),
    read('newer-drop-in', 'a drop-in of version 3 beside a file of version 2', { text: ownershipToday, beside: version2 }),
    read('older-drop-in', 'a drop-in of version 2 beside a file of version 3', {
      text: version2 + ownershipForContainerd,
      beside: version3,
    }),
    read('runtime-snapshotter', 'a snapshotter of one runtime, in a file of version 2', { text: runtimeSnapshotter }),
    { id: 'privileged-crio', title: 'Kata’s snippet for CRI-O, as printed', needs: crio, reads: { text: privilegedForCrio } },
    { id: 'ownership-crio', title: 'the blog’s snippet for CRI-O, as printed', needs: crio, reads: { text: ownershipForCrio } },
  ],
  questions: [
    snippet({
      id: 'DOC-SNIPPET-PRIVILEGED',
      asks: 'What does containerd make of Kata’s snippet, which names no version and so is of version 1?',
      on: ['privileged-as-printed', 'privileged-in-daemon'],
      dead: 'weakens',
      citation: `${kataDocument}; ${migration}`,
      documented: [['containerd >=1.3', 'effective']],
    }),
    snippet({
      id: 'DOC-SNIPPET-PRIVILEGED-VERSIONED',
      asks: 'What does containerd make of Kata’s snippet in a file of version 2?',
      on: ['privileged-in-version-2'],
      dead: 'weakens',
      citation:
        'containerd v1.7.24 services/server/config/config.go ValidateV2: plugin keys need four parts; v2.0.0 cmd/containerd/server/config/config.go ValidateVersion no longer looks at them',
      documented: [
        ['containerd >=1.3 <2.0', 'short-name'],
        ['containerd >=2.0', 'dead'],
      ],
    }),
    snippet({
      id: 'DOC-SNIPPET-PRIVILEGED-TODAY',
      asks: 'What does containerd make of host devices withheld from Kata in the tables of containerd 2?',
      on: ['privileged-today'],
      dead: 'weakens',
      ...today,
    }),
    snippet({
      id: 'DOC-SNIPPET-OWNERSHIP',
      asks: 'What does containerd make of the blog’s snippet, which names no version and so is of version 1?',
      on: ['ownership-as-printed', 'ownership-in-daemon'],
      dead: 'breaks',
      citation: `${blog}; https://github.com/containerd/containerd/issues/5237; ${migration}`,
      documented: [
        ['containerd <2.0', 'dead'],
        ['containerd >=2.0', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-SNIPPET-OWNERSHIP-VERSIONED',
      asks: 'What does containerd make of the blog’s snippet in a file of version 2?',
      on: ['ownership-in-version-2'],
      dead: 'breaks',
      citation: `${blog}; containerd commit e0f8c04da`,
      documented: [
        ['containerd <1.6', 'dead'],
        ['containerd >=1.6', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-SNIPPET-OWNERSHIP-NEWER',
      asks: 'What does containerd make of the blog’s snippet in a file of version 3?',
      on: ['ownership-in-version-3'],
      dead: 'breaks',
      citation: `${blog}; containerd v2.3.4 plugins/cri/runtime/plugin.go`,
      documented: [
        ['containerd <1.6', 'dead'],
        ...version3In1('1.6', 'effective'),
        ['containerd >=2.0 <2.3', 'dead-with-a-warning'],
        ['containerd >=2.3', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-SNIPPET-OWNERSHIP-TODAY',
      asks: 'What does containerd make of the ownership flag in the table of containerd 2?',
      on: ['ownership-today'],
      dead: 'breaks',
      ...today,
    }),
    snippet({
      id: 'DOC-DROP-IN-NEWER',
      asks: 'What does containerd make of a drop-in of a newer version than its file?',
      on: ['newer-drop-in'],
      dead: 'breaks',
      citation:
        'containerd v2.3.4 cmd/containerd/server/config/config.go:480: drop-in config version higher than root config version; v2.4.0 has no such line, and migrates each file',
      documented: [
        ...version3In1('1.3', 'dead'),
        ['containerd >=2.0 <2.3', 'effective'],
        ['containerd >=2.3 <2.4.0', 'newer-drop-in'],
        ['containerd >=2.4.0', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-DROP-IN-OLDER',
      asks: 'What does containerd make of a drop-in of version 2 beside a file of version 3?',
      on: ['older-drop-in'],
      dead: 'breaks',
      citation: 'containerd v2.3.4 cmd/containerd/server/config/config.go LoadConfigWithPlugins; containerd commit e0f8c04da',
      documented: [
        ['containerd <1.6', 'dead'],
        ['containerd >=1.6', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-SNAPSHOTTER',
      asks: 'Can a runtime have a snapshotter of its own?',
      on: ['runtime-snapshotter'],
      dead: 'breaks',
      citation: 'containerd v1.7.0 pkg/cri/config/config.go: snapshotter',
      documented: [
        ['containerd <1.7', 'dead'],
        ['containerd >=1.7', 'effective'],
      ],
    }),
    snippet({
      id: 'DOC-SNIPPET-CRIO-PRIVILEGED',
      asks: 'What does CRI-O make of Kata’s snippet with its three handlers?',
      on: ['privileged-crio'],
      dead: 'weakens',
      citation: kataDocument,
      documented: [['crio >=1.16', 'effective']],
    }),
    snippet({
      id: 'DOC-SNIPPET-CRIO-OWNERSHIP',
      asks: 'What does CRI-O make of the blog’s snippet?',
      on: ['ownership-crio'],
      dead: 'breaks',
      citation: blog,
      documented: [
        ['crio <1.22', 'dead'],
        ['crio >=1.22', 'effective'],
      ],
    }),
  ],
});
