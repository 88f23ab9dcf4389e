import { answerFailure } from '../ask/failure-answer.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import type { Attempt, Trial } from '../model/trial.ts';

/** A trial with what the words of each refusal mean, where `explain` knows it. */
export function explainRefusals(trial: Trial): Trial {
  return { ...trial, attempts: trial.attempts.map(explained) };
}

function explained(attempt: Attempt): Attempt {
  const { outcome, reason } = attempt;
  const cause = outcome === 'refused' && reason !== undefined ? answerFailure(reason, symptoms)?.causes[0] : undefined;
  return cause === undefined ? attempt : { ...attempt, cause: { id: cause.id, says: cause.cause } };
}
