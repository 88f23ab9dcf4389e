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

/** Somebody asks how something is, and tells of nothing that failed: `is seccomp on by default in CRI-O`. */
const asking =
  /^(?:is|are|does|do|can|may|must|should|will|has|have|what|which|who|whose|when|where|how (?:do|does|can|is|are|to)|since (?:when|which))\b(?!.*\b(?:fail|error))[^\n]{0,200}$/i;

/** Whether a text asks how something is, by its first words. */
export function asks(text: string): boolean {
  return asking.test(text.trim());
}

/** What a failure's text means; undefined where no cause fits, or somebody asks in words. Loads nothing but the causes. Pure. */
export function answerFailure(text: string, symptoms: readonly Symptom[]): FailureAnswer | undefined {
  const reading = read(text);
  if (asks(text) && reading.failures.every(({ errno }) => errno === undefined)) return undefined;
  const causes = diagnose(reading, symptoms);
  const [first] = causes;
  return first && { failure: first.failure, causes: causes.map(({ symptom }) => causeEntry(symptom)) };
}

export function causeEntry({ signs: _signs, example: _example, ...told }: Symptom): CauseEntry {
  return told;
}
