import type { PlannedCell } from '../model/cell.ts';

/** Any number of made-up cells: `hosts` × `engines` × `runtimes`, in the order of a plan. For tests and benchmarks. */
export function madeUpCells(hosts: number, engines: number, runtimes: number): PlannedCell[] {
  const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  return numbered(hosts).flatMap((h) =>
    numbered(engines).flatMap((e) =>
      numbered(runtimes).map((r) => ({
        id: `host-${h}/containerd-1.${e}/runc-1.${r}`,
        host: { id: `host-${h}`, spec: { kind: 'container' as const, suite: 'trixie' as const } },
        engine: { name: 'containerd' as const, version: `1.${e}`, source: { kind: 'path' as const } },
        runtime: { name: 'runc' as const, version: `1.${r}`, source: { kind: 'path' as const } },
      })),
    ),
  );
}
