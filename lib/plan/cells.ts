import { hostKindFacts, type HostSpec } from '../hosts/facts.ts';
import { EngineName, RuntimeName, type Matrix, type Profile, type Source } from '../model/matrix/matrix.ts';
import { picks, versionLabel } from '../model/matrix/pick.ts';
import type { PlannedCell } from '../model/cell.ts';

export interface ExcludedCell {
  cell: PlannedCell;
  /** One sentence for the plan and the report. */
  why: string;
}

/** Every combination of a profile's axes: those to run, and those left out, each with its reason. Order and ids are stable. */
export function planCells(matrix: Matrix, profile: Profile): { cells: PlannedCell[]; excluded: ExcludedCell[] } {
  const cells: PlannedCell[] = [];
  const excluded: ExcludedCell[] = [];
  // Two Debian suites may share an upstream version, and so an id: the host's own is planned; on any other machine, the first.
  const seen = new Set<string>();
  const engines = chosen(EngineName.options, matrix.engines, profile.engines);
  const runtimes = chosen(RuntimeName.options, matrix.runtimes, profile.runtimes);
  const shared = matrix.cni === undefined ? {} : { cni: { name: 'cni' as const, ...matrix.cni } };
  for (const host of hostsOf(matrix, profile)) {
    for (const { label: engineLabel, part: engine } of engines) {
      for (const { label: runtimeLabel, part: runtime } of runtimes) {
        const id = `${host.id}/${engineLabel}/${runtimeLabel}`;
        const cell = { id, host, engine, runtime, ...shared };
        const why = foreignLibc(host, engine) ?? foreignLibc(host, runtime) ?? excludedBy(matrix, cell);
        if (why !== undefined) excluded.push({ cell, why });
        else if (!seen.has(id)) {
          seen.add(id);
          cells.push(cell);
        }
      }
    }
  }
  return { cells, excluded: excluded.filter(({ cell }) => !seen.has(cell.id) && seen.add(cell.id)) };
}

function hostsOf(matrix: Matrix, profile: Profile): Array<{ id: string; spec: HostSpec }> {
  return profile.hosts.flatMap((id) => {
    const spec = matrix.hosts[id];
    return spec === undefined ? [] : [{ id, spec }];
  });
}

function chosen<Name extends string, Entry extends { version: string }>(
  names: readonly Name[],
  versions: Partial<Record<Name, Entry[]>>,
  wanted: readonly string[],
): Array<{ label: string; part: { name: Name } & Entry }> {
  return names.flatMap((name) =>
    (versions[name] ?? [])
      .filter((entry) => wanted.some((pick) => picks(pick, name, entry)))
      .map((entry) => ({ label: `${name}-${versionLabel(entry)}`, part: { name, ...entry } })),
  );
}

function foreignLibc(host: PlannedCell['host'], part: { name: string; version: string; source: Source }): string | undefined {
  const suite = hostKindFacts(host.spec).debianSuite?.(host.spec);
  if (part.source.kind !== 'deb' || suite === undefined || suite === part.source.suite) return undefined;
  return `${part.name} ${part.version} is built for ${part.source.suite}'s libc, and ${host.id} is ${suite}`;
}

function excludedBy(matrix: Matrix, cell: PlannedCell): string | undefined {
  return matrix.exclude.find(
    (row) =>
      (row.host === undefined || row.host === cell.host.id) &&
      (row.engine === undefined || picks(row.engine, cell.engine.name, cell.engine)) &&
      (row.runtime === undefined || picks(row.runtime, cell.runtime.name, cell.runtime)),
  )?.why;
}
