import { distinctBy } from '../util/group-by.ts';
import { inRange } from '../model/version.ts';
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
/** What scores less than this is no answer, and at most a footnote to one. */
const least = 6;
/** What another failure of the same text must say to be named too. */
const sure = 8;
/** What a cause loses where the text names a version that does not have it. */
const outdated = 3;
/** A failure counts for one less each so many failures before the end: a log ends with what matters. */
const fading = 24;

/**
 * The causes that the facts of a reading fit, best first; empty when none does. First come those of the failure whose signs
 * say most, and of equals the last; then what other failures of the same text say as surely.
 */
export function diagnose({ failures, context }: Reading, symptoms: readonly Symptom[]): Cause[] {
  const versions = [...new Set(failures.flatMap((failure) => failure.versions))];
  const ranked = failures
    .map((failure, index) => {
      const causes = causesOf(failure, { context, versions }, symptoms);
      const top = causes[0]?.weight ?? 0;
      const faded = Math.min(6, Math.floor((failures.length - 1 - index) / fading));
      return { causes, index, top, score: top - faded - (isNextPath(failure, failures) ? 1 : 0) };
    })
    .filter(({ top }) => top >= least)
    .sort((a, b) => b.score - a.score || b.index - a.index);
  const [best, ...others] = ranked;
  if (best === undefined) return [];
  const own = best.causes.filter(({ weight }) => weight > best.top - near);
  const also = others.flatMap(({ causes, score }) => (score >= sure ? causes.slice(0, 1) : []));
  return distinctBy([...own, ...also], ({ symptom }) => symptom.id).slice(0, most);
}

/** Whether a program went on to another node after one that refused it: the one that is not there decides nothing. */
function isNextPath({ errno, object }: Failure, failures: readonly Failure[]): boolean {
  return (
    errno === 'ENOENT' &&
    object?.startsWith('/dev/') === true &&
    failures.some((each) => (each.errno === 'EACCES' || each.errno === 'EPERM') && each.object?.startsWith('/dev/') === true)
  );
}

/** The text around a failure. */
interface Surroundings {
  context: string;
  /** Components with the versions that the text names anywhere: `runc 1.2.3`. */
  versions: readonly string[];
}

function causesOf(failure: Failure, { context, versions }: Surroundings, symptoms: readonly Symptom[]): Cause[] {
  return symptoms
    .map((symptom) => {
      const weight = Math.max(0, ...symptom.signs.filter((sign) => fits(sign, failure, context)).map((sign) => sign.weight));
      return { symptom, failure, weight: isOtherVersion(symptom, versions) ? weight - outdated : weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** Whether the text names the component of a cause, and only in versions that do not have it. */
function isOtherVersion({ ranges = [] }: Symptom, versions: readonly string[]): boolean {
  const told = ranges.flatMap((range) => {
    const [name = '', ...bounds] = range.split(' ');
    return versions.flatMap((each) =>
      each.startsWith(`${name} `) ? [inRange(each.slice(name.length + 1), bounds.join(' '))] : [],
    );
  });
  return told.length > 0 && !told.includes(true);
}

/** These two say of a socket, a lock and a directory what they say of a device. */
const ambiguous: ReadonlySet<string | undefined> = new Set(['ENXIO', 'EBUSY']);

/** An ambiguous errno alone is no evidence: what failed must be named, by its path or by a word for a device. */
function isBare({ verb, object, layer, says, near }: Sign, { errno, object: path, namesDevice }: Failure): boolean {
  const restsOnErrno = [verb, object, layer, says, near].every((fact) => fact === undefined);
  return restsOnErrno && ambiguous.has(errno) && path?.includes('/') !== true && !namesDevice;
}

function fits(sign: Sign, failure: Failure, context: string): boolean {
  const { errno, verb, object, layers, text, said } = failure;
  const { errno: errnos, verb: verbs, layer, object: about, says, not, near: elsewhere } = sign;
  return (
    (errnos === undefined || (errno !== undefined && errnos.includes(errno))) &&
    (verbs === undefined || (verb !== undefined && verbs.includes(verb))) &&
    (layer === undefined || layer.some((each) => layers.includes(each))) &&
    (about === undefined || (object !== undefined && about.test(object))) &&
    (says === undefined || says.test(said)) &&
    (not === undefined || !not.test(text)) &&
    (elsewhere === undefined || elsewhere.test(context)) &&
    !isBare(sign, failure)
  );
}
