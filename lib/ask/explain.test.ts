import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownIssues, suites } from '../../suites/all.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { verdictNames } from '../model/verdict.ts';
import { packageRoot } from '../util/paths.ts';
import type { Book } from './book.ts';
import { looksLikeCell } from './cell.ts';
import { explain } from './explain.ts';
import { symptoms } from './symptoms.ts';
import { explanationText } from './text.ts';

const book: Book = { suites, known: knownIssues, symptoms };
const matrix = await loadMatrix(join(packageRoot, 'matrix.json'));
const ruleIds = suites.flatMap((suite) => suite.rules.map(({ id }) => id));
const symptomIds = (text: string): string[] => explain(text, book).symptoms.map(({ id }) => id);

describe('a rule', () => {
  it.for(ruleIds)('%s is explained by its sentence, its citation and where it applies', (id) => {
    const [rule, ...others] = explain(id, book).rules;
    expect(others).toEqual([]);
    expect(rule).toMatchObject({ id, title: expect.stringMatching(/\w+ \w+/), applies: expect.stringMatching(/\w/) });
    expect(rule?.pods.length).toBeGreaterThan(0);
  });

  it('is found in any case and with blanks around it', () => {
    expect(explain('  priv-host-dev\n', book).rules.map(({ id }) => id)).toEqual(['PRIV-HOST-DEV']);
  });

  it('comes with its known issues, where they happen and their link', () => {
    expect(explain('RVMM-ANNOTATION', book).known).toContainEqual(
      expect.objectContaining({
        id: 'kata-go-annotation-ignored',
        range: 'kata >=2.3.0; the go shim',
        security: true,
        url: expect.stringMatching(/^https:/),
      }),
    );
  });

  it('says what its pods need too, when all of them need it', () => {
    expect(explain('PRIV-HOST-DEV', book).rules[0]?.applies).toContain('hosts marked disposable');
  });
});

describe('a verdict', () => {
  it.for([...verdictNames, 'flaky'])('%s is explained with its exit code and what to do next', (name) => {
    expect(explain(name.toUpperCase(), book)).toMatchObject({
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
  it('of the matrix is explained with its profiles, the rules that apply and the reasons why others do not', () => {
    const { kind, cell, known } = explain('debian-13/containerd-1.7.24/kata-3.30.0-go-qemu', book, matrix);
    expect(kind).toBe('cell');
    expect(cell?.profiles).toEqual(['qualification']);
    expect(cell?.applies).toContain('RVMM-UID');
    expect(cell?.unsupported).toContainEqual({
      reason: 'applies to kata >=4.1.0, this is kata 3.30.0',
      rules: ['RVMM-CONFINED'],
    });
    expect(known.map(({ id }) => id)).toContain('kata-go-annotation-ignored');
    expect(known.map(({ id }) => id)).not.toContain('kata-rust-annotation-not-denied');
  });

  it('that is left out is explained with the reason', () => {
    expect(explain('debian-12/containerd-1.7.24/runc-1.1.5', book, matrix).cell).toMatchObject({
      profiles: [],
      excluded: "containerd 1.7.24 is built for trixie's libc, and debian-12 is bookworm",
    });
  });

  it('that the matrix does not make is unknown', () => {
    expect(explain('debian-13/containerd-1.7.24/runc-9.9', book, matrix).kind).toBe('unknown');
  });

  it('is told from a path', () => {
    expect(['debian-13/containerd-1.7.24/runc-1.1.15', '/dev/vfio/5', 'a/b', 'a b/c/d'].map(looksLikeCell)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('an error text', () => {
  it.for(symptoms.map((symptom) => [symptom.id, symptom] as const))('of %s is matched by its own row', ([id, symptom]) => {
    expect(symptomIds(symptom.example)).toContain(id);
    expect(symptom.rules.filter((rule) => !ruleIds.includes(rule))).toEqual([]);
  });

  it.for([
    // As engines, shims and processes wrote them.
    ["Could not open '/dev/vfio/5': Permission denied", ['vmm-vfio-denied', 'pod-denied']],
    ["QMP command failed: vfio 0000:00:08.0: Could not open '/dev/vfio/5': Permission denied", ['vmm-vfio-denied']],
    ['failed to open /dev/vfio/3: Permission denied: unknown', ['vmm-vfio-denied', 'pod-denied']],
    ["CreateContainer failed: QMP command failed: Could not open '/dev/loop0': Permission denied", ['vmm-disk-denied']],
    ["PermissionError: [Errno 13] Permission denied: '/dev/dri/card0'", ['pod-denied']],
    ['open /dev/fuse: permission denied', ['pod-denied']],
    ['failed to get sandbox runtime: no runtime for \\"kata\\" is configured', ['no-handler']],
    ['containerd: unsupported config version `4`', ['config-version']],
    [
      'qemu: Could not access KVM kernel module: Permission denied\nqemu: failed to initialize kvm: Permission denied',
      ['no-kvm'],
    ],
    ['error opening /dev/null', []],
    ['Permission denied', []],
  ] as const)('%s has the meanings %s', ([text, ids]) => {
    expect(symptomIds(text)).toEqual(ids);
  });

  it('is matched over broken lines', () => {
    expect(symptomIds('LinuxDevice { path: "/dev/full" }\n\nCaused by:\n    EEXIST: File exists')).toEqual(['full-exists']);
  });

  it('has the known issues of its rules, with range and link', () => {
    const { known } = explain('path: "/dev/full" … EEXIST: File exists', book);
    expect(known).toContainEqual(expect.objectContaining({ id: 'kata-privileged-full-exists', range: 'kata' }));
  });

  it('that a report observed is matched by known issues', () => {
    const { kind, known, symptoms: found } = explain('/dev/podproof-block mode 0666', book);
    expect([kind, found, known.map(({ id }) => id)]).toEqual(['error text', [], ['crio-mode-0666']]);
  });

  it('of 100 kB is answered at once, whatever it repeats', () => {
    const seeds = [
      'open/dev/',
      'open /dev/a: ',
      '/dev/full',
      'user group ',
      'annotation io.katacontainers.a ',
      "vm_path:'",
      'mount ',
    ];
    for (const seed of seeds) {
      // One that backtracks would not come to an end before the test does.
      expect(explain(seed.repeat(100_000 / seed.length), book).text).toHaveLength(100_000 - (100_000 % seed.length));
    }
  });
});

describe('an unknown text', () => {
  it('is answered with the nearest rules and not with a guess', () => {
    const { kind, rules } = explain('RVMM-VFIO-EACES', book);
    expect([kind, rules[0]?.id]).toEqual(['unknown', 'RVMM-VFIO-EACCES']);
    expect(explain('the hugepages of my privileged DPDK pod are odd', book).rules.map(({ id }) => id)).not.toEqual([]);
  });

  it('that shares no word with any rule has none', () => {
    expect(explanationText(explain('xyzzy', book))).toBe('Nothing here explains "xyzzy".\n');
    expect(explanationText(explain('', book))).toBe('Nothing here explains "".\n');
  });
});

describe('the printed text', () => {
  it('is inert: of any input no control character and no direction mark is left', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\u001b[2J', '\u0007', '\r', '\n', '\u202e', '\u009b', '::error::', 'open '),
    });
    fc.assert(
      fc.property(hostile, fc.constantFrom('', ...symptoms.map(({ example }) => example)), (noise, example) => {
        const lines = explanationText(explain(`${noise}${example}${noise}`, book)).split('\n');
        // oxlint-disable-next-line no-control-regex
        expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(lines.filter((line) => line.startsWith('::'))).toEqual([]);
      }),
    );
  });

  it('shows at most the beginning of what was given', () => {
    expect(explanationText(explain('a'.repeat(100_000), book)).length).toBeLessThan(400);
  });
});
