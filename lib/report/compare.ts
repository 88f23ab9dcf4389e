import { type Baseline, type CellPair, type Change, type ChangeKind, changeKinds, type Incomparable } from '../model/baseline.ts';
import { type Cell, type Document, type Verdict, verdictId } from '../model/document.ts';
import { exitCode } from '../model/verdict.ts';
import { groupBy } from '../util/group-by.ts';
import { canonical } from './canonical.ts';
import { isUnjudged, sinceThen } from './since-then.ts';
import { pairCells } from './pairs.ts';
import { everyVerdict } from './verdicts.ts';

/** The document with what changed since an older one. Pure. */
export function withBaseline(document: Document, older: Document): Document {
  return { ...document, baseline: compare(older, document) };
}

/** Compares cell by cell, each with the nearest older one, by suite, scenario and question; independent of the order of entries. */
export function compare(older: Document, document: Document): Baseline {
  const [before, after] = [canonical(older), canonical(document)];
  const paired = pairCells(before, after);
  const byCell = (each: Document): Map<string, Verdict[]> => groupBy(everyVerdict(each), ({ cell }) => cell);
  const [had, has] = [byCell(before), byCell(after)];
  const compared = after.cells.map((cell) => {
    const was = paired.get(cell.id);
    return compareCells(cell, has.get(cell.id) ?? [], was, was === undefined ? [] : (had.get(was.id) ?? []));
  });
  const changes = compared.flatMap((each) => each.changes);
  const used = new Set([...paired.values()].map(({ id }) => id));
  return {
    run: older.run.id,
    started: older.run.started,
    podproof: older.run.podproof,
    exit: exitOfNew(document, changes),
    pairs: compared.map(({ pair }) => pair),
    changes: changeKinds.flatMap((kind) => changes.filter((change) => change.kind === kind)),
    gone: compared.flatMap(({ gone }) => gone),
    goneCells: before.cells.flatMap(({ id }) => (used.has(id) ? [] : [id])),
  };
}

/** The changes of some kinds with the verdicts that they are about, in the order of the document. */
export function changesOf(document: Document, ...kinds: readonly ChangeKind[]): Array<{ change: Change; verdict: Verdict }> {
  const wanted = (document.baseline?.changes ?? []).filter(({ kind }) => kinds.includes(kind));
  if (wanted.length === 0) return [];
  const verdicts = new Map(everyVerdict(document).map((verdict) => [verdictId(verdict), verdict]));
  return wanted.flatMap((change) => {
    const verdict = verdicts.get(verdictId(change));
    return verdict === undefined ? [] : [{ change, verdict }];
  });
}

function compareCells(
  cell: Cell,
  now: readonly Verdict[],
  older: Cell | undefined,
  then: readonly Verdict[],
): { pair: CellPair; changes: Change[]; gone: Baseline['gone'] } {
  const nameOf = ({ suite, scenario, question }: Verdict): string => verdictId({ cell: '', suite, scenario, question });
  const before = new Map(then.map((verdict) => [nameOf(verdict), verdict]));
  const ran = new Set(then.map(({ suite, scenario }) => JSON.stringify([suite, scenario])));
  const counts = Object.fromEntries(changeKinds.map((kind) => [kind, 0])) as CellPair['counts'];
  const changes: Change[] = [];
  const judged = new Set<string>();
  for (const verdict of now) {
    if (verdict.verdict === 'unsupported') continue;
    const { suite, scenario, question } = verdict;
    judged.add(nameOf(verdict));
    const was = before.get(nameOf(verdict));
    const absent = (): Incomparable =>
      older === undefined ? 'no-cell' : ran.has(JSON.stringify([suite, scenario])) ? 'not-asked' : 'not-run';
    const found = sinceThen({ was, now: verdict, versions: [versionsOf(older), versionsOf(cell)], absent });
    counts[found.kind]++;
    if (found.kind === 'same' || found.kind === 'still-unjudged' || found.why === 'no-cell') continue;
    const id = { cell: cell.id, suite, scenario, question };
    changes.push({ ...found, ...id, before: was && summaryOf(was), after: verdict.verdict });
  }
  const gone = then.filter((was) => was.verdict !== 'unsupported' && !isUnjudged(was) && !judged.has(nameOf(was)));
  const from = older && { cell: older.id, host: older.host, engine: older.engine.version, runtime: older.runtime.version };
  return {
    pair: { cell: cell.id, before: from, counts },
    changes,
    gone: gone.map(({ suite, scenario, question, ...was }) => ({ cell: was.cell, suite, scenario, question })),
  };
}

function versionsOf(cell: Cell | undefined): string[] {
  return cell === undefined ? [] : [cell.engine.version, cell.runtime.version];
}

function summaryOf({ verdict, answer, harm, observed, known, reason }: Verdict): NonNullable<Change['before']> {
  return { verdict, answer, harm, observed, known, reason };
}

/** 1 for what is newly weaker or broken, whatever its verdict; what is newly unjudged counts as in any run. */
function exitOfNew(document: Document, changes: readonly Change[]): number {
  const fresh = changes.flatMap(({ kind, after }) => {
    if (kind === 'newly-weaker' || kind === 'newly-broken') return ['fail' as const];
    return kind === 'newly-unjudged' ? [after] : [];
  });
  return fresh.length > 0 ? exitCode(fresh) : document.run.exit === 77 ? 77 : 0;
}
