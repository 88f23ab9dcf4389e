import { type Baseline, type CellPair, type Change, type ChangeKind, changeKinds, type Incomparable } from '../model/baseline.ts';
import type { Cell, Document, Verdict } from '../model/document.ts';
import { exitMeaning, type Harm } from '../model/verdict.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';
import { changesOf } from './compare.ts';
import { naturalOrder } from './order.ts';
import { ownName } from './own-name.ts';

/** Headings for what became of verdicts since a baseline. */
export const changeTitles: Record<ChangeKind, string> = {
  'newly-weaker': 'Newly weaker',
  'newly-broken': 'Newly broken',
  'newly-unjudged': 'Newly unjudged',
  mended: 'Mended',
  'changed-evidence': 'Changed evidence',
  same: 'The same',
  'not-comparable': 'Not comparable',
  'still-unjudged': 'Still unjudged',
};

/** Completes "not comparable, as …". */
export const incomparableTexts: Record<Incomparable, string> = {
  'no-cell': 'the baseline has no cell to pair',
  'not-run': 'the baseline did not run the scenario',
  'not-asked': 'the baseline did not ask the question',
  inapplicable: 'the question did not apply there, or nothing was recorded to answer it from',
  unjudged: 'the baseline could not judge it',
  'no-answer': 'the baseline does not name the answer',
};

/** One thing that became of a question: the same answers before and after, in whatever cells and scenarios. */
export interface Outcome {
  kind: ChangeKind;
  question: string;
  /** The question's sentence, or its id. */
  asks: string;
  /** What was answered then and now, in the words of the answers; `before` is empty when there was none. */
  before: string;
  after: string;
  /** The one before as the baseline has it, of the first of the verdicts. */
  was: Change['before'];
  /** Of the answer now. */
  harm: Harm | undefined;
  verdicts: Verdict[];
  /** In the order of the document. */
  cells: string[];
}

/** The outcomes of a kind, the widest first. */
export function outcomesOf(document: Document, kind: ChangeKind): Outcome[] {
  const questions = new Map(document.questions.map((question) => [`${question.suite} ${question.id}`, question]));
  const groups = groupBy(changesOf(document, kind), ({ change, verdict }) =>
    JSON.stringify([
      change.suite,
      change.question,
      change.before?.answer ?? change.before?.observed,
      verdict.answer ?? verdict.observed,
    ]),
  );
  return [...groups.values()]
    .map((group): Outcome => {
      const [{ change, verdict }] = group;
      const question = questions.get(`${change.suite} ${change.question}`);
      const inWords = (seen: Pick<Verdict, 'answer' | 'observed' | 'reason'>): string =>
        question?.answers.find(({ name }) => name === seen.answer)?.says ?? (seen.observed || (seen.reason ?? ''));
      const [before, after] = [change.before === undefined ? '' : inWords(change.before), inWords(verdict)];
      // The same answer differs in what was seen alone.
      const same = change.before?.answer !== undefined && change.before.answer === verdict.answer;
      return {
        ...{ kind, question: change.question, asks: question?.asks ?? change.question, harm: verdict.harm, was: change.before },
        before: same ? (change.before?.observed ?? '') : before,
        after: same ? verdict.observed : after,
        verdicts: group.map((each) => each.verdict),
        cells: [...new Set(group.map((each) => each.change.cell))],
      };
    })
    .sort((a, b) => b.verdicts.length - a.verdicts.length || naturalOrder(a.question, b.question));
}

/** How many changes of each kind in all cells. */
export function totals({ pairs }: Pick<Baseline, 'pairs'>): Record<ChangeKind, number> {
  return Object.fromEntries(
    changeKinds.map((kind) => [kind, pairs.reduce((sum, { counts }) => sum + counts[kind], 0)]),
  ) as Record<ChangeKind, number>;
}

/** `CRI-O 1.30.14 → 1.36.3: 0 newly weaker, 0 newly broken, 2 mended, 81 the same, 13 not comparable`: one line for each pair of versions. */
export function headlines(document: Document): string[] {
  const { baseline } = document;
  if (baseline === null) return [];
  const cells = new Map(document.cells.map((cell) => [cell.id, cell]));
  const moves = groupBy(baseline.pairs, (pair) => moveText(cells.get(pair.cell), pair.before));
  return [...moves].map(([move, pairs]) => `${move}: ${countsText(totals({ pairs }))}`);
}

/** Why what is not comparable is not, what of it deviates, and what only the baseline has. */
export function remarks({ baseline, verdicts }: Document): string[] {
  if (baseline === null) return [];
  const { pairs, changes, gone, goneCells } = baseline;
  const unknown = changes.filter(({ kind }) => kind === 'not-comparable');
  const unpaired = pairs.filter(({ before }) => before === undefined);
  const alone = new Set(unpaired.map(({ cell }) => cell));
  const failed =
    unknown.filter(({ after }) => after === 'fail').length +
    verdicts.filter(({ cell, verdict }) => verdict === 'fail' && alone.has(cell)).length;
  const reasons = [...groupBy(unknown, ({ why = 'not-run' }) => why)].map(([why, own]) => ({
    what: String(own.length),
    why: why as Incomparable,
  }));
  if (unpaired.length > 0)
    reasons.push({
      what: `${totals({ pairs: unpaired })['not-comparable']} in ${count(unpaired.length, 'cell')}`,
      why: 'no-cell',
    });
  return [
    ...reasons.map(({ what, why }) => `${what} not comparable, as ${incomparableTexts[why]}`),
    ...(failed === 0 ? [] : [`${count(failed, 'failure')} among what is not comparable, not recorded`]),
    ...(gone.length === 0 ? [] : [`${count(gone.length, 'answer')} of the baseline not looked for again`]),
    ...(goneCells.length === 0 ? [] : [`${count(goneCells.length, 'cell')} of the baseline compared with nothing`]),
  ];
}

/** What the exit code means when only what is new counts. */
export function exitOfNewMeaning(exit: number): string {
  return exit === 1 ? 'something is newly weaker, newly broken, or the wrong thing was tested' : exitMeaning(exit);
}

function countsText(counts: Record<ChangeKind, number>): string {
  const always: readonly ChangeKind[] = ['newly-weaker', 'newly-broken', 'mended', 'same', 'not-comparable'];
  return changeKinds
    .flatMap((kind) => (counts[kind] > 0 || always.includes(kind) ? [`${counts[kind]} ${changeTitles[kind].toLowerCase()}`] : []))
    .join(', ');
}

/** What was exchanged between two cells: `CRI-O 1.30.14 → 1.36.3`, `Kata Containers 3.30.0 → 4.1.0 (Go, QEMU)`. */
function moveText(cell: Cell | undefined, before: CellPair['before']): string {
  if (cell === undefined || before === undefined) return 'No cell to pair';
  const { engine, runtime, host } = cell;
  const flavour = [runtime.shim, runtime.vmm]
    .filter((part) => part !== undefined)
    .map(ownName)
    .join(', ');
  const moved = [
    ...(before.engine === engine.version ? [] : [`${ownName(engine.name)} ${before.engine} → ${engine.version}`]),
    ...(before.runtime === runtime.version
      ? []
      : [`${ownName(runtime.name)} ${before.runtime} → ${runtime.version}${flavour === '' ? '' : ` (${flavour})`}`]),
    ...(before.host === host ? [] : [`${before.host} → ${host}`]),
  ];
  return moved.join(', ') || 'Same versions';
}
