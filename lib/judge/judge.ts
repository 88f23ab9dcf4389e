import type { Layer } from '../model/document.ts';
import type { Outcome } from '../model/outcome.ts';
import type { VerdictName } from '../model/verdict.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { Requirement } from '../suite/requirement.ts';
import type { Evidence, Finding, Rule } from '../suite/rule.ts';
import type { Scenario } from '../suite/scenario.ts';
import { outcomeText } from '../suite/expect/outcome.ts';
import { messageOf } from '../util/errors.ts';
import { wrongThingTested, type PlannedIdentity } from './canary.ts';
import { trail } from './layers.ts';
import { symptomOf } from './symptoms.ts';

/** The judgement of one rule on one observation. */
export interface Judgement {
  verdict: VerdictName;
  expected: string;
  observed: string;
  reason?: string;
  layer?: string;
  trail?: Layer[];
  known?: string;
  security?: boolean;
}

/** Why the rule does not apply to this scenario in this cell, or undefined. */
export function unmet(rule: Rule, scenario: Scenario, cell: Evidence['cell']): string | undefined {
  for (const requirement of [...(scenario.needs ?? []), ...(rule.needs ?? [])]) {
    const reason = requirement.unmet(cell);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Judges one rule. Pure: the same evidence gives the same judgement on every machine. */
export function judge(rule: Rule, evidence: Evidence, planned: PlannedIdentity, known: readonly KnownIssue[]): Judgement {
  const { observation, cell, lease } = evidence;
  const wrong = wrongThingTested(cell, planned, lease, observation);
  if (wrong !== undefined) return { verdict: 'void', expected: rule.title, observed: wrong, reason: wrong };
  const { outcome } = observation;
  if (outcome.kind === 'error')
    return { verdict: 'error', expected: rule.title, observed: outcome.message, reason: outcome.stack || outcome.message };
  const trouble = symptomOf(outcome) ?? lossOfNoMeaning(outcome, cell);
  if (trouble !== undefined)
    return { verdict: 'error', expected: rule.title, observed: outcomeText(observation), reason: trouble };
  try {
    return judgeFindings(rule, evidence, known);
  } catch (error) {
    // A value that no rule was written for costs its own verdict, and never the whole report.
    return { verdict: 'error', expected: rule.title, observed: '', reason: `the rule cannot read this: ${messageOf(error)}` };
  }
}

/** A host that died says something of the runtime only when it does so again, on a machine that is not emulated. */
function lossOfNoMeaning(outcome: Outcome, cell: Evidence['cell']): string | undefined {
  if (outcome.kind !== 'host-lost') return undefined;
  if (!outcome.repeated) return 'the host was lost, and the scenario was not tried again';
  return cell.facts?.accelerator === 'tcg' ? 'the host was lost twice, but under full emulation: try it with KVM' : undefined;
}

function judgeFindings(rule: Rule, evidence: Evidence, known: readonly KnownIssue[]): Judgement {
  const { observation, lease } = evidence;
  const findings = rule.expect(evidence);
  if (findings.length === 0) {
    return {
      verdict: 'unsupported',
      expected: rule.title,
      observed: 'nothing to compare',
      reason: 'this run has nothing to compare it with',
    };
  }
  const failed = findings.filter((finding) => !finding.ok);
  const shown = failed.length > 0 ? failed : findings;
  const judgement: Judgement = {
    verdict: failed.length > 0 ? 'fail' : 'pass',
    expected: words(shown, 'expected'),
    observed: words(shown, 'observed'),
  };
  const blamed = failed.find((finding) => finding.about !== undefined)?.about;
  const about = blamed ?? findings.findLast((finding) => finding.about !== undefined)?.about;
  if (about !== undefined) {
    judgement.trail = trail(about, observation, lease);
    // A deviation that is about no device blames no layer of one.
    if (blamed !== undefined) judgement.layer = judgement.trail.find((layer) => layer.changed)?.layer ?? 'guest';
    else for (const layer of judgement.trail) layer.changed = false;
  }
  return withKnownIssue(judgement, words(shown, 'whole'), rule, evidence, known);
}

function withKnownIssue(
  judgement: Judgement,
  observed: string,
  rule: Rule,
  evidence: Evidence,
  known: readonly KnownIssue[],
): Judgement {
  const here = known.filter(
    (issue) =>
      issue.rules.includes(rule.id) &&
      (issue.scenarios?.includes(evidence.observation.scenario) ?? true) &&
      issue.on.every((requirement: Requirement) => requirement.unmet(evidence.cell) === undefined),
  );
  if (judgement.verdict === 'pass') {
    const gone = here[0];
    return gone === undefined
      ? judgement
      : {
          ...judgement,
          verdict: 'fixed',
          known: gone.id,
          reason: `${gone.title}: no longer so, its record needs a last version`,
        };
  }
  const match = here.find((issue) => issue.observed.test(observed));
  if (match === undefined) return judgement;
  return {
    ...judgement,
    verdict: 'known',
    known: match.id,
    reason: match.title,
    ...(match.security === true ? { security: true } : {}),
  };
}

function words(findings: readonly Finding[], side: 'expected' | 'observed' | 'whole'): string {
  return [...new Set(findings.map((finding) => finding[side] ?? finding.observed))].join('; ');
}
