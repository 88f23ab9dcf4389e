import type { Document, KnownIssueText, QuestionText, Verdict } from '../model/document.ts';
import { colourOf, exitMeaning, type Harm, type VerdictName } from '../model/verdict.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';
import { layerText } from './layers.ts';
import { naturalOrder } from './order.ts';
import { normalize } from './normalize.ts';
import { everyVerdict } from './verdicts.ts';

/** What to act on first: a deviation of what was tested before a machine that never came up, and that before good news. */
const urgency: readonly VerdictName[] = ['void', 'fail', 'error', 'missing', 'blocked', 'fixed', 'known', 'unsupported', 'pass'];

/**
 * One thing to know of a run, with every verdict that shows it: a known issue with all questions that it explains, or an
 * answer that nobody has recorded.
 */
export interface Cause {
  verdict: VerdictName;
  harm: Harm | undefined;
  /** What was found, as a sentence. */
  headline: string;
  /** Id of the known issue; what the document says of it follows, where it does. */
  known: string | undefined;
  issue: KnownIssueText | undefined;
  /** The first layer where the value changed, in words. */
  layer: string | undefined;
  /** In the order of the document. */
  cells: string[];
  /** Ids of the questions. */
  questions: string[];
  /** At least one; the first stands for all. */
  verdicts: [Verdict, ...Verdict[]];
}

/** Causes under one heading. */
export interface Section {
  title: string;
  causes: Cause[];
}

const causesOfDocument = new WeakMap<Document, Cause[]>();

/** Everything that weakens isolation or is not as documented, each cause once, what weakens first. What is blocked is in `blockages`. */
export function causes(document: Document): Cause[] {
  const known = causesOfDocument.get(document);
  if (known !== undefined) return known;
  const found = causesOf(
    document,
    everyVerdict(document).filter(
      ({ verdict, harm }) => verdict !== 'blocked' && (harm === 'weakens' || (verdict !== 'pass' && verdict !== 'unsupported')),
    ),
  );
  causesOfDocument.set(document, found);
  return found;
}

/** The same of some verdicts. */
export function causesOf(document: Document, verdicts: readonly Verdict[]): Cause[] {
  const questions = new Map(document.questions.map((question) => [`${question.suite} ${question.id}`, question]));
  const issues = new Map(document.known.map((issue) => [issue.id, issue]));
  const groups = groupBy(verdicts, ({ verdict, observed, answer = normalize(observed), known, suite, question }) =>
    JSON.stringify([verdict, ...(known === undefined ? [suite, question, answer] : [known])]),
  );
  const found = [...groups.values()].map((group): Cause => {
    const [{ verdict, known, suite, question }] = group;
    const issue = known === undefined ? undefined : issues.get(known);
    return {
      verdict,
      harm: group.some(({ harm }) => harm === 'weakens') ? 'weakens' : group.find(({ harm }) => harm !== undefined)?.harm,
      headline: headlineOf(group[0], issue, questions.get(`${suite} ${question}`)),
      known,
      issue,
      layer: layerOf(group),
      cells: [...new Set(group.map(({ cell }) => cell))],
      questions: [...new Set(group.map((each) => each.question))].sort(naturalOrder),
      verdicts: group,
    };
  });
  return found.sort(
    (a, b) =>
      Number(b.harm === 'weakens') - Number(a.harm === 'weakens') ||
      urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict) ||
      b.verdicts.length - a.verdicts.length ||
      naturalOrder(a.known ?? a.questions[0] ?? '', b.known ?? b.questions[0] ?? '') ||
      naturalOrder(a.verdicts[0].observed, b.verdicts[0].observed),
  );
}

function layerOf(verdicts: readonly Verdict[]): string | undefined {
  const layer = verdicts.find((verdict) => verdict.layer !== undefined)?.layer;
  return layer && layerText(layer);
}

/** The finding, never what it deviates from: the title of the known issue, or the question with the answer that was seen. */
function headlineOf(verdict: Verdict, issue: KnownIssueText | undefined, text: QuestionText | undefined): string {
  const { known, question, answer, observed } = verdict;
  const title = issue?.title ?? known;
  if (title !== undefined) return verdict.verdict === 'fixed' ? `No longer happens here: ${title}` : title;
  if (question === 'CELL') return 'A cell was not judged';
  if (colourOf(verdict.verdict) === 'infrastructure') return `Not answered: ${text?.asks ?? question}`;
  const says = text?.answers.find(({ name }) => name === answer)?.says;
  return `${text?.asks ?? question} ${capital(says ?? `Unforeseen: ${observed}`)}`;
}

/** The causes under their headings: first what weakens isolation, then what broke, each new, known and as documented. */
export function sections(document: Document): Section[] {
  const all = causes(document);
  const some = (title: string, fits: (cause: Cause) => boolean): Section => ({ title, causes: all.filter(fits) });
  const weakens = ({ harm }: Cause): boolean => harm === 'weakens';
  return [
    some('Weakens isolation, new', (cause) => weakens(cause) && isNew(cause)),
    some('Weakens isolation, known', (cause) => weakens(cause) && cause.verdict === 'known'),
    some('Weakens isolation, as documented', (cause) => weakens(cause) && cause.verdict === 'pass'),
    some('Deviates, new', (cause) => !weakens(cause) && isNew(cause)),
    some('Not judged', ({ verdict }) => colourOf(verdict) === 'infrastructure'),
    some('Known issues that no longer happen', ({ verdict }) => verdict === 'fixed'),
    some('Broken, known', (cause) => !weakens(cause) && cause.verdict === 'known'),
  ].filter((section) => section.causes.length > 0);
}

/** Whether it deviates, and nobody has recorded it. */
export function isNew({ verdict }: Cause): boolean {
  return colourOf(verdict) === 'red' && verdict !== 'fixed';
}

/** Known issues and documented answers that weaken isolation. */
export function holes(document: Document): number {
  return causes(document).filter(({ harm, verdict }) => harm === 'weakens' && (verdict === 'known' || verdict === 'pass')).length;
}

/** The run in one line: `Nothing new. 3 known causes weaken isolation.` */
export function headline(document: Document): string {
  const fresh = causes(document).filter(isNew);
  const weakening = fresh.filter(({ harm }) => harm === 'weakens').length;
  const known = holes(document);
  return [
    fresh.length === 0
      ? `${capital(exitMeaning(document.run.exit))}.`
      : `${count(fresh.length, 'new finding')}${weakening === 0 ? '' : `, ${weakening} ${weakening === 1 ? 'weakens' : 'weaken'} isolation`}.`,
    ...(known === 0 ? [] : [`${count(known, 'known cause')} ${known === 1 ? 'weakens' : 'weaken'} isolation.`]),
  ].join(' ');
}

/** What is known beyond the headline, in one sentence: `expected …, observed …`, or the reason where nothing could be observed. */
export function sentence({ verdict, verdicts: [first], known, layer }: Cause): string {
  if (colourOf(verdict) === 'infrastructure') return first.reason ?? first.observed;
  if (verdict === 'fixed') return `${known ?? 'the known issue'} no longer happens here: its record needs a ceiling`;
  const changed = layer === undefined ? '' : `; changed at the ${layer}`;
  return `expected ${first.expected}; observed ${first.observed}${changed}`;
}

/** `9 questions in 2 cells`. */
export function extent({ questions, cells }: Cause): string {
  return `${questions.length === 1 ? (questions[0] ?? '') : `${questions.length} questions`} in ${count(cells.length, 'cell')}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
