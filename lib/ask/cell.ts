import { questionsOf, unmet } from '../judge/applies.ts';
import { EngineName, isReleaseVersion, RuntimeName, type Matrix, type Source } from '../model/matrix/matrix.ts';
import { versionLabel } from '../model/matrix/pick.ts';
import { planCells, type FoundVersions } from '../plan/cells.ts';
import { cellFacts } from '../judge/cell-facts.ts';
import { componentKey } from '../model/cell.ts';
import { newest } from '../model/version.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { groupBy } from '../util/group-by.ts';
import { knownEntry, type Book, type KnownEntry } from './book.ts';

export interface CellEntry {
  id: string;
  host: string;
  engine: string;
  runtime: string;
  kubelet?: string | undefined;
  /** Profiles that run it. */
  profiles: string[];
  /** Why no profile can run it. */
  excluded: string | undefined;
  /** Questions that its engine and runtime meet; the host may still lack something. */
  applies: string[];
  /** Questions that it does not meet, by reason. */
  unsupported: Array<{ reason: string; questions: string[] }>;
}

/** A cell of the matrix, with what can be judged in it; undefined when the matrix does not make it. */
export function cellEntry(id: string, matrix: Matrix, book: Book): { cell: CellEntry; known: KnownEntry[] } | undefined {
  const { cells, excluded } = combinations(matrix);
  const found = versionsIn(id, matrix);
  const left = excluded.find(({ cell }) => cell.id === id);
  const planned = [...cells, ...(left === undefined ? [] : [left.cell]), ...combinations(matrix, found).cells].find(
    (cell) => cell.id === id,
  );
  if (planned === undefined) return undefined;
  const facts = cellFacts(planned);
  const entry: CellEntry = {
    id,
    host: `${planned.host.id}, ${planned.host.spec.kind}`,
    engine: part(planned.engine),
    runtime: part({ ...planned.runtime, version: versionLabel(planned.runtime) }),
    kubelet: planned.kubelet && part(planned.kubelet),
    profiles: Object.entries(matrix.profiles)
      .filter(([, profile]) => planCells(matrix, profile, found).cells.some((cell) => cell.id === id))
      .map(([name]) => name),
    excluded: left?.why,
    ...judgeable(facts, book),
  };
  const known = book.known
    .filter(({ where }) => where.every((need) => need.unmet(facts) === undefined))
    .map((issue) => knownEntry(issue, book));
  return { cell: entry, known };
}

/** The ids of all cells that the matrix can make. */
export function cellIds(matrix: Matrix): string[] {
  return combinations(matrix).cells.map(({ id }) => id);
}

function combinations(matrix: Matrix, found?: FoundVersions): ReturnType<typeof planCells> {
  const everything = { title: '', hosts: Object.keys(matrix.hosts), engines: ['*'], runtimes: ['*'], suites: [] };
  const direct = planCells(matrix, everything, found);
  const behind = matrix.kubelet === undefined ? undefined : planCells(matrix, { ...everything, kubelets: ['*'] }, found);
  return { cells: [...direct.cells, ...(behind?.cells ?? [])], excluded: [...direct.excluded, ...(behind?.excluded ?? [])] };
}

/** What the floating versions of the matrix came to in the run that named this cell. */
function versionsIn(id: string, { engines, runtimes }: Matrix): FoundVersions {
  const found = new Map<string, string>();
  const [, ...labels] = id.split(/[/+]/);
  for (const name of [...EngineName.options, ...RuntimeName.options]) {
    const version = labels.find((label) => label.startsWith(`${name}-`))?.slice(name.length + 1) ?? '';
    if (!isReleaseVersion(version)) continue;
    const entries = { ...engines, ...runtimes }[name] ?? [];
    for (const entry of entries) if (entry.version === newest) found.set(componentKey({ name, ...entry }), version);
  }
  return found;
}

function judgeable(facts: CellFacts, book: Book): Pick<CellEntry, 'applies' | 'unsupported'> {
  const applies: string[] = [];
  const reasons = new Map<string, string[]>();
  for (const [id, asked] of groupBy(questionsOf(book.suites), ({ question }) => question.id)) {
    const why = asked.map((one) => unmet(one, facts));
    const [reason] = why;
    if (reason === undefined || why.includes(undefined)) applies.push(id);
    else reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  return { applies, unsupported: [...reasons].map(([reason, questions]) => ({ reason, questions })) };
}

function part({ name, version, source }: { name: string; version: string; source: Source }): string {
  return `${name} ${version} (${source.kind})`;
}
