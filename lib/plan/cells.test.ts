import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { ContainerHost } from '../hosts/container/facts.ts';
import { componentKey, PlannedCell } from '../model/cell.ts';
import { newest } from '../model/version.ts';
import { planCells } from './cells.ts';

function everything(matrix = exampleMatrix()) {
  const profile = matrix.profiles['all'];
  if (profile === undefined) throw new Error('the example has no profile "all"');
  const { cells, excluded } = planCells(matrix, profile);
  return {
    cells: cells.map(({ id }) => id),
    excluded: Object.fromEntries(excluded.map(({ cell, why }) => [cell.id, why])),
    planned: cells,
  };
}

describe('planCells', () => {
  test('crosses hosts, engines and runtimes under readable ids', () => {
    expect(everything().cells.filter((id) => id.startsWith('debian-13/'))).toEqual([
      'debian-13/containerd-1.7.24/runc-1.1.15',
      'debian-13/containerd-1.7.24/kata-3.30.0-go-qemu',
      'debian-13/containerd-1.7.24/kata-3.30.0-rust-qemu',
      'debian-13/containerd-2.3.4/runc-1.1.15',
      'debian-13/containerd-2.3.4/kata-3.30.0-go-qemu',
      'debian-13/containerd-2.3.4/kata-3.30.0-rust-qemu',
      'debian-13/crio-1.36.3/runc-1.1.15',
      'debian-13/crio-1.36.3/kata-3.30.0-go-qemu',
    ]);
  });

  test('gives each kubelet that a profile wants a cell of its own, and puts none in front of engines otherwise', () => {
    const matrix = exampleMatrix();
    matrix.kubelet = ['1.34.4', '1.37.2'].map((version) => ({ version, source: { kind: 'release' } }));
    const { quick } = matrix.profiles;
    if (quick === undefined) throw new Error('the example has no profile "quick"');
    expect(planCells(matrix, quick).cells.map(({ kubelet }) => kubelet)).toEqual([undefined]);
    const { cells } = planCells(matrix, { ...quick, kubelets: ['kubelet'] });
    expect(cells.map(({ id }) => id)).toEqual([
      'debian-13/containerd-1.7.24/runc-1.1.15+kubelet-1.34.4',
      'debian-13/containerd-1.7.24/runc-1.1.15+kubelet-1.37.2',
    ]);
    for (const cell of cells) expect(PlannedCell.parse(cell)).toEqual(cell);
    expect(planCells(matrix, { ...quick, kubelets: ['kubelet@1.37.2'] }).cells).toEqual(cells.slice(1));
  });

  test('gives cells that the schema of a plan accepts', () => {
    for (const cell of everything().planned) expect(() => PlannedCell.parse(cell)).not.toThrow();
  });

  test('leaves out a package of another suite, with the reason', () => {
    const { excluded } = everything();
    expect(excluded['debian-12/containerd-1.7.24/runc-1.1.5']).toBe(
      'packages of trixie need its libc, and debian-12 is bookworm',
    );
    expect(excluded['debian-12/containerd-1.6.20/runc-1.1.15']).toBe(
      'packages of trixie need its libc, and debian-12 is bookworm',
    );
  });

  test('does the same on a container host', () => {
    const matrix = exampleMatrix();
    matrix.hosts['debian-12'] = ContainerHost.parse({ kind: 'container', suite: 'bookworm' });
    expect(everything(matrix).excluded['debian-12/containerd-1.7.24/runc-1.1.5']).toMatch(/^packages of trixie need its libc/);
  });

  test('tries every package on a machine whose libc is not known in advance', () => {
    expect(everything().cells).toContain('metal/containerd-1.6.20/runc-1.1.15');
  });

  test('leaves out the rows of exclude, with their own reason', () => {
    expect(everything().excluded['metal/crio-1.36.3/kata-3.30.0-rust-qemu']).toBe('the rust shim is not tried under CRI-O here');
  });

  test('leaves out a VMM that takes block devices under an engine that makes none', () => {
    const matrix = exampleMatrix();
    matrix.runtimes.kata = [{ version: '4.1.0', shim: 'go', vmm: 'firecracker', source: { kind: 'path' } }];
    const { cells, excluded } = everything(matrix);
    expect(cells).toContain('debian-13/containerd-1.7.24/kata-4.1.0-go-firecracker');
    expect(excluded['debian-13/crio-1.36.3/kata-4.1.0-go-firecracker']).toBe(
      'firecracker takes a block device for the root of a container, and crio 1.36.3 makes directories only',
    );
  });

  test('plans or excludes each combination exactly once', () => {
    const { cells, excluded } = everything();
    const ids = [...cells, ...Object.keys(excluded)];
    expect(ids).toHaveLength(3 * 4 * 4);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('takes the package of the own suite where two suites share a version', () => {
    const matrix = exampleMatrix();
    for (const entry of matrix.runtimes.runc ?? []) entry.version = '1.1.15';
    const { planned, excluded } = everything(matrix);
    const suites = planned
      .filter(({ id }) => /^debian-1\d\/crio-1\.36\.3\/runc-1\.1\.15$/.test(id))
      .map(({ runtime }) => (runtime.source.kind === 'deb' ? runtime.source.suite : ''));
    expect(suites).toEqual(['bookworm', 'trixie']);
    expect(excluded).not.toHaveProperty(['debian-13/crio-1.36.3/runc-1.1.15']);
    expect(planned.filter(({ id }) => id === 'metal/crio-1.36.3/runc-1.1.15')).toHaveLength(1);
  });

  describe('with versions that float', () => {
    /** The example whose packages float, each in its own suite. */
    function floating() {
      const matrix = exampleMatrix();
      for (const entry of [...(matrix.engines.containerd ?? []), ...(matrix.runtimes.runc ?? [])])
        if (entry.source.kind === 'deb') entry.version = newest;
      return matrix;
    }

    const keyOf = (name: 'containerd' | 'runc', suite: string): string =>
      componentKey({ name, version: newest, source: { kind: 'deb', suite, packages: [name] } });

    test('keeps one that nobody looked up apart from that of another suite', () => {
      const { cells } = everything(floating());
      expect(cells).toContain('debian-13/containerd-newest-trixie/runc-newest-trixie');
      expect(cells).toContain('metal/containerd-newest-bookworm/runc-newest-trixie');
    });

    test('names cells and packages by what was found, whatever it is, and picks by what was asked for', () => {
      const versions = fc.constantFrom('1.6.20', '1.7.24', '1.7.28', '2.3.4', '10.0.0-rc.1');
      fc.assert(
        fc.property(fc.array(versions, { minLength: 4, maxLength: 4 }), ([a = '', b = '', c = '', d = '']) => {
          const matrix = floating();
          const profile = matrix.profiles['all']!;
          const found = new Map([
            [keyOf('containerd', 'bookworm'), a],
            [keyOf('containerd', 'trixie'), b],
            [keyOf('runc', 'bookworm'), c],
            [keyOf('runc', 'trixie'), d],
          ]);
          const { cells, excluded } = planCells(matrix, { ...profile, engines: ['containerd@newest'] }, found);
          expect(JSON.stringify(cells)).not.toContain(newest);
          const ids = [...cells, ...excluded.map(({ cell }) => cell)].map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          for (const cell of cells) {
            expect(cell.id).toContain(`/containerd-${cell.engine.version}/`);
            if (cell.host.id !== 'metal') expect(cell.engine.version).toBe(cell.host.id === 'debian-12' ? a : b);
          }
          expect(ids).toContain(`debian-13/containerd-${b}/runc-${d}`);
        }),
      );
    });

    test('leaves out by what was asked for, and by what was found', () => {
      for (const engine of ['containerd@newest', 'containerd@1.7.28']) {
        const matrix = { ...floating(), exclude: [{ engine, why: 'not tried in this test' }] };
        const found = new Map([[keyOf('containerd', 'trixie'), '1.7.28']]);
        const { excluded } = planCells(matrix, matrix.profiles['all']!, found);
        expect(excluded).toContainEqual({
          cell: expect.objectContaining({ id: 'debian-13/containerd-1.7.28/kata-3.30.0-go-qemu' }),
          why: 'not tried in this test',
        });
      }
    });
  });
});
