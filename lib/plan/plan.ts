import type { Matrix } from '../model/matrix/matrix.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { UsageError } from '../util/errors.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { planCells, withVersions, type ExcludedCell, type FoundVersions } from './cells.ts';
import { planHash } from './hash.ts';
import { coverPairs } from './pairs.ts';
import { parseSelection, type Vocabulary } from './select.ts';

export interface PlanOptions extends Omit<Vocabulary, 'matrix'> {
  profile: string;
  /** A selection as `--only` takes it; empty or absent selects everything. */
  only?: string | undefined;
  /** Version of the kubelet before every engine, in place of what the profile has. */
  kubelet?: string | undefined;
  /** Scenarios by suite. */
  scenariosOf?: Readonly<Record<string, readonly string[]>>;
  /** What the floating versions came to. Cells of one that is not there keep the version "newest", and match any version. */
  found?: FoundVersions;
}

/** What a profile and a selection come to. Throws a UsageError for unknown names and when nothing is left. */
export function makePlan(matrix: Matrix, options: PlanOptions): Plan {
  const { profile: id, only = '', kubelet, scenariosOf, found = new Map(), ...names } = options;
  const named = Object.hasOwn(matrix.profiles, id) ? matrix.profiles[id] : undefined;
  if (named === undefined) throw new UsageError(unknownWord('profile', id, Object.keys(matrix.profiles)));
  const kubelets = (matrix.kubelet ?? []).map(({ version }) => version);
  if (kubelet !== undefined && !kubelets.includes(kubelet)) throw new UsageError(unknownWord('kubelet', kubelet, kubelets));
  const profile = kubelet === undefined ? named : { ...named, kubelets: [`kubelet@${kubelet}`] };
  const selection = parseSelection(only, { matrix: withVersions(matrix, found), ...names });
  const suites = profile.suites.filter(selection.suite);
  if (suites.length === 0)
    throw new UsageError(`${leaves(selection.text)} no suite of profile ${id}; it has ${profile.suites.join(', ')}`);
  const all = planCells(matrix, profile, found);
  const selected = all.cells.filter(selection.cell);
  const kept = profile.coverage === 'pairs' ? coverPairs(selected) : undefined;
  const cells = kept?.map(({ cell }) => cell) ?? selected;
  const excluded = [...all.excluded.filter(({ cell }) => selection.cell(cell)), ...notKept(selected, cells)];
  if (cells.length === 0) throw new UsageError(`${leaves(selection.text)} no cell of profile ${id}${reason(excluded)}`);
  const scenarios = scenariosOf && Object.fromEntries(suites.map((suite) => [suite, [...(scenariosOf[suite] ?? [])]]));
  const content = { only: selection.text, suites, scenarios, cells };
  return {
    schema: 1,
    hash: planHash(content),
    profile: id,
    ...content,
    stands: kept && Object.fromEntries(kept.map(({ cell, stands }) => [cell.id, stands])),
    excluded: excluded.map(({ cell, why }) => ({ cell: cell.id, why })),
  };
}

/** The cells that a coverage of pairs can do without. */
function notKept(selected: readonly PlannedCell[], kept: readonly PlannedCell[]): ExcludedCell[] {
  const all = new Set(kept);
  const why = 'coverage by pairs: any two of its host, engine and runtime are together in another cell';
  return selected.filter((cell) => !all.has(cell)).map((cell) => ({ cell, why }));
}

function leaves(selection: string): string {
  return selection === '' ? 'The matrix leaves' : `--only ${JSON.stringify(selection)} leaves`;
}

function reason(excluded: ExcludedCell[]): string {
  const [first] = excluded;
  if (first === undefined) return '; "podproof plan" lists what it has';
  const count = excluded.length === 1 ? 'the one' : `${excluded.length}`;
  return `: ${count} that would match ${excluded.length === 1 ? 'is' : 'are'} left out, ${first.cell.id} because ${first.why}`;
}
