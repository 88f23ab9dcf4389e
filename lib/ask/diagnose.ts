import type { Failure } from './reader/failure.ts';
import type { Reading } from './reader/reading.ts';
import type { Sign, Symptom } from './symptoms/symptom.ts';

/** A cause, and the failure that shows it. */
export interface Cause {
  symptom: Symptom;
  failure: Failure;
  weight: number;
}

/** Most causes of one answer: more would be no answer. */
const most = 3;
/** What only one cause prints needs no second one that is merely possible. */
const near = 3;
/** What says less than this is no answer, and at most stands behind one. */
const least = 6;
/** What another failure of the same text must say to be named too. */
const sure = 8;
/** A failure counts for one less each so many failures before the end: a log ends with what matters. */
const fading = 24;

/**
 * The causes that the facts of a reading fit, best first; empty when none does. First come those of the failure whose signs
 * say most, and of equals the last; then what other failures of the same text say as surely.
 */
export function diagnose({ failures, context }: Reading, symptoms: readonly Symptom[]): Cause[] {
  const ranked = failures
    .map((failure, index) => {
      const causes = causesOf(failure, context, symptoms);
      const top = causes[0]?.weight ?? 0;
      return { causes, index, top, score: top - Math.min(6, Math.floor((failures.length - 1 - index) / fading)) };
    })
    .filter(({ top }) => top >= least)
    .sort((a, b) => b.score - a.score || b.index - a.index);
  const [best, ...others] = ranked;
  if (best === undefined) return [];
  const own = best.causes.filter(({ weight }) => weight > best.top - near);
  const also = others.flatMap(({ causes, score }) => (score >= sure ? causes.slice(0, 1) : []));
  return [...new Map([...own, ...also].map((cause) => [cause.symptom.id, cause])).values()].slice(0, most);
}

function causesOf(failure: Failure, context: string, symptoms: readonly Symptom[]): Cause[] {
  return symptoms
    .map((symptom) => ({
      symptom,
      failure,
      weight: Math.max(0, ...symptom.signs.filter((sign) => fits(sign, failure, context)).map(({ weight }) => weight)),
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

function fits(sign: Sign, { errno, verb, object, layers, text }: Failure, context: string): boolean {
  const { errno: errnos, verb: verbs, layer, object: about, says, not, near: elsewhere } = sign;
  return (
    (errnos === undefined || (errno !== undefined && errnos.includes(errno))) &&
    (verbs === undefined || (verb !== undefined && verbs.includes(verb))) &&
    (layer === undefined || layer.some((each) => layers.includes(each))) &&
    (about === undefined || (object !== undefined && about.test(object))) &&
    (says === undefined || says.test(text)) &&
    (not === undefined || !not.test(text)) &&
    (elsewhere === undefined || elsewhere.test(context))
  );
}
