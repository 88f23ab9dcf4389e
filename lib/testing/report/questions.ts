import { type QuestionText, type Verdict } from '../../model/document.ts';
import type { VerdictName } from '../../model/verdict.ts';

/** One question of the sample and what it finds in each cell. */
export interface Row {
  question: QuestionText;
  scenarios: string[];
  expected: string;
  observed: string;
  /** Cells, by a part of their id, that do something else. */
  but?: Record<string, Partial<Verdict> & { verdict: VerdictName }>;
}

/** The verdicts of one question in one cell, one a scenario. */
export function verdictsOf(row: Row, cell: string): Verdict[] {
  const other = Object.entries(row.but ?? {}).find(([part]) => new RegExp(part).test(cell))?.[1];
  return row.scenarios.map((scenario, index) => ({
    cell,
    suite: row.question.suite,
    scenario,
    question: row.question.id,
    verdict: 'pass',
    expected: row.expected,
    observed: row.observed,
    evidence: `cells/${cell}/observations.ndjson#${index + 1}`,
    ...(other === undefined || (index > 0 && other.verdict === 'fail') ? {} : other),
  }));
}

const unsupported = (reason: string): Partial<Verdict> & { verdict: VerdictName } => ({
  verdict: 'unsupported',
  observed: 'not run',
  reason,
});
const question = (
  suite: string,
  id: string,
  asks: string,
  citation: string,
  range = 'every engine and runtime',
): QuestionText => ({
  ...{ id, suite, asks, citation, range },
  answers: [{ name: 'documented', says: 'as documented' }],
});
const privilegedDoc = 'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/privileged.md';

export const rows: Row[] = [
  {
    question: question(
      'privileged',
      'PRIV-DEFAULT-DEV',
      'An unprivileged container has the default device nodes and links of the OCI specification and nothing else',
      'https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices',
    ),
    scenarios: ['unprivileged'],
    expected: 'null zero full random urandom tty ptmx console, links fd stdin stdout stderr',
    observed: 'null zero full random urandom tty ptmx console, links fd stdin stdout stderr core -> /proc/kcore',
  },
  {
    question: question(
      'privileged',
      'PRIV-HOST-DEV',
      'A privileged container has every device node of the host with the same owner and mode',
      privilegedDoc,
      'runc and crun',
    ),
    scenarios: ['privileged', 'privileged-duplicate'],
    expected: '150 host nodes with the owner and mode of the host',
    observed: '150 host nodes with the owner and mode of the host',
    but: { kata: unsupported('applies to runc or crun, this is kata 3.30.0') },
  },
  {
    question: question(
      'privileged',
      'PRIV-NO-HOST-DEV',
      'With privileged_without_host_devices a privileged container has the device nodes of an unprivileged one',
      privilegedDoc,
    ),
    scenarios: ['privileged-withheld'],
    expected: 'default nodes only, /proc/partitions empty',
    observed: 'default nodes only, /proc/partitions empty',
  },
  {
    question: question(
      'privileged',
      'PRIV-KATA-BLOCK',
      'Host block devices are hot-plugged into the guest of a privileged Kata pod',
      privilegedDoc,
      'kata',
    ),
    scenarios: ['privileged-kata'],
    expected: 'the pod starts and lists /dev/vda',
    observed: 'refused at StartContainer: EEXIST: File exists',
    but: {
      'containerd.*kata': {
        verdict: 'known',
        known: 'kata-privileged-dev-full',
        observed:
          'refused at StartContainer: Creating container device LinuxDevice { path: "/dev/full", typ: C, major: 1, minor: 7, file_mode: Some(438), uid: Some(0), gid: Some(0) } EEXIST: File exists',
      },
      'crio.*kata': {
        verdict: 'fail',
        observed: 'refused at CreateContainer: CreateContainer failed: 0000:02:00.0 has no IOMMU group',
        layer: 'guest',
        layers: [
          { layer: 'cri', value: 'privileged', changed: false },
          { layer: 'engine-config', value: 'privileged_without_host_devices = false', changed: false },
          { layer: 'oci-spec', value: '/dev/vfio/5 c 242:0 0600 root:root', changed: false },
          { layer: 'host', value: '/dev/vfio/5 root:root 0600', changed: false },
          { layer: 'guest', value: '0000:02:00.0 has no IOMMU group', changed: true },
        ],
      },
      '.': unsupported('applies to kata, this is not'),
    },
  },
  {
    question: question(
      'privileged',
      'PRIV-SANDBOX-FIRST',
      'A privileged container in an unprivileged sandbox is refused',
      'containerd v1.7.24 pkg/cri/server/container_create_linux.go:120',
      'containerd',
    ),
    scenarios: ['privileged-in-unprivileged'],
    expected: 'refused: no privileged container allowed in sandbox',
    observed: 'refused: no privileged container allowed in sandbox',
    but: { crio: unsupported('applies to containerd, this is crio 1.36.3') },
  },
  {
    question: question(
      'privileged',
      'PRIV-CAPS',
      'A privileged container has all capabilities and no masked path',
      'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    ),
    scenarios: ['privileged', 'unprivileged'],
    expected: 'CapEff 000001ffffffffff, no masked path',
    observed: 'CapEff 000001ffffffffff, no masked path',
  },
  {
    question: question(
      'ownership',
      'OWN-OFF',
      'Without the flag a node keeps the owner of the host, and a user who may not open it gets EACCES',
      'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/',
    ),
    scenarios: ['ownership-off'],
    expected: '1234:4321 0640, open: EACCES',
    observed: '1234:4321 0640, open: EACCES',
  },
  {
    question: question(
      'ownership',
      'OWN-ON',
      'With the flag a node belongs to runAsUser and runAsGroup, and open works',
      'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/',
      'containerd >=1.6, crio >=1.22',
    ),
    scenarios: ['user-and-group', 'user-only'],
    expected: '1000:2000, open works',
    observed: '1000:2000 660, open works',
    but: {
      'crio.*kata': {
        verdict: 'fail',
        observed: '8:0 1000:2000 000, open: Permission denied',
        expected: '8:0 1000:2000 0660, open works',
        layer: 'oci-spec',
        layers: ownershipLayers(),
      },
    },
  },
  {
    question: question(
      'ownership',
      'OWN-MODE',
      'The mode of a node is the mode that it has on the host',
      'cri-o v1.36.3 internal/factory/container/device_linux.go:88',
    ),
    scenarios: ['user-and-group', 'user-only', 'directory'],
    expected: '0640',
    observed: '0640',
    but: {
      'crio.*(runc|crun)': {
        verdict: 'known',
        known: 'crio-opens-device-mode',
        harm: 'weakens',
        observed: '0666',
        layer: 'oci-spec',
        layers: [
          { layer: 'cri', value: '/dev/podproof/char -> /dev/xchar rwm', changed: false },
          { layer: 'engine-config', value: 'device_ownership_from_security_context = true', changed: false },
          { layer: 'oci-spec', value: 'c 10:229 1000:2000, no fileMode', changed: true },
          { layer: 'host', value: '1234:4321 0640', changed: false },
          { layer: 'guest', value: '1000:2000 0666', changed: true },
        ],
      },
    },
  },
  {
    question: question(
      'ownership',
      'OWN-DIRECTORY',
      'The nodes of a directory device belong to runAsUser and runAsGroup and keep their modes',
      'containerd internal/cri/opts/spec_linux_opts.go:338-353',
    ),
    scenarios: ['directory'],
    expected: '1000:2000 0641 and 1000:2000 0604',
    observed: '1000:2000 0641 and 1000:2000 0604',
    but: {
      'crio.*(runc|crun)': { verdict: 'fail', harm: 'weakens', observed: '11:22 0666 and 33:44 0666', layer: 'oci-spec' },
      kata: unsupported('a directory device needs nodes of the host'),
    },
  },
  {
    question: question(
      'devices',
      'DEV-CGROUP',
      'A device with permissions r can be read, and a write gives EPERM',
      'https://docs.kernel.org/admin-guide/cgroup-v2.html#device-controller',
    ),
    scenarios: ['read-only-device'],
    expected: 'read works, write: EPERM',
    observed: 'read works, write: EPERM',
  },
  {
    question: question(
      'devices',
      'DEV-MISSING',
      'A missing host path fails at CreateContainer with the name of the path',
      'containerd v1.7.24 pkg/cri/opts/spec_linux.go',
    ),
    scenarios: ['missing-device'],
    expected: 'refused at CreateContainer: lstat /dev/nope: no such file or directory',
    observed:
      'refused at CreateContainer: failed to generate container spec: failed to generate spec: lstat /dev/nope: no such file or directory',
    but: {
      '1.6.20': {
        verdict: 'fixed',
        known: 'containerd-1.6-missing',
        observed: 'refused at CreateContainer: lstat /dev/nope: no such file or directory',
      },
    },
  },
  {
    question: question(
      'rootless-vmm',
      'RVMM-UID',
      'The VMM has four times the uid and gid of one fresh kata user',
      'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/how-to-run-rootless-vmm.md',
      'kata',
    ),
    scenarios: ['rootless', 'rootless-two-pods'],
    expected: 'one fresh kata user, four times',
    observed: 'qemu-system-x86 runs as kata-72651 (1000:1000), groups 993, CapEff 0',
    but: { kata: { verdict: 'pass', flaky: true }, '.': unsupported('applies to kata, this is not') },
  },
  {
    question: question(
      'rootless-vmm',
      'RVMM-BLOCK-EACCES',
      'A block device that the VMM user may not open fails with permission denied',
      'https://github.com/kata-containers/kata-containers/issues/2432',
      'kata',
    ),
    scenarios: ['rootless-block-0660'],
    expected: 'refused at StartContainer: Permission denied',
    observed:
      "refused at StartContainer: failed to create shim task: QMP command failed: Could not open '/dev/vdb': Permission denied",
    but: {
      'crio.*kata': {
        verdict: 'error',
        reason: 'The host went down with Oops: int3 in __schedule, a signature of the emulator; the scenario did not repeat it',
        observed: 'host lost',
      },
      kata: { verdict: 'pass' },
      '.': unsupported('applies to kata, this is not'),
    },
  },
];

function ownershipLayers(): NonNullable<Verdict['layers']> {
  return [
    { layer: 'cri', value: '/dev/podproof/disk -> /dev/xblk rwm, user 1000, group 2000', changed: false },
    { layer: 'engine-config', value: 'device_ownership_from_security_context = true', changed: false },
    { layer: 'oci-spec', value: 'b 254:16 1000:2000, no fileMode', changed: true },
    { layer: 'host', value: '254:16 root:disk 0660', changed: false },
    { layer: 'guest', value: '8:0 1000:2000 000', changed: true },
  ];
}
