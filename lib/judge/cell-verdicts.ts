import type { PlannedCell } from '../model/cell.ts';
import type { Verdict } from '../model/document.ts';
import { scenarioKey } from '../model/observation.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { unmet, type Asked } from './applies.ts';
import type { PlannedIdentity } from './canary.ts';
import { cellFacts } from './cell-facts.ts';
import type { Journal } from './journal.ts';
import { exhibit, judge, type Exhibit, type Judgement } from './judge.ts';
import { worstOf } from '../model/verdict.ts';
import { plannedIdentity } from './planned-identity.ts';
import type { Tries, Try } from './tries.ts';

/** A cell and all that is known of it, however many questions are asked. */
export interface CellContext {
  planned: PlannedCell;
  /** The journal of the run that had this cell last. */
  home: Journal;
  tries: Tries;
  known: readonly KnownIssue[];
  /** The cell on the same host and engine with the runtime that others are contrasted with. */
  contrast: string | undefined;
}

/** One verdict for each question, in their order. */
export function cellVerdicts(context: CellContext, questions: readonly Asked[]): Verdict[] {
  const place: Place = { ...context, facts: new Map(), exhibits: new Map() };
  return questions.map((asked) => verdictOf(place, asked));
}

/** What a journal says of the cell, whatever is asked. */
interface Known {
  cell: CellFacts;
  identity: PlannedIdentity;
}

interface Place extends CellContext {
  facts: Map<Journal, Known>;
  exhibits: Map<Try, Exhibit | undefined>;
}

function verdictOf(place: Place, asked: Asked): Verdict {
  const { planned, home, tries } = place;
  const { suite, scenario } = asked;
  const key = scenarioKey({ cell: planned.id, suite, scenario: scenario.id });
  const launches = tries.of(key);
  const evidence = launches.at(-1)?.at ?? '';
  const inapplicable = unmet(asked, knownBy(place, home).cell);
  if (inapplicable !== undefined) return without(place, asked, evidence, ['unsupported', inapplicable]);
  const judged = launches.map((one) => judgeTry(place, asked, one, evidence));
  const name = worstOf(judged.map(({ verdict }) => verdict));
  // Of several tries that differ the worst is reported, and that they differ: another try never turns a verdict green.
  const verdict = judged.findLast((each) => each.verdict === name);
  if (verdict !== undefined) {
    const other = judged.find((each) => each.verdict !== name);
    if (other !== undefined) return { reason: `another try: ${other.verdict}, ${other.observed}`, ...verdict, flaky: true };
    const before = tries.troubled(key);
    return before === undefined ? verdict : { reason: `the second try; the first one: ${before}`, ...verdict, flaky: true };
  }
  const blocked = home.blocked.get(planned.id);
  return without(
    place,
    asked,
    evidence,
    blocked === undefined ? ['missing', 'planned, and no record was made'] : ['blocked', blocked.reason],
  );
}

function judgeTry(place: Place, asked: Asked, one: Try, evidence: string): Verdict {
  const { observation, at } = one;
  const shown = exhibitOf(place, one);
  if (shown === undefined)
    return without(place, asked, evidence, ['error', `the journal has no engine lease "${observation.lease}"`]);
  const { cell, suite, scenario } = observation;
  return { cell, suite, scenario, question: asked.question.id, evidence: at, ...judge(asked.question, shown, place.known) };
}

/** The evidence of one launch, which many questions are asked of; without the lease of its engine there is none. */
function exhibitOf(place: Place, one: Try): Exhibit | undefined {
  const { exhibits, contrast, tries } = place;
  if (exhibits.has(one)) return exhibits.get(one);
  const { observation, journal } = one;
  const lease = journal.leases.get(observation.lease);
  const { cell, identity } = knownBy(place, journal);
  const sibling = contrast === undefined ? [] : tries.of(scenarioKey({ ...observation, cell: contrast }));
  const shown = lease && exhibit({ cell, observation, lease, contrast: sibling.at(-1)?.observation }, identity);
  exhibits.set(one, shown);
  return shown;
}

/** The verdict on what nobody observed, or on what cannot be judged. */
function without(
  { planned }: Place,
  { suite, question, scenario }: Asked,
  evidence: string,
  [verdict, reason]: [Judgement['verdict'], string],
): Verdict {
  return {
    cell: planned.id,
    suite,
    scenario: scenario.id,
    question: question.id,
    evidence,
    verdict,
    expected: question.asks,
    observed: '',
    reason,
  };
}

function knownBy({ planned, facts }: Place, journal: Journal): Known {
  const had = facts.get(journal);
  if (had !== undefined) return had;
  const known: Known = {
    cell: cellFacts(planned, journal.hosts.get(planned.host.id)),
    identity: plannedIdentity(planned, journal),
  };
  facts.set(journal, known);
  return known;
}
