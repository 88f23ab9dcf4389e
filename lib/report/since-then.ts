import type { Change, Incomparable } from '../model/baseline.ts';
import type { Verdict } from '../model/document.ts';
import { canonicalJson } from '../model/json.ts';
import { colourOf } from '../model/verdict.ts';
import { normalize } from './normalize.ts';

/** Two verdicts on one question in two cells that are compared. */
interface Then {
  was: Verdict | undefined;
  /** Never `unsupported`. */
  now: Verdict;
  /** Of engine and runtime, before and now: evidence that differs in nothing else is the same. */
  versions: readonly [readonly string[], readonly string[]];
  /** Why there is none before. */
  absent: () => Incomparable;
}

/** What became of a verdict: by its answer, then by what the answers do to their users. Pure. */
export function sinceThen({ was, now, versions, absent }: Then): Pick<Change, 'kind' | 'why'> {
  if (isUnjudged(now)) {
    const still = was !== undefined && isUnjudged(was) && colourOf(was.verdict) === colourOf(now.verdict);
    return { kind: still ? 'still-unjudged' : 'newly-unjudged' };
  }
  if (was === undefined) return { kind: 'not-comparable', why: absent() };
  if (was.verdict === 'unsupported') return { kind: 'not-comparable', why: 'inapplicable' };
  if (isUnjudged(was)) return { kind: 'not-comparable', why: 'unjudged' };
  const same = evidenceOf(was, versions[0]) === evidenceOf(now, versions[1]);
  if (was.answer !== undefined && was.answer === now.answer) return { kind: same ? 'same' : 'changed-evidence' };
  if (was.answer === undefined && was.verdict === now.verdict && was.known === now.known) {
    if (same) return { kind: 'same' };
    // What nobody foresaw and fails on other evidence may be another failure.
    if (now.verdict !== 'fail')
      return was.harm === now.harm ? { kind: 'changed-evidence' } : { kind: 'not-comparable', why: 'no-answer' };
  }
  return { kind: ofAnotherAnswer(was, now) };
}

/** Whether a verdict says nothing of the software: it never came up, or was the wrong one. */
export function isUnjudged({ verdict }: Pick<Verdict, 'verdict'>): boolean {
  return verdict === 'void' || colourOf(verdict) === 'infrastructure';
}

function ofAnotherAnswer(was: Verdict, now: Verdict): Change['kind'] {
  const [before, after] = [harmOf(was), harmOf(now)];
  if (after !== undefined) {
    if (before === after && now.verdict !== 'fail') return 'changed-evidence';
    return after === 'weakens' ? 'newly-weaker' : 'newly-broken';
  }
  return before !== undefined || (was.verdict === 'known' && now.verdict !== 'known') ? 'mended' : 'changed-evidence';
}

/** Of a deviation that nobody has recorded, at least that it breaks something. */
function harmOf({ harm, verdict }: Verdict): Verdict['harm'] {
  return harm ?? (verdict === 'fail' ? 'breaks' : undefined);
}

/** Without what differs from run to run, the versions, and the order in which a host lists its devices. */
function evidenceOf({ observed, layer }: Verdict, versions: readonly string[]): string {
  const plain = versions
    .filter((version) => version !== '')
    .flatMap((version) => [version, version.replaceAll('.', '-')])
    .reduce((text, version) => text.replaceAll(versionPattern(version), 'VERSION'), observed);
  return canonicalJson([
    normalize(plain)
      .split(/[;:,] /)
      .sort(),
    layer ?? '',
  ]);
}

/** A version as components tell their own: `v2.3.4`, `1.7.24~ds1`. */
function versionPattern(version: string): RegExp {
  return new RegExp(`(?<![\\w.])v?${version.replaceAll(/[^\w-]/g, '\\$&')}(?:[~+][\\w.~+-]*)?`, 'g');
}
