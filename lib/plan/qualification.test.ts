import { describe, expect, it } from 'vitest';
import { parseMatrix } from '../model/matrix/load.ts';
import type { Plan } from '../model/cell.ts';
import { UsageError } from '../util/errors.ts';
import { parseSubject, planQualification, type QualificationOptions } from './qualification.ts';

const deb = (suite: string) => ({ kind: 'deb', suite, packages: ['any'] });
const path = { kind: 'path' };
const matrix = parseMatrix(
  JSON.stringify({
    hosts: { stable: { kind: 'vm', suite: 'trixie' }, sid: { kind: 'vm', suite: 'sid' } },
    engines: {
      containerd: [
        { version: '1.7.24', source: deb('trixie') },
        { version: '2.3.4', source: { kind: 'release' } },
        { version: '2.4.0-beta.0', source: { kind: 'release' } },
      ],
    },
    runtimes: {
      runc: [{ version: '1.1.15', source: deb('trixie') }],
      crun: [
        { version: '1.21', source: deb('trixie') },
        { version: '1.28', source: deb('sid') },
      ],
      kata: [
        { version: '4.1.0', shim: 'go', vmm: 'qemu', source: path },
        { version: '4.1.0', shim: 'rust', vmm: 'clh', source: path },
      ],
    },
    profiles: {
      quick: {
        title: 'Quick',
        hosts: ['stable', 'sid'],
        engines: ['containerd@1.7.24'],
        runtimes: ['runc', 'crun@1.21'],
        suites: ['identity'],
      },
    },
  }),
);
const suites = ['identity', 'devices'];

function planned(text: string, options: Partial<QualificationOptions> = {}): { plan: Plan; against: string } {
  return planQualification(matrix, parseSubject(text), { profile: 'quick', suites, atHand: [], ...options });
}

describe('the plan of a qualification', () => {
  it('has both versions on one host, with the same counterparts and in all suites', () => {
    const { plan, against } = planned('containerd@2.4.2', { atHand: ['2.4.2'] });
    expect(against).toBe('2.3.4');
    expect(plan.cells.map(({ id }) => id)).toEqual([
      'stable/containerd-2.3.4/runc-1.1.15',
      'stable/containerd-2.3.4/crun-1.21',
      'stable/containerd-2.4.2/runc-1.1.15',
      'stable/containerd-2.4.2/crun-1.21',
    ]);
    expect(plan.suites).toEqual(suites);
  });

  it('takes a version from the matrix, or else from what is at hand, or else from its release', () => {
    const sourceOf = (text: string, options: Partial<QualificationOptions>): string[] => [
      ...new Set(planned(text, options).plan.cells.map(({ engine }) => `${engine.version} ${engine.source.kind}`)),
    ];
    expect(sourceOf('containerd@2.4.2', { against: '1.7.24', atHand: ['2.4.2'] })).toEqual(['1.7.24 deb', '2.4.2 path']);
    expect(sourceOf('containerd@2.4.2', { against: '1.7.24' })).toEqual(['1.7.24 deb', '2.4.2 release']);
  });

  it('takes no package of another release of Debian than its host has', () => {
    const { plan } = planned('crun@1.28', { atHand: ['1.28'] });
    expect(plan.cells.map(({ id, runtime }) => `${id} ${runtime.source.kind}`)).toEqual([
      'stable/containerd-1.7.24/crun-1.21 deb',
      'stable/containerd-1.7.24/crun-1.28 path',
    ]);
  });

  it('takes a preview for the older version only where a preview is qualified, or where it is named', () => {
    expect(planned('containerd@2.4.2').against).toBe('2.3.4');
    expect(planned('containerd@2.4.0-rc.1').against).toBe('2.4.0-beta.0');
    expect(planned('containerd@2.4.2', { against: '2.4.0-beta.0' }).against).toBe('2.4.0-beta.0');
  });

  it('takes what is at hand for the older version too', () => {
    expect(planned('containerd@2.4.2', { atHand: ['2.4.1', '2.4.2'] }).against).toBe('2.4.1');
  });

  it('pairs each shim and VMM of Kata that the matrix has, or the one that is asked for', () => {
    const of = (text: string): string[] =>
      planned(text, { against: '3.30.0' }).plan.cells.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
    expect(of('kata@4.1.0')).toEqual([
      'kata-3.30.0-go-qemu',
      'kata-3.30.0-rust-clh',
      'kata-4.1.0-go-qemu',
      'kata-4.1.0-rust-clh',
    ]);
    expect(of('kata@4.1.0-rust-clh')).toEqual(['kata-3.30.0-rust-clh', 'kata-4.1.0-rust-clh']);
  });

  it.for([
    ['containerd', 'Cannot read "containerd": expected a name and the version of a release'],
    ['contanerd@2.4.2', 'did you mean "containerd"?'],
    ['containerd@newest', 'Cannot read "containerd@newest"'],
    ['containerd@2.4.2@1', 'Cannot read "containerd@2.4.2@1"'],
    ['runc@1.1.15-go-qemu', 'only kata has a shim'],
    ['kata@4.1.0-go-qemo', 'only kata has a shim, go or rust, and a VMM, qemu, clh'],
    ['kata@../../etc', 'Cannot read "kata@../../etc"'],
  ] as const)('refuses %s', ([text, words]) => {
    expect(() => planned(text)).toThrow(UsageError);
    expect(() => planned(text)).toThrow(words);
  });

  it.for([
    [{ against: '2.4.2' }, 'containerd 2.4.2 is not older than 2.4.2'],
    [{ against: 'old' }, '--against: expected a version'],
    [{ host: 'stabel' }, 'unknown host "stabel", did you mean "stable"?'],
    [{ profile: 'quik' }, 'unknown profile "quik", did you mean "quick"?'],
    [{ only: 'runtime=runk' }, 'runk'],
  ] as const)('refuses %o', ([options, words]) => {
    expect(() => planned('containerd@2.4.2', options)).toThrow(UsageError);
    expect(() => planned('containerd@2.4.2', options)).toThrow(words);
  });

  it('refuses a version that nothing is older than', () => {
    expect(() => planned('containerd@1.2.0')).toThrow(
      'Cannot qualify containerd 1.2.0: nothing older is known to compare it with; name a version with --against. Known: 1.7.24, 2.3.4, 2.4.0-beta.0',
    );
  });
});
