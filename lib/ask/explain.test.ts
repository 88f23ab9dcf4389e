import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownIssues, suites } from '../../suites/all.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { verdictNames } from '../model/verdict.ts';
import { packageRoot } from '../util/paths.ts';
import type { Book } from './book.ts';
import { explain, type Explanation } from './explain.ts';
import { looksLikeCell } from './looks-like-cell.ts';
import { reply } from './reply/reply.ts';
import { symptoms } from './symptoms/all.ts';
import { asked } from './words/asked.ts';
import { find, indexOf } from './words/find.ts';
import { entriesOf } from './words/entries.ts';

const book: Book = { suites, known: knownIssues, symptoms };
const matrix = await loadMatrix(join(packageRoot, 'matrix.json'));
const questionIds = suites.flatMap((suite) => suite.questions.map(({ id }) => id));
const index = indexOf(entriesOf(book));
const ask = (text: string): Explanation => explain(text, book, { matrix, find: (query) => find(index, query) });
const causesOf = (text: string): string[] => ask(text).causes.map(({ id }) => id);

describe('a question', () => {
  it.for(questionIds)('%s is explained by its sentence, its citation and where it applies', (id) => {
    const [question, ...others] = ask(id).questions;
    expect(others).toEqual([]);
    expect(question).toMatchObject({ id, asks: expect.stringMatching(/\w+ \w+.*\?$/), applies: expect.stringMatching(/\w/) });
    expect(question?.pods.length).toBeGreaterThan(0);
  });

  it('is found in any case and with blanks around it', () => {
    expect(ask('  priv-host-dev\n').questions.map(({ id }) => id)).toEqual(['PRIV-HOST-DEV']);
  });

  it('comes with its known issues, where they happen and their link', () => {
    expect(ask('RVMM-ANNOTATION').known).toContainEqual(
      expect.objectContaining({
        id: 'kata-go-annotation-ignored',
        range: 'kata >=2.3.0; the go shim',
        security: true,
        url: expect.stringMatching(/^https:/),
      }),
    );
  });

  it('says what its pods need too, when all of them need it', () => {
    expect(ask('PRIV-HOST-DEV').questions[0]?.applies).toContain('hosts marked disposable');
  });
});

describe('a verdict', () => {
  it.for([...verdictNames, 'flaky'])('%s is explained with its exit code and what to do next', (name) => {
    expect(ask(name.toUpperCase())).toMatchObject({
      kind: 'verdict',
      verdict: {
        verdict: name,
        means: expect.stringMatching(/\w/),
        exit: expect.stringMatching(/^(0|1|75|that.*)$/),
        next: expect.stringMatching(/\w/),
      },
    });
  });
});

describe('a cell', () => {
  it('of the matrix is explained with its profiles, the questions that apply and the reasons why others do not', () => {
    const { kind, cell, known } = ask('debian-13/containerd-1.7.24/kata-3.30.0-go-qemu');
    expect(kind).toBe('cell');
    expect(cell?.profiles).toEqual(['qualification']);
    expect(cell?.applies).toContain('RVMM-UID');
    expect(cell?.unsupported).toContainEqual({
      reason: 'applies to kata >=4.1.0, this is kata 3.30.0',
      questions: ['RVMM-CONFINED'],
    });
    expect(known.map(({ id }) => id)).toContain('kata-go-annotation-ignored');
    expect(known.map(({ id }) => id)).not.toContain('kata-rust-annotation-not-denied');
  });

  it('of a run that looked up its versions is explained by those that it found', () => {
    const { cell } = explain('debian-sid/containerd-2.1.9/crun-1.28', book, { matrix });
    expect(cell).toMatchObject({ engine: 'containerd 2.1.9 (deb)', profiles: ['ci', 'qualification'] });
    // No suite of that host has a version that floats.
    expect(ask('debian-13/containerd-1.7.42/crun-1.21').kind).toBe('unknown');
  });

  it('that is left out is explained with the reason', () => {
    expect(ask('debian-12/containerd-1.7.24/runc-1.1.5').cell).toMatchObject({
      profiles: [],
      excluded: 'packages of trixie need its libc, and debian-12 is bookworm',
    });
  });

  it('that the matrix does not make is unknown', () => {
    expect(ask('debian-13/containerd-1.7.24/runc-9.9').kind).toBe('unknown');
  });

  it('is distinguished from a path', () => {
    expect(['debian-13/containerd-1.7.24/runc-1.1.15', '/dev/vfio/5', 'a/b', 'a b/c/d'].map(looksLikeCell)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a failure', () => {
  it.for([
    // Who speaks decides.
    ["Could not open '/dev/datavolume': Permission denied", ['file-mode']],
    ["failed to create shim task: QMP command failed: Could not open '/dev/vdb': Permission denied", ['vmm-disk-denied']],
    ["QMP command failed: vfio 0000:00:08.0: Could not open '/dev/vfio/5': Permission denied", ['vmm-vfio-denied']],
    // EACCES is not always the file mode.
    ['bash: /root/test/null: Permission denied', ['nodev-mount']],
    ['cat: /dev/stdin: Permission denied', ['stdio-owner']],
    [
      'cat: /dev/kvm: Permission denied\naudit: avc:  denied  { read } for comm="cat" name="kvm" scontext=system_u:system_r:container_t:s0 tclass=chr_file',
      ['selinux'],
    ],
    // EPERM is not always the device cgroup.
    ["PermissionError: [Errno 1] Operation not permitted: '/dev/fuse'", ['device-cgroup']],
    ['RTNETLINK answers: Operation not permitted', ['capability']],
    ['io_uring_queue_init: Operation not permitted', ['seccomp']],
    ["chmod: changing permissions of '/dev/kvm': Operation not permitted", ['userns-owner']],
    ["sh: can't create /dev/null: Operation not permitted", ['cgroup-daemon-reload']],
  ] as const)('%s has first the cause %s', ([text, [first]]) => {
    expect(causesOf(text)[0]).toBe(first);
  });

  it('has the known issues of its first cause, with range and link', () => {
    const { known } = ask('Creating container device LinuxDevice { path: "/dev/full" }\n\nCaused by:\n    EEXIST: File exists');
    expect(known).toContainEqual(expect.objectContaining({ id: 'kata-privileged-full-exists', range: 'kata' }));
  });

  it('that a runtime says where an issue is known is matched by that issue', () => {
    const { kind, known } = ask('0: get host path failed 1: No such file or directory (os error 2)');
    expect([kind, known.map(({ id }) => id)]).toEqual(['known issue', ['kata-rust-host-path']]);
  });
});

it('a call that ran into its deadline is answered with a known issue of Kata only where Kata spoke', () => {
  const late = 'RunPodSandbox from runtime service failed: rpc error: code = DeadlineExceeded desc = context deadline exceeded';
  expect(ask(late).known).toEqual([]);
  expect(ask(`kata shim: ${late}`).known.map(({ id }) => id)).toContain('kata-go-waits-for-dead-qemu');
});

describe('words', () => {
  it.for([
    ['crio', 'CRI-O'],
    ['device_ownership_from_security_context', 'device_ownership_from_security_context'],
    ['which containerd versions open host devices to everybody', 'containerd-host-devices-0666'],
    ['mode 000', 'crio-kata-mode-000'],
    ['EACCES', 'EACCES'],
    ['privileged_without_host_devices', 'privileged_without_host_devices'],
    ['supplementalGroups', 'supplementalGroups'],
    ['device cgroup', 'device-cgroup'],
    ['Does Firecracker run as root?', 'kata-firecracker-root'],
    ['is seccomp on by default in CRI-O', 'PRIV-SECCOMP'],
    ['Does Kata work with hostUsers: false?', 'hostusers-runtime-unsupported'],
    ['what is the workaround for crio 0666', 'crio-mode-0666'],
    ['does enable_cdi=false still work in containerd 2.4', 'enable_cdi'],
    ['Can a pod that got a device read-only write to it under Kata?', 'DEV-CGROUP-GUEST'],
  ] as const)('"%s" finds %s first', ([words, id]) => {
    expect(ask(words)).toMatchObject({ kind: 'words', found: [{ id }, ...ask(words).found.slice(1)] });
  });
});

describe('a failure', () => {
  it.for(['who says open /dev/fuse: permission denied', 'is this an error of seccomp'])(
    'is one in the words of somebody who asks too: %s',
    (text) => {
      expect(ask(text).kind).toBe('failure');
    },
  );
});

describe('how people ask', () => {
  it('is written down for questions that exist', () => {
    expect(Object.keys(asked).filter((id) => !questionIds.includes(id))).toEqual([]);
  });
});

describe('an unknown text', () => {
  it.for(['xyzzy', '', 'hello world', 'a'.repeat(100_000), 'more characters'])('%# has no answer and nothing near it', (text) => {
    expect(ask(text)).toMatchObject({ kind: 'unknown', causes: [], questions: [], found: [] });
  });

  it('says what was read from it', () => {
    expect(reply(ask('frobnicate: /dev/foo: Bad address'))).toContain('open of /dev/foo by frobnicate: EFAULT');
  });
});

describe('the printed text', () => {
  it('is inert: of any input no control character and no direction mark is left', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\u001b[2J', '\u0007', '\r', '\n', '\u202e', '\u009b', '::error::', 'open '),
    });
    fc.assert(
      fc.property(hostile, fc.constantFrom('', ...symptoms.map(({ example }) => example)), (noise, example) => {
        const lines = reply(ask(`${noise}${example}${noise}`)).split('\n');
        // oxlint-disable-next-line no-control-regex
        expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(lines.filter((line) => line.startsWith('::'))).toEqual([]);
      }),
    );
  });

  it('shows at most the beginning of what was given', () => {
    expect(reply(ask('a'.repeat(100_000))).length).toBeLessThan(400);
  });

  it('quotes the end of a long statement from a whole word on', () => {
    const audit =
      'type=AVC msg=audit(1644242078.472:705): avc: denied { read write } for pid=3831 comm="date" path="/dev/null" dev="tmpfs" ino=5 scontext=system_u:system_r:container_t:s0 tclass=chr_file permissive=0';
    expect(reply(ask(audit))).toMatch(/^"… \{ read write \} for pid=3831 /);
  });

  it('of a failure is about a dozen lines at eighty columns', () => {
    const lengths = symptoms.map(({ example }) => reply(ask(example)).split('\n').length);
    expect([...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(13);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(24);
  });

  it('breaks lines at the width and paints labels where it is asked to', () => {
    const text = reply(ask('cat: /dev/dri/card0: Permission denied'), {
      sheet: { width: 60, paint: (style, words) => (style === 'label' ? `<${words}>` : words) },
    });
    expect(text).toContain('<  cause>');
    expect(
      text
        .replaceAll(/[<>]/g, '')
        .split('\n')
        .filter((line) => line.length > 60 && /\s\S+\s/.test(line.trim())),
    ).toEqual([]);
  });
});
