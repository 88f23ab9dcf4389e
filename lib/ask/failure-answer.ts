import { diagnose } from './diagnose.ts';
import type { Failure } from './reader/failure.ts';
import { read } from './reader/reading.ts';
import type { Symptom } from './symptoms/symptom.ts';

/** A cause without the signs that it is known by. */
export type CauseEntry = Omit<Symptom, 'signs' | 'example'>;

/** What a failure's text means: the failure that decides, and its causes, best first. */
export interface FailureAnswer {
  failure: Failure;
  causes: CauseEntry[];
}

/** What a failure's text means; undefined where no cause fits. Loads nothing but the causes. Pure. */
export function answerFailure(text: string, symptoms: readonly Symptom[]): FailureAnswer | undefined {
  const causes = diagnose(read(text), symptoms);
  const [first] = causes;
  return first && { failure: first.failure, causes: causes.map(({ symptom }) => causeEntry(symptom)) };
}

export function causeEntry({ signs: _signs, example: _example, ...told }: Symptom): CauseEntry {
  return told;
}
