import { shortAnswer } from '../../model/short-answer.ts';
import type { ChangeKind, Incomparable } from '../../model/baseline.ts';
import type { Cell, Document, HostEntry, KnownIssueText, Verdict } from '../../model/document.ts';
import { colourOf, type Harm, type VerdictName } from '../../model/verdict.ts';
import { sameVersion } from '../../model/version.ts';
import { groupBy } from '../../util/group-by.ts';
import { canonical } from '../canonical.ts';
import { causes, isNew } from '../causes.ts';
import { changesOf, withBaseline } from '../compare.ts';
import { type Outcome, outcomesOf, totals } from '../comparison-text.ts';
import { ownTitle } from '../own-name.ts';
import { sideBySide } from '../side-by-side.ts';
import { isUnjudged } from '../since-then.ts';
import { everyVerdict } from '../verdicts.ts';

/** Which two versions of which engine or runtime are compared. */
export interface Compared {
  name: string;
  version: string;
  against: string;
}

/** What an answer was or is: its name where it has one, and in words. */
export interface AnswerText {
  answer?: string;
  /** In a word or three. */
  short?: string;
  says: string;
}

/** One question that is answered otherwise by the newer version, in whatever cells and scenarios. */
export interface QualifiedChange {
  kind: ChangeKind;
  question: string;
  suite: string;
  asks: string;
  /** Absent where the older version had none to compare with. */
  before?: AnswerText;
  after: AnswerText;
  /** Of the answer now. */
  harm?: Harm | undefined;
  verdict: VerdictName;
  /** The answer now is neither documented nor a known issue, or the record of an issue is stale. */
  unrecorded: boolean;
  known?: KnownIssueText | undefined;
  cells: string[];
  /** At least one; the first stands for all. */
  verdicts: Verdict[];
}

/** What a version of an engine or a runtime changed, with the same counterparts on the same host: qualify.json. */
export interface Qualification extends Compared {
  schema: 1;
  run: string;
  started: string;
  hosts: Array<Pick<HostEntry, 'id' | 'kind' | 'accelerator'>>;
  /** What both versions ran with: `runc 1.1.15`. */
  with: string[];
  /** Answers of the newer version that could be compared. */
  compared: number;
  /** What weakens first, then what breaks, then what nobody has recorded. */
  changes: QualifiedChange[];
  /** The same answers, and how many of these were seen on other evidence. */
  same: number;
  otherEvidence: number;
  notComparable: Array<{ why: Incomparable; answers: number }>;
  /** Answered for the older version, and not asked of the newer. */
  gone: number;
  /** What says nothing of the newer version, by its reason: it never came up, or the wrong thing was tested. */
  unjudged: Array<{ verdict: VerdictName; reason: string; answers: number }>;
  /** Headlines of what else weakens isolation with the newer version: known or documented, and no news. */
  alsoWeakens: string[];
  /** 1: newly weaker, newly broken, or changed and recorded by nobody; 75: it could not be decided; 0. */
  exit: 0 | 1 | 75;
}

/** Compares the cells of two versions within one document, or within the documents of several runs. Pure. */
export function qualification(documents: readonly [Document, ...Document[]], compared: Compared): Qualification {
  const document = withBaseline(narrowed(documents, compared, compared.version), narrowed(documents, compared, compared.against));
  const counts = totals(document.baseline ?? { pairs: [] });
  const otherEvidence = sameAnswers(document);
  const changes = [...comparedKinds.flatMap((kind) => outcomesOf(document, kind).filter(isOtherAnswer)), ...newFailures(document)]
    .map((outcome) => changeOf(outcome, document))
    .sort((a, b) => rank(a) - rank(b));
  const unjudged = [
    ...changesOf(document, 'newly-unjudged', 'still-unjudged').map(({ verdict }) => verdict),
    ...unpaired(document),
  ];
  const lost = groupBy(unjudged, ({ verdict, reason, observed }) => JSON.stringify([verdict, reason ?? observed]));
  const incomparable = groupBy(changesOf(document, 'not-comparable'), ({ change }) => change.why ?? '');
  const { run, hosts } = document;
  const result = {
    ...compared,
    run: run.id,
    started: run.started,
    hosts: hosts.map(({ id, kind, accelerator }) => ({ id, kind, accelerator })),
    with: [...new Set(document.cells.map((cell) => ownTitle(counterpart(cell, compared))))],
    compared: comparedKinds.reduce((sum, kind) => sum + counts[kind], counts.same),
    changes,
    same: counts.same + otherEvidence,
    otherEvidence,
    notComparable: [...incomparable.values()].map((own) => ({ why: own[0].change.why ?? 'no-answer', answers: own.length })),
    gone: document.baseline?.gone.length ?? 0,
    unjudged: [...lost.values()].map((own) => ({
      verdict: own[0].verdict,
      reason: own[0].reason ?? own[0].observed,
      answers: own.length,
    })),
    alsoWeakens: alsoWeakens(document, changes),
  };
  return { schema: 1, ...result, exit: exitOf(result) };
}

const comparedKinds = ['newly-weaker', 'newly-broken', 'mended', 'changed-evidence'] as const satisfies readonly ChangeKind[];

/** What the documents have of one version, as one document. */
function narrowed([first, ...others]: readonly [Document, ...Document[]], { name }: Compared, version: string): Document {
  const isOf = ({ engine, runtime }: Cell): boolean =>
    [engine, runtime].some((part) => part.name === name && sameVersion(part.version, version));
  const parts = [first, ...others].map((document) => {
    const cells = document.cells.filter(isOf);
    const ids = new Set(cells.map(({ id }) => id));
    const hosts = new Set(cells.map(({ host }) => host));
    return {
      ...document,
      cells,
      verdicts: document.verdicts.filter(({ cell }) => ids.has(cell)),
      hosts: document.hosts.filter(({ id }) => hosts.has(id)),
    };
  });
  const newest = parts.findLast(({ cells }) => cells.length > 0) ?? first;
  return canonical({ ...sideBySide(parts, newest), baseline: null });
}

/** What the subject ran with. */
function counterpart({ engine, runtime }: Cell, { name }: Compared): Cell['engine'] | Cell['runtime'] {
  return engine.name === name ? runtime : engine;
}

function isOtherAnswer({ kind, was, verdicts: [verdict] }: Outcome): boolean {
  return kind !== 'changed-evidence' || was?.answer !== verdict?.answer;
}

/** How many answers were the same on other evidence. */
function sameAnswers(document: Document): number {
  return outcomesOf(document, 'changed-evidence')
    .filter((outcome) => !isOtherAnswer(outcome))
    .reduce((sum, { verdicts }) => sum + verdicts.length, 0);
}

/** What the older version could not be asked, and the newer one answers in a way that nobody has recorded. */
function newFailures(document: Document): Outcome[] {
  return outcomesOf(document, 'not-comparable').filter(({ verdicts: [verdict] }) => verdict?.verdict === 'fail');
}

function changeOf(
  { kind, question, asks, before, after, was, harm, verdicts, cells }: Outcome,
  document: Document,
): QualifiedChange {
  const [first] = verdicts;
  const { verdict = 'fail', suite = '', answer, known } = first ?? {};
  const answers = document.questions.find((each) => each.suite === suite && each.id === question)?.answers;
  const answerText = (name: string | undefined, says: string): AnswerText =>
    name === undefined ? { says } : { answer: name, short: shortAnswer(name, answers), says };
  const issue = document.known.find(({ id }) => id === (known ?? was?.known));
  return {
    ...{ kind, question, suite, asks, verdict, cells, verdicts },
    ...(was === undefined || kind === 'not-comparable' ? {} : { before: answerText(was.answer, before) }),
    after: answerText(answer, after),
    harm,
    known: issue,
    unrecorded: colourOf(verdict) === 'red',
  };
}

function rank({ harm, unrecorded, kind }: QualifiedChange): number {
  if (harm !== undefined) return harm === 'weakens' ? 0 : 1;
  return unrecorded ? 2 : kind === 'mended' ? 3 : 4;
}

/** What could not be judged in cells that the older version has no counterpart of: no change mentions it. */
function unpaired(document: Document): Verdict[] {
  const alone = new Set(document.baseline?.pairs.flatMap(({ cell, before }) => (before === undefined ? [cell] : [])));
  return everyVerdict(document).filter((verdict) => alone.has(verdict.cell) && isUnjudged(verdict));
}

function alsoWeakens(document: Document, changes: readonly QualifiedChange[]): string[] {
  const shown = new Set(changes.flatMap(({ question, harm }) => (harm === 'weakens' ? [question] : [])));
  return causes(document)
    .filter((cause) => cause.harm === 'weakens' && !isNew(cause) && !cause.questions.every((question) => shown.has(question)))
    .map(({ headline }) => headline);
}

function exitOf({ changes, unjudged, notComparable, compared }: Omit<Qualification, 'schema' | 'exit'>): Qualification['exit'] {
  const red = changes.some(({ kind, unrecorded }) => unrecorded || kind === 'newly-weaker' || kind === 'newly-broken');
  if (red || unjudged.some(({ verdict }) => verdict === 'void')) return 1;
  const lost = unjudged.length > 0 || notComparable.some(({ why }) => why === 'unjudged');
  return lost || compared === 0 ? 75 : 0;
}
