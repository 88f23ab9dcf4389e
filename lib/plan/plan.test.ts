import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import type { CniPlugins, Matrix } from '../model/matrix/matrix.ts';
import { packageRoot } from '../util/paths.ts';
import { componentKey, Plan } from '../model/cell.ts';
import { newest } from '../model/version.ts';
import { canonicalJson } from '../model/json.ts';
import { makePlan } from './plan.ts';

const matrix = exampleMatrix();

describe('makePlan', () => {
  test('names the near miss of an unknown profile', () => {
    expect(() => makePlan(matrix, { profile: 'quik' })).toThrow(
      'unknown profile "quik", did you mean "quick"? Known: quick, all',
    );
    expect(() => makePlan(matrix, { profile: 'constructor' })).toThrow('unknown profile "constructor"');
  });

  test('puts a kubelet of the matrix before every engine of a profile, and knows no other', () => {
    const own = { ...exampleMatrix(), kubelet: [{ version: '1.37.2', source: { kind: 'path' as const } }] };
    const { cells } = makePlan(own, { profile: 'quick', kubelet: '1.37.2' });
    expect(cells.map(({ id }) => id)).toEqual(makePlan(own, { profile: 'quick' }).cells.map(({ id }) => `${id}+kubelet-1.37.2`));
    expect(() => makePlan(own, { profile: 'quick', kubelet: '1.37.1' })).toThrow(
      'unknown kubelet "1.37.1", did you mean "1.37.2"? Known: 1.37.2',
    );
  });

  test('refuses a selection that leaves nothing, and says why', () => {
    expect(() => makePlan(matrix, { profile: 'quick', only: 'engine=crio' })).toThrow(
      '--only "engine=crio" leaves no cell of profile quick; "podproof plan" lists what it has',
    );
    expect(() => makePlan(matrix, { profile: 'all', only: 'host=debian-13 cell=*crio*rust*' })).toThrow(
      '--only "host=debian-13 cell=*crio*rust*" leaves no cell of profile all: the one that would match is left out, debian-13/crio-1.36.3/kata-3.30.0-rust-qemu because the rust shim is not tried under CRI-O here',
    );
    expect(() => makePlan(matrix, { profile: 'quick', only: 'suite=rootless-vmm' })).toThrow(
      '--only "suite=rootless-vmm" leaves no suite of profile quick; it has identity, privileged',
    );
  });

  test('says so when the matrix itself leaves nothing', () => {
    const own = exampleMatrix();
    own.exclude.push({ runtime: 'runc', why: 'runc is not tried in this test' });
    expect(() => makePlan(own, { profile: 'quick' })).toThrow(
      'The matrix leaves no cell of profile quick: the one that would match is left out, debian-13/containerd-1.7.24/runc-1.1.15 because runc is not tried in this test',
    );
  });

  test('survives being written and read', () => {
    const plan = makePlan(matrix, { profile: 'all', only: 'engine=containerd' });
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('shows only those exclusions that the selection asks for', () => {
    const { excluded } = makePlan(matrix, { profile: 'all', only: 'host=metal' });
    expect(excluded).toEqual([
      { cell: 'metal/crio-1.36.3/kata-3.30.0-rust-qemu', why: 'the rust shim is not tried under CRI-O here' },
    ]);
  });

  describe('with a version that floats', () => {
    const floating = (): Matrix => {
      const other = exampleMatrix();
      for (const entry of other.engines.containerd ?? []) if (entry.source.kind === 'deb') entry.version = newest;
      return other;
    };
    const keyOf = (suite: string): string =>
      componentKey({ name: 'containerd', version: newest, source: { kind: 'deb', suite, packages: ['containerd'] } });
    const key = keyOf('trixie');
    const idsOf = (only: string, found?: ReadonlyMap<string, string>): string[] =>
      makePlan(floating(), { profile: 'all', only: `host=debian-13 runtime=runc ${only}`, ...(found && { found }) }).cells.map(
        ({ id }) => id,
      );

    test('keeps it in every selection until it is looked up, and selects by what was found', () => {
      for (const only of ['engine=containerd>=9', 'engine=containerd@1.7.30', 'cell=*/containerd-1.7.30/*'])
        expect(idsOf(only)).toEqual(['debian-13/containerd-newest-trixie/runc-1.1.15']);
      const found = new Map([
        [key, '1.7.30'],
        [keyOf('bookworm'), '1.6.20'],
      ]);
      expect(idsOf('engine=containerd@1.7.30', found)).toEqual(['debian-13/containerd-1.7.30/runc-1.1.15']);
      expect(() => idsOf('engine=containerd>=9', found)).toThrow(/no version of the matrix matches .*containerd@1\.7\.30/);
    });

    test('has another hash for another version', () => {
      const hash = (version: string): string => makePlan(floating(), { profile: 'all', found: new Map([[key, version]]) }).hash;
      expect(hash('1.7.30')).not.toBe(hash('1.7.31'));
      expect(hash('1.7.30')).toBe(hash('1.7.30'));
    });
  });

  test('plans every profile of this repository', async () => {
    const real = await loadMatrix(join(packageRoot, 'matrix.json'));
    const counts = Object.keys(real.profiles).map((profile) => [profile, makePlan(real, { profile }).cells.length]);
    expect(Object.fromEntries(counts)).toMatchObject({ quick: 2, ci: 6 });
  });
});

describe('the hash of a plan', () => {
  const hashOf = (only: string, profile = 'all'): string => makePlan(exampleMatrix(), { profile, only }).hash;

  test('is equal for equal content', () => {
    expect(hashOf('')).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf('')).toBe(hashOf('host=*  engine=*'));
  });

  test('differs with cells, suites, a source and the questions asked for', () => {
    const other = exampleMatrix();
    for (const entry of other.engines.crio ?? []) entry.source = { kind: 'release' };
    const hashes = [
      hashOf(''),
      hashOf('host=debian-13'),
      hashOf('suite=identity'),
      hashOf('question=PRIV-*'),
      makePlan(other, { profile: 'all' }).hash,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('differs with the CNI plugins, and without any it is what it always was', () => {
    const planWith = (cni: { cni?: CniPlugins }): Plan => makePlan({ ...exampleMatrix(), ...cni }, { profile: 'all' });
    const plans = [
      planWith({}),
      planWith({ cni: { version: '1.9.0', source: { kind: 'release' } } }),
      planWith({ cni: { version: '1.9.0', source: { kind: 'path' } } }),
      planWith({ cni: { version: '1.8.0', source: { kind: 'path' } } }),
    ];
    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(plans.length);
    for (const { cells, suites, hash } of plans)
      expect(hash).toBe(
        createHash('sha256')
          .update(canonicalJson({ cells, narrowed: [], suites }))
          .digest('hex'),
      );
    expect(plans[0]?.cells.every((cell) => !('cni' in cell))).toBe(true);
  });

  test('differs with the kubelets before the engines', () => {
    const planWith = (...versions: string[]): Plan => {
      const matrix = {
        ...exampleMatrix(),
        kubelet: versions.map((version) => ({ version, source: { kind: 'release' as const } })),
      };
      const { quick } = matrix.profiles;
      if (quick === undefined) throw new Error('the example has no profile "quick"');
      return makePlan({ ...matrix, profiles: { quick: { ...quick, kubelets: ['*'] } } }, { profile: 'quick' });
    };
    const plans = [planWith('1.37.2'), planWith('1.34.4'), planWith('1.34.4', '1.37.2')];
    expect(new Set([...plans.map(({ hash }) => hash), makePlan(exampleMatrix(), { profile: 'quick' }).hash]).size).toBe(4);
    for (const { cells, suites, hash } of plans)
      expect(hash).toBe(
        createHash('sha256')
          .update(canonicalJson({ cells, narrowed: [], suites }))
          .digest('hex'),
      );
  });

  test('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(canonicalJson({ b: [1, { c: 'x', d: null }] }));
    expect(canonicalJson({ b: 1, a: '"' })).toBe('{"a":"\\"","b":1}');
  });
});
