import { engineSymptoms } from './symptoms-engine.ts';
import { kataSymptoms } from './symptoms-kata.ts';
import type { Symptom } from './symptom.ts';

/** Every error text that `explain` knows, the more specific ones first. */
export const symptoms: readonly Symptom[] = [...kataSymptoms, ...engineSymptoms];
