import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { UsageError } from '../util/errors.ts';
import { makePlan } from './plan.ts';
import { parseSelection } from './select.ts';

const matrix = exampleMatrix();
const vocabulary = { matrix, questions: ['RVMM-UID', 'RVMM-GROUPS', 'PRIV-CAPS'], scenarios: ['baseline', 'vfio'] };

function idsOf(only: string): string[] {
  return makePlan(matrix, { profile: 'all', only }).cells.map(({ id }) => id);
}

describe('parseSelection', () => {
  test.each([
    [
      'host=debian-12 runtime=runc engine=containerd',
      ['debian-12/containerd-1.6.20/runc-1.1.5', 'debian-12/containerd-2.3.4/runc-1.1.5'],
    ],
    [
      'engine=containerd>=1.7 runtime=runc host=debian-*',
      [
        'debian-12/containerd-2.3.4/runc-1.1.5',
        'debian-13/containerd-1.7.24/runc-1.1.15',
        'debian-13/containerd-2.3.4/runc-1.1.15',
      ],
    ],
    ['engine=containerd>=1.7<2 runtime=runc host=debian-13', ['debian-13/containerd-1.7.24/runc-1.1.15']],
    ['engine=containerd=1.7.24 runtime=runc@1.1.15 host=debian-13', ['debian-13/containerd-1.7.24/runc-1.1.15']],
    ['engine=containerd@2.* runtime=kata@*-rust-* host=debian-13', ['debian-13/containerd-2.3.4/kata-3.30.0-rust-qemu']],
    [
      'engine=crio,containerd@1.6.20 runtime=kata@3.30.0-go-qemu host=debian-12',
      ['debian-12/containerd-1.6.20/kata-3.30.0-go-qemu', 'debian-12/crio-1.36.3/kata-3.30.0-go-qemu'],
    ],
    ['cell=debian-13/crio-*/runc-*', ['debian-13/crio-1.36.3/runc-1.1.15']],
    ['runtime=kata runtime=*@*-go-* engine=crio  host=metal', ['metal/crio-1.36.3/kata-3.30.0-go-qemu']],
  ])('%s selects its cells', (only, ids) => {
    expect(idsOf(only)).toEqual(ids);
  });

  test('selects suites, scenarios and questions', () => {
    const selection = parseSelection('suite=privileged,rootless-* question=rvmm-* scenario=vfio', vocabulary);
    expect(['identity', 'privileged', 'rootless-vmm'].filter(selection.suite)).toEqual(['privileged', 'rootless-vmm']);
    expect(vocabulary.questions.filter(selection.question)).toEqual(['RVMM-UID', 'RVMM-GROUPS']);
    expect(vocabulary.scenarios.filter(selection.scenario)).toEqual(['vfio']);
  });

  test('selects everything when it is empty', () => {
    const selection = parseSelection('  ', vocabulary);
    expect(selection.text).toBe('');
    expect(selection.question('PRIV-CAPS') && selection.suite('x') && selection.scenario('y')).toBe(true);
  });

  test.each([
    [
      'runc',
      '--only: word 1, "runc": expected key=value without blanks; keys: host, engine, runtime, kubelet, suite, scenario, question, cell',
    ],
    [
      'engine=containerd >=1.7',
      '--only: word 2, ">=1.7": expected key=value without blanks; keys: host, engine, runtime, kubelet, suite, scenario, question, cell',
    ],
    [
      'engine>=1.7',
      '--only: word 1, "engine>=1.7": expected key=value without blanks; keys: host, engine, runtime, kubelet, suite, scenario, question, cell',
    ],
    [
      'engin=containerd',
      '--only: word 1, "engin=containerd": unknown key "engin", did you mean "engine"? Known: host, engine, runtime, kubelet, suite, scenario, question, cell',
    ],
    [
      'engine=containrd',
      '--only: word 1, "engine=containrd": unknown engine "containrd", did you mean "containerd"? Known: containerd, crio',
    ],
    [
      'engine=containerd>=3',
      '--only: word 1, "engine=containerd>=3": no version of the matrix matches "containerd>=3"; it has containerd@1.6.20, containerd@1.7.24, containerd@2.3.4',
    ],
    [
      'runtime=kata@3.31.0',
      '--only: word 1, "runtime=kata@3.31.0": no version of the matrix matches "kata@3.31.0"; it has kata@3.30.0-go-qemu, kata@3.30.0-rust-qemu',
    ],
    [
      'engine=containerd>=1.x',
      '--only: word 1, "engine=containerd>=1.x": "1.x" is no version; expected one like 1.7.24 or 2.4.0-beta.0',
    ],
    [
      'engine=containerd>=',
      '--only: word 1, "engine=containerd>=": expected a name, name@version or name>=version, like containerd>=1.7',
    ],
    [
      'host=debian-14',
      '--only: word 1, "host=debian-14": unknown host "debian-14", did you mean "debian-12"? Known: debian-12, debian-13, metal',
    ],
    [
      'suite=privilege',
      '--only: word 1, "suite=privilege": unknown suite "privilege", did you mean "privileged"? Known: identity, privileged, rootless-vmm',
    ],
    ['question=RVM-*', '--only: word 1, "question=RVM-*": unknown question "RVM-*". Known: RVMM-UID, RVMM-GROUPS, PRIV-CAPS'],
    ['host=metal,', '--only: word 1, "host=metal,": a value is empty; expected host=value or host=value,value'],
  ])('refuses %j', (text, message) => {
    expect(() => parseSelection(text, vocabulary)).toThrow(new UsageError(message));
  });

  test('leaves questions unchecked where none are known', () => {
    expect(parseSelection('question=ANY-*', { matrix }).question('any-thing')).toBe(true);
  });

  test('reads a recorded selection without its matrix', () => {
    expect(parseSelection('engine=containerd>=9 host=gone question=PRIV-*').question('PRIV-CAPS')).toBe(true);
  });

  test('answers any text with a selection or a UsageError', () => {
    const noise = fc.array(
      fc.constantFrom('engine', 'runtime', 'question', '=', '>=', '<', '@', '*', ',', ' ', 'containerd', 'kata', '1.7', '(', '['),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          noise.map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseSelection(text, vocabulary);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
    );
  });

  test('never selects a cell that one of its words alone leaves out', () => {
    const words = [
      'engine=containerd',
      'engine=containerd>=1.7',
      'runtime=kata',
      'host=debian-*',
      'cell=*runc*',
      'engine=crio,containerd',
    ];
    const cells = makePlan(matrix, { profile: 'all' }).cells;
    fc.assert(
      fc.property(fc.subarray(words), (chosen) => {
        const together = parseSelection(chosen.join(' '), vocabulary);
        const alone = chosen.map((word) => parseSelection(word, vocabulary));
        for (const cell of cells) expect(together.cell(cell)).toBe(alone.every((selection) => selection.cell(cell)));
      }),
    );
  });
});
