import type { Baseline, Change, ChangeKind } from '../model/baseline.ts';
import { changeKinds } from '../model/baseline.ts';
import { type Document, type Verdict, verdictId } from '../model/document.ts';
import { colourOf, exitCode } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { canonicalJson } from '../model/json.ts';
import { steady } from './steady.ts';
import { everyVerdict } from './verdicts.ts';

/** The document with what changed since an older one: every verdict of either is in at most one change. Pure. */
export function withBaseline(document: Document, older: Document): Document {
  return { ...document, baseline: compare(older, document) };
}

/** Compares by cell, suite, scenario and rule; independent of the order of entries. Cells that came or went are named as cells. */
export function compare(older: Document, document: Document): Baseline {
  const before = byId(older);
  const after = byId(document);
  const cells = new Set(document.cells.map(({ id }) => id));
  const olderCells = new Set(older.cells.map(({ id }) => id));
  const changes = [
    ...[...after].map(([id, verdict]) => changeOf(before.get(id), verdict)),
    ...[...before].map(([id, verdict]) => (after.has(id) || !cells.has(verdict.cell) ? undefined : changeOf(verdict, undefined))),
  ].flatMap((change) => (change === undefined || (change.kind === 'appeared' && !olderCells.has(change.cell)) ? [] : [change]));
  return {
    run: older.run.id,
    started: older.run.started,
    podproof: older.run.podproof,
    exit: exitOfNew(document, changes),
    changes: changeKinds.flatMap((kind) => changes.filter((change) => change.kind === kind)),
    newCells: canonical(document).cells.flatMap(({ id }) => (olderCells.has(id) ? [] : [id])),
    goneCells: canonical(older).cells.flatMap(({ id }) => (cells.has(id) ? [] : [id])),
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

/** How many changes of each kind; kinds that did not happen are left out. */
export function changeCounts({ changes }: Baseline): Array<[ChangeKind, number]> {
  return changeKinds.flatMap((kind): Array<[ChangeKind, number]> => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [[kind, count]];
  });
}

function changeOf(before: Verdict | undefined, after: Verdict | undefined): Change | undefined {
  const kind = kindOf(before, after);
  const named = after ?? before;
  if (kind === undefined || named === undefined) return undefined;
  const { cell, suite, scenario, rule } = named;
  return {
    kind,
    cell,
    suite,
    scenario,
    rule,
    ...(before === undefined ? {} : { before: told(before) }),
    ...(after === undefined ? {} : { after: after.verdict }),
  };
}

function told({ verdict, observed, known, reason }: Verdict): NonNullable<Change['before']> {
  return { verdict, observed, ...(known === undefined ? {} : { known }), ...(reason === undefined ? {} : { reason }) };
}

function kindOf(before: Verdict | undefined, after: Verdict | undefined): ChangeKind | undefined {
  const was = stateOf(before);
  switch (stateOf(after)) {
    case 'absent':
      if (was === 'absent') return undefined;
      return was === 'infrastructure' && after !== undefined ? 'unblocked' : 'disappeared';
    case 'pass':
      if (was === 'absent') return 'appeared';
      if (was === 'infrastructure') return 'unblocked';
      return was === 'pass' ? changed(before, after, undefined) : 'fixed';
    case 'known':
      return was === 'known' && before?.known === after?.known ? changed(before, after, 'still-known') : 'new-known';
    case 'red':
      if (was === 'red' && before?.verdict === after?.verdict) return changed(before, after, 'still-failing');
      return after?.verdict === 'fixed' ? 'fixed' : 'new-failure';
    case 'infrastructure':
      return was === 'infrastructure' ? 'still-blocked' : 'newly-blocked';
  }
}

function stateOf(verdict: Verdict | undefined): 'absent' | 'pass' | 'known' | 'red' | 'infrastructure' {
  if (verdict === undefined || verdict.verdict === 'unsupported') return 'absent';
  if (verdict.verdict === 'pass' || verdict.verdict === 'known') return verdict.verdict;
  return colourOf(verdict.verdict) === 'red' ? 'red' : 'infrastructure';
}

function changed(
  before: Verdict | undefined,
  after: Verdict | undefined,
  otherwise: ChangeKind | undefined,
): ChangeKind | undefined {
  return evidenceOf(before) === evidenceOf(after) ? otherwise : 'changed-evidence';
}

function evidenceOf(verdict: Verdict | undefined): string {
  return steady(canonicalJson([verdict?.observed, verdict?.layer, verdict?.trail, verdict?.harm]));
}

/** What was red before and fails in the same way is not new; with other evidence it may be another failure, and counts. */
function exitOfNew(document: Document, changes: readonly Change[]): number {
  const fresh: readonly ChangeKind[] = ['new-failure', 'newly-blocked', 'changed-evidence', 'fixed'];
  const verdicts = changes.flatMap(({ kind, after }) => (after !== undefined && fresh.includes(kind) ? [after] : []));
  return verdicts.length > 0 ? exitCode(verdicts) : document.run.exit === 77 ? 77 : 0;
}

function byId(document: Document): Map<string, Verdict> {
  return new Map(everyVerdict(canonical(document)).map((verdict) => [verdictId(verdict), verdict]));
}
