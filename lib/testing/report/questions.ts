import { type QuestionText, type Verdict } from '../../model/document.ts';
import { suites } from '../../../suites/all.ts';
import { questionText } from '../../judge/assemble.ts';
import type { VerdictName } from '../../model/verdict.ts';

/** One question of the sample and what it finds in each cell. */
export interface Row {
  question: QuestionText;
  scenarios: string[];
  expected: string;
  /** What is expected, where nothing else is said. */
  observed?: string;
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
    observed: row.observed ?? row.expected,
    evidence: `cells/${cell}/observations.ndjson#${index + 1}`,
    ...(other === undefined || (index > 0 && other.verdict === 'fail') ? {} : other),
  }));
}

const unsupported = (reason: string): Partial<Verdict> & { verdict: VerdictName } => ({
  verdict: 'unsupported',
  observed: 'not run',
  reason,
});
/** A question of the suites in their words, but with one answer. */
function textOf(id: string): Pick<Row, 'question'> {
  const found = suites.flatMap((suite) =>
    suite.questions.flatMap((each) => (each.id === id ? questionText(suite.id, each) : [])),
  );
  if (found[0] === undefined) throw new Error(`The sample asks ${id}, which no suite has`);
  return { question: { ...found[0], answers: [{ name: 'documented', says: 'as documented' }] } };
}

export const rows: Row[] = [
  {
    ...textOf('PRIV-DEFAULT-DEV'),
    scenarios: ['unprivileged'],
    expected: 'null zero full random urandom tty ptmx console, links fd stdin stdout stderr',
    observed: 'null zero full random urandom tty ptmx console, links fd stdin stdout stderr core -> /proc/kcore',
  },
  {
    ...textOf('PRIV-HOST-DEV'),
    scenarios: ['privileged', 'privileged-duplicate'],
    expected: '150 host nodes with the owner and mode of the host',
    but: { kata: unsupported('applies to runc or crun, this is kata 3.30.0') },
  },
  {
    ...textOf('PRIV-NO-HOST-DEV'),
    scenarios: ['privileged-withheld'],
    expected: 'default nodes only, /proc/partitions empty',
  },
  {
    ...textOf('PRIV-KATA-BLOCK'),
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
    ...textOf('PRIV-SANDBOX-FIRST'),
    scenarios: ['privileged-in-unprivileged'],
    expected: 'refused: no privileged container allowed in sandbox',
    but: { crio: unsupported('applies to containerd, this is crio 1.36.3') },
  },
  {
    ...textOf('PRIV-CAPS'),
    scenarios: ['privileged', 'unprivileged'],
    expected: 'CapEff 000001ffffffffff, no masked path',
  },
  {
    ...textOf('OWN-OFF'),
    scenarios: ['ownership-off'],
    expected: '1234:4321 0640, open: EACCES',
  },
  {
    ...textOf('OWN-ON'),
    scenarios: ['user-and-group', 'user-only'],
    expected: '1000:2000, open works',
    observed: '1000:2000 660, open works',
    but: {
      'crio.*kata': {
        verdict: 'fail',
        observed: '8:0 1000:2000 000, open: Permission denied',
        expected: '8:0 1000:2000 0660, open works',
        layer: 'oci-spec',
        layers: [
          { layer: 'cri', value: '/dev/podproof/disk -> /dev/xblk rwm, user 1000, group 2000', changed: false },
          { layer: 'engine-config', value: 'device_ownership_from_security_context = true', changed: false },
          { layer: 'oci-spec', value: 'b 254:16 1000:2000, no fileMode', changed: true },
          { layer: 'host', value: '254:16 root:disk 0660', changed: false },
          { layer: 'guest', value: '8:0 1000:2000 000', changed: true },
        ],
      },
    },
  },
  {
    ...textOf('OWN-MODE'),
    scenarios: ['user-and-group', 'user-only', 'directory'],
    expected: '0640',
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
    ...textOf('OWN-DIRECTORY'),
    scenarios: ['directory'],
    expected: '1000:2000 0641 and 1000:2000 0604',
    but: {
      'crio.*(runc|crun)': { verdict: 'fail', harm: 'weakens', observed: '11:22 0666 and 33:44 0666', layer: 'oci-spec' },
      kata: unsupported('a directory device needs nodes of the host'),
    },
  },
  {
    ...textOf('DEV-CGROUP'),
    scenarios: ['read-only-device'],
    expected: 'read works, write: EPERM',
  },
  {
    ...textOf('DEV-MISSING'),
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
    ...textOf('RVMM-UID'),
    scenarios: ['rootless', 'rootless-two-pods'],
    expected: 'one fresh kata user, four times',
    observed: 'qemu-system-x86 runs as kata-72651 (1000:1000), groups 993, CapEff 0',
    but: { kata: { verdict: 'pass', flaky: true }, '.': unsupported('applies to kata, this is not') },
  },
  {
    ...textOf('RVMM-BLOCK-EACCES'),
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
