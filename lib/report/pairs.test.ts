import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell, Document } from '../model/document.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { pairCells } from './pairs.ts';

const provenance = { source: 'release', sha256: '' };
/** `debian-13/crio-1.36.3/kata-4.1.0-go-qemu`, in the shape of a document. */
function cell(id: string): Cell {
  const [host = '', engine = '', runtime = ''] = id.split('/');
  const [, engineName = '', engineVersion = ''] = /^([a-z]+)-(.*)$/.exec(engine) ?? [];
  const [, name = '', version = '', shim, vmm] = /^([a-z]+)-([^-]+)(?:-(\w+)-(\w+))?$/.exec(runtime) ?? [];
  return {
    id,
    host,
    engine: { name: engineName, version: engineVersion, ...provenance },
    runtime: { name, version, ...(shim && { shim }), ...(vmm && { vmm }), ...provenance },
    verdict: 'pass',
  };
}

function document(...ids: string[]): Document {
  const cells = ids.map(cell);
  const hosts = [...new Set(cells.map(({ host }) => host))].map((id) => ({ id, kind: 'vm', accelerator: 'kvm' }));
  return { ...sampleDocument(), cells, hosts, verdicts: [] };
}

const paired = (older: readonly string[], id: string): string | undefined =>
  pairCells(document(...older), document(id)).get(id)?.id;

describe('a cell is compared', () => {
  it.for<[string, string, string[], string | undefined]>([
    [
      'with itself, whatever else there is',
      'debian-13/crio-1.36.3/runc-1.1.15',
      ['debian-13/crio-1.36.3/runc-1.1.15', 'debian-13/crio-1.36.2/runc-1.1.15'],
      'debian-13/crio-1.36.3/runc-1.1.15',
    ],
    [
      'with the nearest older engine, in the order of versions',
      'debian-13/crio-1.36.3/runc-1.1.15',
      ['debian-13/crio-1.9.0/runc-1.1.15', 'debian-13/crio-1.30.14/runc-1.1.15', 'debian-13/crio-1.37.0/runc-1.1.15'],
      'debian-13/crio-1.30.14/runc-1.1.15',
    ],
    [
      'with the nearest older runtime of its shim and VMM',
      'debian-13/containerd-1.7.24/kata-4.1.0-go-qemu',
      [
        'debian-13/containerd-1.7.24/kata-3.30.0-go-qemu',
        'debian-13/containerd-1.7.24/kata-4.0.0-rust-qemu',
        'debian-13/containerd-1.7.24/kata-4.0.0-go-clh',
      ],
      'debian-13/containerd-1.7.24/kata-3.30.0-go-qemu',
    ],
    [
      'rather where one component differs than where two do',
      'debian-13/containerd-2.3.4/runc-1.1.15',
      ['debian-13/containerd-2.2.7/runc-1.1.5', 'debian-13/containerd-1.7.24/runc-1.1.15'],
      'debian-13/containerd-1.7.24/runc-1.1.15',
    ],
    [
      'with another release of its host family',
      'debian-13/containerd-1.7.24/runc-1.1.15',
      ['debian-12/containerd-1.6.20/runc-1.1.5'],
      'debian-12/containerd-1.6.20/runc-1.1.5',
    ],
    ['with no newer version', 'debian-13/crio-1.30.14/runc-1.1.15', ['debian-13/crio-1.36.3/runc-1.1.15'], undefined],
    [
      'with none of which one version is newer',
      'debian-13/crio-1.36.3/runc-1.1.15',
      ['debian-13/crio-1.30.14/runc-1.3.0'],
      undefined,
    ],
    ['with no other engine', 'debian-13/crio-1.36.3/runc-1.1.15', ['debian-13/containerd-1.7.24/runc-1.1.15'], undefined],
    ['with no other runtime', 'debian-13/crio-1.36.3/crun-1.21', ['debian-13/crio-1.30.14/runc-1.1.15'], undefined],
    [
      'with no host of another family',
      'debian-12-cgroup1/crio-1.36.3/runc-1.1.15',
      ['debian-12/crio-1.30.14/runc-1.1.15', 'ubuntu-24/crio-1.30.14/runc-1.1.15'],
      undefined,
    ],
  ])('%s', ([, id, older, found]) => {
    expect(paired(older, id)).toBe(found);
  });

  it('with the same one in whatever order the baseline lists its cells, and only with its own kin', () => {
    const ids = fc.uniqueArray(
      fc
        .tuple(
          fc.constantFrom('debian-12', 'debian-13', 'debian-sid', 'debian-12-cgroup1'),
          fc.constantFrom('crio', 'containerd'),
          fc.constantFrom('1.9.0', '1.10.0', '1.10.0-rc.1', '2.0.0'),
          fc.constantFrom('runc-1.1.5', 'runc-1.1.15', 'kata-3.30.0-go-qemu', 'kata-4.1.0-go-qemu', 'kata-4.1.0-rust-clh'),
        )
        .map(([host, engine, version, runtime]) => `${host}/${engine}-${version}/${runtime}`),
      { minLength: 2, maxLength: 12 },
    );
    fc.assert(
      fc.property(ids, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (all, keys) => {
        const [id = '', ...older] = all;
        const other = older.map((each, index) => ({ each, key: keys[index] ?? 0 })).sort((a, b) => a.key - b.key);
        const found = paired(older, id);
        expect(
          paired(
            other.map(({ each }) => each),
            id,
          ),
        ).toBe(found);
        if (found === undefined) return;
        const [a, b] = [cell(found), cell(id)];
        expect([a.engine.name, a.runtime.name, a.runtime.shim, a.runtime.vmm]).toEqual([
          b.engine.name,
          b.runtime.name,
          b.runtime.shim,
          b.runtime.vmm,
        ]);
      }),
    );
  });
});
