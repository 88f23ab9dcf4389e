import type { Layer } from '../model/document.ts';
import type { Outcome } from '../model/outcome.ts';
import { outcomeText } from '../model/outcome-text.ts';
import type { Harm, VerdictName } from '../model/verdict.ts';
import type { Evidence } from '../suite/evidence.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { Question } from '../suite/question.ts';
import type { Sight } from '../suite/reading.ts';
import { messageOf } from '../util/errors.ts';
import { deviating, documentedFor, seenBy, seenText } from './answer.ts';
import { wrongThingTested, type PlannedIdentity } from './canary.ts';
import { deviceLayers } from './layers.ts';
import { symptomOf } from './symptoms.ts';

/** The judgement of one question on one observation. */
export interface Judgement {
  verdict: VerdictName;
  /** The answer that was seen; absent when none was foreseen, or none could be seen. */
  answer?: string | undefined;
  harm?: Harm | undefined;
  /** What the documented answer says. */
  expected: string;
  observed: string;
  reason?: string;
  layer?: string;
  layers?: Layer[];
  known?: string;
}

/** Evidence as it is judged, however many questions are asked of it. */
export interface Exhibit {
  evidence: Evidence;
  /** Why it answers no question. */
  unfit: Pick<Judgement, 'verdict' | 'observed' | 'reason'> | undefined;
}

/** Looks once whether the planned thing was tested, and whether our own trouble spoiled it. */
export function exhibit(evidence: Evidence, planned: PlannedIdentity): Exhibit {
  return { evidence, unfit: unfitnessOf(evidence, planned) };
}

function unfitnessOf({ observation, cell, lease }: Evidence, planned: PlannedIdentity): Exhibit['unfit'] {
  const wrong = wrongThingTested(cell, planned, lease, observation);
  if (wrong !== undefined) return { verdict: 'void', observed: wrong, reason: wrong };
  const { outcome } = observation;
  if (outcome.kind === 'error') return { verdict: 'error', observed: outcome.message, reason: outcome.stack || outcome.message };
  const trouble = symptomOf(outcome) ?? lossOfNoMeaning(outcome, cell);
  return trouble === undefined ? undefined : { verdict: 'error', observed: outcomeText(observation), reason: trouble };
}

/** Judges one question. Pure: the same evidence gives the same judgement on every machine. */
export function judge(question: Question, { evidence, unfit }: Exhibit, known: readonly KnownIssue[]): Judgement {
  const documented = documentedFor(question, evidence.cell, evidence.observation.scenario)?.answer;
  const expected = expectedOf(question, documented);
  if (unfit !== undefined) return { ...unfit, expected };
  try {
    return judgeAnswer(question, evidence, known, { documented, expected });
  } catch (error) {
    // A value that no reading was written for costs its own verdict, and never the whole report.
    return { verdict: 'error', expected, observed: '', reason: `the question cannot read this: ${messageOf(error)}` };
  }
}

/** What is documented here, in the words of its answer. */
function expectedOf({ answers }: Question, documented: string | undefined): string {
  return (documented === undefined ? undefined : answers[documented]?.says) ?? 'a documented answer, and none is recorded';
}

/** A host that died says something of the runtime only when it does so again, on a machine that is not emulated. */
function lossOfNoMeaning(outcome: Outcome, cell: Evidence['cell']): string | undefined {
  if (outcome.kind !== 'host-lost') return undefined;
  if (!outcome.repeated) return 'the host was lost, and the scenario was not tried again';
  return cell.facts?.accelerator === 'tcg' ? 'the host was lost twice, but under full emulation: try it with KVM' : undefined;
}

function judgeAnswer(
  question: Question,
  evidence: Evidence,
  known: readonly KnownIssue[],
  { documented, expected }: { documented: string | undefined; expected: string },
): Judgement {
  const { answers, sights, unanswered } = seenBy(question, evidence);
  if (unanswered) {
    const reason = 'this run has nothing to answer it from';
    return { verdict: 'unsupported', expected, observed: 'nothing to compare', reason };
  }
  if (answers.length > 1) {
    const reason = `a fault of the table: ${answers.join(' and ')} are seen at once`;
    return { verdict: 'error', expected, observed: seenText(sights.values(), evidence), reason };
  }
  const [name] = answers;
  const seen = name === undefined ? undefined : question.answers[name];
  const right = name !== undefined && name === documented;
  const shown = right || documented === undefined ? [...sights.values()] : deviating(question.answers[documented], sights);
  return {
    verdict: right ? 'pass' : 'fail',
    answer: name,
    harm: seen?.harm,
    expected,
    observed: `${seen === undefined ? '' : `${seen.says}: `}${seenText(shown.length > 0 ? shown : sights.values(), evidence)}`,
    ...layersOf(shown, right, evidence),
    ...(name === undefined ? {} : knownTo(name, right, question, evidence, known)),
  };
}

/** The way of the value that deviates; of one that does not, the way without blame. */
function layersOf(
  shown: readonly Sight[],
  right: boolean,
  { observation, lease, cell }: Evidence,
): Pick<Judgement, 'layer' | 'layers'> {
  const about = (right ? shown.findLast((sight) => sight.about !== undefined) : shown.find((sight) => sight.about !== undefined))
    ?.about;
  if (about === undefined) return {};
  const way = deviceLayers(about, { observation, lease, cell });
  if (!right) return { layers: way, layer: way.find(({ changed }) => changed)?.layer ?? 'guest' };
  return { layers: way.map((layer) => ({ ...layer, changed: false })) };
}

function knownTo(
  name: string,
  right: boolean,
  { id }: Question,
  { cell, observation }: Evidence,
  known: readonly KnownIssue[],
): Partial<Judgement> {
  const here = known.filter(
    ({ answers, on, where }) =>
      id in answers &&
      (on?.includes(observation.scenario) ?? true) &&
      where.every((requirement) => requirement.unmet(cell) === undefined),
  );
  if (right) {
    const gone = here[0];
    if (gone === undefined) return {};
    return { verdict: 'fixed', known: gone.id, reason: `${gone.title}: no longer so, its record needs a last version` };
  }
  const match = here.find(({ answers }) => answers[id]?.includes(name));
  return match === undefined ? {} : { verdict: 'known', known: match.id, reason: match.title };
}
