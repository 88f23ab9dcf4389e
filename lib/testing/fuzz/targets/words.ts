import { knownIssues, suites } from '../../../../suites/all.ts';
import { parseMadison, pickCandidate } from '../../../artifacts/debian-version.ts';
import { findSum } from '../../../artifacts/release.ts';
import { explain } from '../../../ask/explain.ts';
import { answerFailure } from '../../../ask/failure-answer.ts';
import { reply } from '../../../ask/reply/reply.ts';
import { symptoms } from '../../../ask/symptoms/all.ts';
import { symptomOf, worthRetry } from '../../../judge/symptoms.ts';
import { errnoOf } from '../../../probe/errno.ts';
import { renderTerminal } from '../../../report/terminal.ts';
import { sampleDocument } from '../../report/sample.ts';
import { reader, refusing, type Target } from '../target.ts';

const book = { suites, known: knownIssues, symptoms };

/** Words of engines and runtimes, as they were seen. */
const said = [
  "failed to create shim task: QMP command failed: Could not open '/dev/vdb': Permission denied",
  "QMP command failed: vfio 0000:00:08.0: Could not open '/dev/vfio/5': Permission denied",
  'Creating container device LinuxDevice { path: "/dev/full", typ: C, major: 1, minor: 7 }\n\nCaused by:\n    EEXIST: File exists',
  'Failed to Check if grpc server is working: rpc error: code = DeadlineExceeded desc = timed out connecting to vsock 1234:1024',
  'failed to find runtime handler kata from runtime list map[crun:0xc00]',
  'failed to generate container "abc" spec: failed to generate spec: lstat /dev/nope: no such file or directory',
  'Oops: int3: 0000 [#1] PREEMPT SMP\nKernel panic - not syncing: Fatal exception in interrupt',
  'PRIV-HOST-DEV',
  'debian-13/containerd-1.7.24/kata-3.30.0-go-qemu',
  "sh: can't open /dev/x: Permission denied",
];

/** What no program says of a failure: whatever is made of it, there is no answer. */
const noise = [
  'a'.repeat(2_000),
  'lorem ipsum dolor sit amet '.repeat(20),
  '0123456789 '.repeat(50),
  '{"a":[1,2,3]}',
  '....----',
  'äöü 中文 🙂',
];

export const wordTargets: Target[] = [
  reader('noise', noise, (text) => {
    const answer = answerFailure(text, symptoms);
    if (answer !== undefined) throw new Error(`noise is answered with ${answer.causes[0]?.id ?? ''}`);
  }),
  reader('error-text', [...said, ...symptoms.map(({ example }) => example)], (text) => {
    reply(explain(text, book), { all: true });
    errnoOf(text);
    for (const kind of ['refused', 'error', 'host-lost'] as const) {
      const outcome = {
        kind,
        call: 'StartContainer',
        code: 'UNKNOWN',
        message: text,
        stack: '',
        consoleTail: text,
        lastCall: '',
        repeated: false,
      };
      symptomOf(outcome);
      worthRetry(outcome);
    }
  }),
  reader(
    'downloads',
    [
      `${'a'.repeat(64)}  containerd-1.7.24-linux-amd64.tar.gz\n${'b'.repeat(64)} *runc.amd64\n`,
      ' containerd | 1.7.24~ds1-6+b4 | mirror trixie/main amd64 Packages\n runc | 1:2.0.0~rc.1+ds-1 | mirror\n',
    ],
    (text) => {
      findSum(text, 'runc.amd64');
      refusing(/^Cannot read the version/, () => pickCandidate(parseMadison(text, 'containerd'), '1.7.24'));
    },
  ),
  {
    name: 'terminal',
    corpus: async () => said,
    async open() {
      const document = sampleDocument();
      return {
        try(text) {
          const verdicts = document.verdicts.map((verdict) => ({ ...verdict, observed: text, reason: text }));
          const shown = renderTerminal({ ...document, verdicts });
          // oxlint-disable-next-line no-control-regex
          if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(shown))
            throw new Error('a control character reaches the terminal');
        },
      };
    },
  },
];
