import { versionsAtHand } from '../artifacts/at-hand.ts';
import type { Plan } from '../model/cell.ts';
import type { Matrix } from '../model/matrix/matrix.ts';
import { neighbours, planQualification, type QualificationOptions, type Subject } from '../plan/qualification.ts';
import { cacheDirectory } from '../util/paths.ts';
import { findVersions, type Asking } from './newest.ts';

/** The plan of a qualification, after a look at what the floating versions come to and at what this machine has. */
export async function qualificationPlan(
  matrix: Matrix,
  subject: Subject,
  options: Omit<QualificationOptions, 'found' | 'atHand'>,
  asking: Asking,
): Promise<{ plan: Plan; against: string }> {
  const found = await findVersions(neighbours(matrix, subject, options), asking);
  const atHand = await versionsAtHand(subject.name, cacheDirectory());
  return planQualification(matrix, subject, { ...options, found, atHand });
}
