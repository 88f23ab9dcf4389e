import fc from 'fast-check';
import { expect, test } from 'vitest';
import { madeUpCells } from '../testing/plan.ts';
import { planLeases } from './leases.ts';

test('behind a kubelet an engine is there for one cell alone', () => {
  const cells = madeUpCells(1, 1, 2).map((cell, index) => ({
    ...cell,
    kubelet: { name: 'kubelet' as const, version: `1.3${index}.0`, source: { kind: 'release' as const } },
  }));
  const [lease] = planLeases(cells);
  expect(lease?.engines.map((group) => group.cells)).toEqual(cells.map((cell) => [cell]));
});

test('each host is booted once, each engine version started once on it, and every cell is in one of them', () => {
  const all = madeUpCells(3, 3, 3);
  fc.assert(
    fc.property(fc.shuffledSubarray(all), (cells) => {
      const leases = planLeases(cells);
      expect(new Set(leases.map(({ host }) => host.id)).size).toBe(leases.length);
      for (const { host, engines } of leases) {
        expect(new Set(engines.map(({ engine }) => engine.version)).size).toBe(engines.length);
        for (const group of engines) {
          expect(group.cells.length).toBeGreaterThan(0);
          for (const cell of group.cells) expect([cell.host.id, cell.engine.version]).toEqual([host.id, group.engine.version]);
        }
      }
      const ids = leases.flatMap(({ engines }) => engines.flatMap((group) => group.cells.map(({ id }) => id)));
      expect(ids.sort()).toEqual(cells.map(({ id }) => id).sort());
    }),
  );
});
