import type { PlannedCell } from '../model/cell.ts';
import type { Verdict } from '../model/document.ts';
import { scenarioKey } from '../model/observation.ts';
import { worstOf } from '../model/verdict.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { Rule } from '../suite/rule.ts';
import type { Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import type { PlannedIdentity } from './canary.ts';
import { cellFacts } from './cell-facts.ts';
import type { Journal } from './journal.ts';
import { judge, unmet, type Judgement } from './judge.ts';
import { plannedIdentity } from './planned-identity.ts';
import type { Tries, Try } from './tries.ts';

/** What the tables ask of every cell. */
export interface Question {
  suite: string;
  rule: Rule;
  scenario: Scenario;
}

/** The questions of these suites that the selection covers, in their order. */
export function questionsOf(
  suites: readonly Suite[],
  selects: (suite: string, scenario: string, rule: string) => boolean,
): Question[] {
  return suites.flatMap((suite) =>
    suite.rules.flatMap((rule) =>
      rule.on
        .filter((scenario) => selects(suite.id, scenario, rule.id))
        .map((scenario) => ({ suite: suite.id, rule, scenario: scenarioOf(suite, scenario) })),
    ),
  );
}

/** A cell and all that is known of it, however many questions are asked. */
export interface CellContext {
  planned: PlannedCell;
  /** The journal of the run that had this cell last. */
  home: Journal;
  tries: Tries;
  known: readonly KnownIssue[];
  /** The cell with runc on the same host and engine: what another runtime is contrasted with. */
  native: string | undefined;
}

/** One verdict for each question, in their order. */
export function cellVerdicts(context: CellContext, questions: readonly Question[]): Verdict[] {
  const asked: Asked = { ...context, facts: new Map() };
  return questions.map((question) => verdictOf(asked, question));
}

/** What a journal says of the cell, whatever is asked. */
interface Known {
  cell: CellFacts;
  identity: PlannedIdentity;
}

interface Asked extends CellContext {
  facts: Map<Journal, Known>;
}

function verdictOf(asked: Asked, question: Question): Verdict {
  const { planned, home, tries } = asked;
  const { suite, rule, scenario } = question;
  const key = scenarioKey({ cell: planned.id, suite, scenario: scenario.id });
  const launches = tries.of(key);
  const evidence = launches.at(-1)?.at ?? '';
  const inapplicable = unmet(rule, scenario, knownBy(asked, home).cell);
  if (inapplicable !== undefined) return without(asked, question, evidence, ['unsupported', inapplicable]);
  const judged = launches.map((one) => judgeTry(asked, question, one, evidence));
  const name = worstOf(judged.map(({ verdict }) => verdict));
  // Of several tries that differ the worst is told, and that they differ: another try never turns a verdict green.
  const verdict = judged.findLast((each) => each.verdict === name);
  if (verdict !== undefined) {
    const other = judged.find((each) => each.verdict !== name);
    if (other !== undefined) return { reason: `another try: ${other.verdict}, ${other.observed}`, ...verdict, flaky: true };
    const before = tries.troubled(key);
    return before === undefined ? verdict : { reason: `the second try; the first one: ${before}`, ...verdict, flaky: true };
  }
  const blocked = home.blocked.get(planned.id);
  return without(
    asked,
    question,
    evidence,
    blocked === undefined ? ['missing', 'planned, and no record was made'] : ['blocked', blocked.reason],
  );
}

function judgeTry(asked: Asked, question: Question, { observation, at, journal }: Try, evidence: string): Verdict {
  const lease = journal.leases.get(observation.lease);
  if (lease === undefined)
    return without(asked, question, evidence, ['error', `the journal has no engine lease "${observation.lease}"`]);
  const { cell, identity } = knownBy(asked, journal);
  const sibling = asked.native === undefined ? [] : asked.tries.of(scenarioKey({ ...observation, cell: asked.native }));
  return {
    cell: observation.cell,
    suite: observation.suite,
    scenario: observation.scenario,
    rule: question.rule.id,
    evidence: at,
    ...judge(question.rule, { cell, observation, lease, native: sibling.at(-1)?.observation }, identity, asked.known),
  };
}

/** The verdict on what nobody observed, or on what cannot be judged. */
function without(
  { planned }: Asked,
  { suite, rule, scenario }: Question,
  evidence: string,
  [verdict, reason]: [Judgement['verdict'], string],
): Verdict {
  return {
    ...{ cell: planned.id, suite, scenario: scenario.id, rule: rule.id, evidence },
    ...{ verdict, expected: rule.title, observed: '', reason },
  };
}

function knownBy({ planned, facts }: Asked, journal: Journal): Known {
  const had = facts.get(journal);
  if (had !== undefined) return had;
  const known: Known = {
    cell: cellFacts(planned, journal.hosts.get(planned.host.id)),
    identity: plannedIdentity(planned, journal),
  };
  facts.set(journal, known);
  return known;
}

function scenarioOf(suite: Suite, id: string): Scenario {
  const scenario = suite.scenarios.find((candidate) => candidate.id === id);
  if (scenario === undefined) throw new Error(`Cannot judge: suite ${suite.id} has no scenario "${id}"`);
  return scenario;
}
