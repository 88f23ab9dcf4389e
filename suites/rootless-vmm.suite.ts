import {
  accounts,
  atCreateOrStart,
  deviceOf,
  helperUsers,
  launchEnd,
  leftovers,
  modeOf,
  opening,
  ownerOf,
  question,
  refused,
  runtime,
  runtimeDirectory,
  spareFunction,
  starts,
  suite,
  unanswered,
  vmm,
  vmmCapabilities,
  vmmConfinement,
  vmmGroups,
  vmmUser,
} from '../lib/suite/mod.ts';
import { noMultifunction } from './refusals.ts';

const howTo = 'kata-containers 4.1.0 docs/how-to/how-to-run-rootless-vmm.md';
const groupOfKvm = 'kata-containers 4.1.0 src/runtime/pkg/containerd-shim-v2/create.go:398-497';
const test = 'kata-containers 4.1.0 tests/integration/kubernetes/k8s-qemu-rootless-sandbox.bats';
const kata = runtime('kata');
/** The VMMs that rootless is for, and those that it is not for. */
const supported = vmm('qemu', 'clh');
const others = vmm('firecracker', 'dragonball', 'stratovirt', 'openvmm');
const plainDisk = { fixture: 'blockPlain', at: '/dev/podproof-disk' } as const;
const disk = { fixture: 'blockPlain' } as const;

/** The Go shim keeps a rootless Cloud Hypervisor out of its own directory, whatever is asked of it. */
const neverRuns = {
  short: 'VMM never runs',
  says: 'the pod is refused: Cloud Hypervisor ends at once, as it cannot make its API socket',
  harm: 'breaks',
  seen: refused('RunPodSandbox', /failed to launch cloud-hypervisor: "CLH is not running"/),
} as const;
/** How a sandbox ends that was begun, and whose VMM never came up: what is left of any other refusal says nothing of a VMM. */
const noVmm = /failed to launch|\/dev\/kvm|KVM|does not support rootless mode/;

const rootless = { needs: [kata, supported], handler: 'rootless' as const, pod: {} };
const rootlessDisk = { ...rootless, pod: { devices: [plainDisk] } };

export default suite({
  id: 'rootless-vmm',
  title: 'Who runs the VMM, and what it can still open',
  scenarios: [
    { id: 'baseline', title: 'pod, rootless off', needs: [kata, supported], pod: {} },
    { id: 'rootless', title: 'pod, rootless on', ...rootless, afterRemoval: true },
    {
      id: 'confined',
      title: 'pod, rootless and QEMU’s seccomp filter on',
      needs: [kata, vmm('qemu')],
      handler: 'confined',
      pod: {},
    },
    {
      id: 'unsupported',
      title: 'pod, rootless on, of a VMM that it is not for',
      ...rootless,
      needs: [kata, others],
      afterRemoval: true,
    },
    { id: 'twins', title: 'two pods at once, rootless on', ...rootless, twin: true },
    {
      id: 'annotation',
      title: 'pod with the rootless annotation, enabled',
      needs: [kata, supported],
      handler: 'annotated',
      pod: { annotations: { 'io.katacontainers.config.hypervisor.rootless': 'true' } },
    },
    {
      id: 'annotation-as-documented',
      title: 'pod with the annotation as the document spelled it through 4.0.0',
      needs: [kata, supported],
      handler: 'annotated',
      pod: { annotations: { 'io.katacontainers.hypervisor.rootless': 'true' } },
    },
    {
      id: 'annotation-denied',
      title: 'pod with the rootless annotation, not enabled',
      needs: [kata, supported],
      pod: { annotations: { 'io.katacontainers.config.hypervisor.rootless': 'true' } },
    },
    {
      id: 'kvm-closed',
      title: 'pod, rootless on, /dev/kvm root:root 0600',
      needs: [kata, supported],
      handler: 'rootless-unbooted',
      hostState: { kvm: { owner: 'root:root', mode: '0600' } },
      pod: {},
      afterRemoval: true,
    },
    {
      id: 'kvm-open',
      title: 'pod, rootless on, /dev/kvm root:root 0666',
      ...rootless,
      hostState: { kvm: { owner: 'root:root', mode: '0666' } },
    },
    {
      id: 'block-closed',
      title: 'pod with a disk root:disk 0660, rootless on',
      ...rootlessDisk,
      hostState: { blockPlain: { owner: 'root:disk', mode: '0660' } },
    },
    {
      id: 'block-open',
      title: 'pod with a disk 0666, rootless on',
      ...rootlessDisk,
      hostState: { blockPlain: { owner: 'root:disk', mode: '0666' } },
      attempts: [{ what: 'read', path: { fixture: 'blockPlain' } }],
    },
    {
      id: 'vfio',
      title: 'pod with a VFIO device, rootless on',
      needs: [kata, supported, spareFunction],
      handler: 'rootless-vfio',
      pod: { devices: [{ fixture: 'vfioGroup' }] },
    },
    { id: 'killed', title: 'pod whose VMM is killed, rootless on', ...rootless, killVmm: true, afterRemoval: true },
  ],
  questions: [
    question({
      id: 'RVMM-BASELINE',
      asks: 'Who runs the VMM with rootless off?',
      on: ['baseline'],
      reads: { user: vmmUser() },
      answers: {
        root: { says: 'root', seen: { user: 'root' } },
        'own-account': { says: 'a kata-N account of its own', seen: { user: 'own account' } },
      },
      documented: { root: howTo },
    }),
    question({
      id: 'RVMM-UID',
      asks: 'Who runs the VMM with rootless on, and with which capabilities?',
      on: ['rootless'],
      reads: { user: vmmUser(), holds: vmmCapabilities() },
      answers: {
        'own-account': {
          says: 'one kata-N account of its own, without capabilities',
          seen: { user: 'own account', holds: 'none' },
        },
        root: { says: 'root', harm: 'weakens', seen: { user: 'root', holds: ['none', 'some'] } },
        'never-runs': neverRuns,
      },
      documented: { 'own-account': howTo },
    }),
    question({
      id: 'RVMM-GROUPS',
      asks: 'Which supplementary groups has a rootless VMM?',
      on: ['rootless'],
      reads: { groups: vmmGroups() },
      answers: {
        kvm: { says: 'the group of /dev/kvm alone', seen: { groups: 'kvm' } },
        root: { says: 'the group of root, which is that of /dev/kvm', harm: 'weakens', seen: { groups: 'root' } },
        'never-runs': neverRuns,
      },
      documented: { kvm: groupOfKvm },
    }),
    question({
      id: 'RVMM-CONFINED',
      asks: 'With QEMU’s seccomp filter on, is the rootless VMM confined?',
      on: ['confined'],
      needs: [runtime('kata >=4.1.0')],
      reads: { user: vmmUser(), holds: vmmCapabilities(), process: vmmConfinement() },
      answers: {
        filter: {
          short: 'yes',
          says: 'yes: it has a filter and cannot gain privileges',
          seen: { user: 'own account', holds: 'none', process: 'filter' },
        },
        none: {
          short: 'no',
          says: 'no: it has no filter',
          harm: 'weakens',
          seen: { user: 'own account', holds: 'none', process: 'none' },
        },
      },
      documented: { filter: test },
    }),
    question({
      id: 'RVMM-SPLIT',
      asks: 'Who runs shim and virtiofsd of a rootless VMM?',
      on: ['rootless'],
      reads: { users: helperUsers() },
      answers: { root: { says: 'root', seen: { users: 'root' } }, 'never-runs': neverRuns },
      documented: { root: howTo },
    }),
    question({
      id: 'RVMM-FILES',
      asks: 'Is the runtime directory of a rootless VMM closed to others?',
      on: ['rootless'],
      reads: { directory: runtimeDirectory() },
      answers: {
        closed: { says: 'yes: /run/user/<uid> is its own and closed', seen: { directory: 'closed' } },
        open: {
          says: 'no: /run/user/<uid> is its own, and other users can look into it',
          harm: 'weakens',
          seen: { directory: 'open' },
        },
        'never-runs': neverRuns,
      },
      documented: { closed: howTo },
    }),
    question({
      id: 'RVMM-ANNOTATION',
      asks: 'Does the annotation, enabled and passed through, make the VMM rootless?',
      on: ['annotation'],
      reads: { user: vmmUser(), holds: vmmCapabilities() },
      answers: {
        'own-account': { short: 'yes', says: 'yes: a kata-N account runs it', seen: { user: 'own account', holds: 'none' } },
        ignored: {
          short: 'no: VMM of root',
          says: 'no: it is ignored without a word, and root runs the VMM',
          harm: 'weakens',
          seen: { user: 'root', holds: ['some', 'none'] },
        },
      },
      documented: { 'own-account': 'kata-containers 4.1.0 src/libs/kata-types/src/annotations/mod.rs:255' },
    }),
    question({
      id: 'RVMM-ANNOTATION-SEED',
      asks: 'Does the annotation as documented through 4.0.0 make the VMM rootless?',
      on: ['annotation-as-documented'],
      reads: { user: vmmUser() },
      answers: {
        ignored: {
          short: 'no: VMM of root',
          says: 'no: it has no effect, and root runs the VMM',
          harm: 'weakens',
          seen: { user: 'root' },
        },
        'own-account': { short: 'yes', says: 'yes: a kata-N account runs it', seen: { user: 'own account' } },
      },
      documented: { ignored: 'kata-containers commit 80a4f5b57b corrected the document' },
    }),
    question({
      id: 'RVMM-ANNOTATION-DENIED',
      asks: 'Is a pod refused whose rootless annotation is not enabled?',
      on: ['annotation-denied'],
      reads: { user: vmmUser() },
      answers: {
        refused: {
          short: 'yes',
          says: 'yes',
          seen: refused('RunPodSandbox', /annotation io\.katacontainers\.config\.hypervisor\.rootless is not enabled/),
        },
        ignored: { short: 'no: VMM of root', says: 'no: it runs, with the VMM of root', harm: 'weakens', seen: { user: 'root' } },
        obeyed: { short: 'no: obeyed', says: 'no: it is obeyed', harm: 'weakens', seen: { user: 'own account' } },
      },
      documented: { refused: 'kata-containers 4.1.0 src/runtime/pkg/oci/utils.go:516' },
    }),
    question({
      id: 'RVMM-KVM-MODE',
      asks: 'What becomes of a pod whose VMM may not open /dev/kvm?',
      on: ['kvm-closed'],
      reads: { user: vmmUser() },
      answers: {
        refused: {
          says: 'it is refused, and the message names it',
          seen: refused('RunPodSandbox', /\/dev\/kvm|KVM|failed to launch qemu/i),
        },
        hangs: {
          says: 'RunPodSandbox never answers, as the shim waits for a VMM that is gone',
          harm: 'breaks',
          seen: unanswered('RunPodSandbox'),
        },
        root: { says: 'it runs, with the VMM of root', harm: 'weakens', seen: { user: 'root' } },
        'never-runs': neverRuns,
      },
      documented: { refused: howTo },
    }),
    question({
      id: 'RVMM-KVM-WIDE',
      asks: 'What becomes of a rootless VMM where /dev/kvm is root:root 0666?',
      on: ['kvm-open'],
      reads: { user: vmmUser(), holds: vmmCapabilities(), groups: vmmGroups() },
      answers: {
        'group-of-root': {
          says: 'it runs, and gets the group of root, which hides that the group is wrong',
          harm: 'weakens',
          seen: { user: 'own account', holds: 'none', groups: 'root' },
        },
        'never-runs': neverRuns,
      },
      documented: { 'group-of-root': `${groupOfKvm}: the gid of /dev/kvm, whatever its name` },
    }),
    question({
      id: 'RVMM-DISTINCT',
      asks: 'Have two rootless pods at once two accounts?',
      on: ['twins'],
      reads: { accounts: accounts() },
      answers: {
        two: { short: 'yes', says: 'yes', seen: { accounts: '2' } },
        one: { short: 'no: one for both', says: 'no: they share one', harm: 'weakens', seen: { accounts: '1' } },
        'never-runs': neverRuns,
      },
      documented: { two: howTo },
    }),
    question({
      id: 'RVMM-BLOCK-EACCES',
      asks: 'What becomes of a disk that the account of a rootless VMM may not open?',
      on: ['block-closed'],
      reads: { device: deviceOf(disk) },
      answers: {
        denied: {
          short: 'refused: EACCES',
          says: 'the pod is refused: permission denied',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /Could not open '\/dev\/\w+': Permission denied/),
        },
        opens: { says: 'the guest has it all the same', harm: 'weakens', seen: { device: 'guest' } },
        'never-runs': neverRuns,
      },
      documented: { denied: howTo },
    }),
    question({
      id: 'RVMM-BLOCK-OPEN',
      asks: 'Can a pod of a rootless VMM read a disk with mode 0666?',
      on: ['block-open'],
      reads: {
        user: vmmUser(),
        holds: vmmCapabilities(),
        device: deviceOf(disk),
        owner: ownerOf(disk),
        mode: modeOf(disk),
        read: opening('read', disk),
      },
      answers: {
        reads: {
          short: 'yes',
          says: 'yes: it is a disk of the guest, with the host’s owner and mode',
          seen: { user: 'own account', holds: 'none', device: 'guest', owner: 'host', mode: 'host', read: 'works' },
        },
        closed: {
          short: 'mode 000',
          says: 'yes, as its process is root: the mode is 000, which keeps every other user out',
          harm: 'breaks',
          seen: { user: 'own account', holds: 'none', device: 'guest', owner: 'host', mode: 'closed', read: 'works' },
        },
        'never-runs': neverRuns,
      },
      documented: { reads: howTo },
    }),
    question({
      id: 'RVMM-VFIO-EACCES',
      asks: 'What becomes of a VFIO device that the account of a rootless VMM may not open?',
      on: ['vfio'],
      reads: { pod: starts() },
      answers: {
        denied: {
          short: 'refused: EACCES',
          says: 'the pod is refused: EACCES of the file mode, not EPERM of a device cgroup',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /vfio .*'?\/dev\/vfio\/\d+'?: Permission denied/),
        },
        started: { says: 'the pod starts', seen: { pod: 'ran' } },
        'no-multifunction': noMultifunction,
        'never-runs': neverRuns,
      },
      documented: { denied: howTo },
    }),
    question({
      id: 'RVMM-UNSUPPORTED-VMM',
      asks: 'What becomes of rootless with a VMM that it is not for?',
      on: ['unsupported'],
      reads: { user: vmmUser() },
      answers: {
        refused: {
          says: 'the pod is refused before anything is made',
          seen: refused('RunPodSandbox', /dragonball hypervisor does not support rootless mode/),
        },
        ignored: { says: 'it is ignored, and root runs the VMM', harm: 'weakens', seen: { user: 'root' } },
      },
      documented: [
        {
          answer: 'refused',
          where: [vmm('dragonball')],
          citation: 'kata-containers 4.1.0 src/libs/kata-types/src/config/hypervisor/dragonball.rs:185',
        },
        {
          answer: 'ignored',
          citation: 'kata-containers 4.1.0 src/runtime/pkg/katautils/config.go: Firecracker and StratoVirt do not read the key',
        },
      ],
    }),
    question({
      id: 'RVMM-LEFTOVERS',
      asks: 'What is left of a rootless sandbox 30 s after it is gone?',
      on: ['rootless', 'kvm-closed', 'killed', 'unsupported'],
      reads: { end: launchEnd('RunPodSandbox', noVmm), left: leftovers('runtime') },
      answers: {
        nothing: {
          says: 'nothing: account, directory, processes and mounts are gone',
          seen: { end: ['ran', 'refused so'], left: 'nothing' },
        },
        'shim-directory': {
          short: 'shim’s directory',
          says: 'the directory of its shim below /run/vc/sbs',
          seen: { end: ['ran', 'refused so'], left: 'shim directory' },
        },
        directory: { says: '/run/user/<uid> with what is below', seen: { end: ['ran', 'refused so'], left: 'directory' } },
        account: {
          says: 'the kata-N account, which the host then has for good, and its files',
          harm: 'weakens',
          seen: { end: ['ran', 'refused so'], left: 'account' },
        },
      },
      documented: { nothing: `${test}; docs/releases/4.1.0.md` },
    }),
  ],
});
