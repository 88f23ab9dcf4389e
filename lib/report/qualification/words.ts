import type { Incomparable } from '../../model/baseline.ts';
import { count, enumerated } from '../../util/words.ts';
import { incomparableTexts } from '../comparison-text.ts';
import { ownName } from '../own-name.ts';
import { remedyText } from '../verdicts.ts';
import type { QualifiedChange, Qualification, AnswerText } from './qualification.ts';

/** `containerd 2.3.4 → 2.4.2, with runc 1.1.15 and crun 1.21 on debian-13 (vm, emulated)`. */
export function title({ name, against, version, hosts, ...rest }: Qualification): string {
  const on = hosts.map(
    ({ id, kind, accelerator }) => `${id} (${kind}${accelerator === 'tcg' ? ', emulated' : `, ${accelerator}`})`,
  );
  return `${ownName(name)} ${against} → ${version}, with ${enumerated(rest.with) || 'nothing'}${on.length === 0 ? '' : ` on ${enumerated(on)}`}`;
}

/** `6 of 224 answers changed`. */
export function countText({ changes, compared }: Qualification): string {
  const changed = changes.filter(({ kind }) => kind !== 'not-comparable').reduce((sum, { verdicts }) => sum + verdicts.length, 0);
  return `${changed} of ${count(compared, 'answer')} changed`;
}

/** What is not a change: `Same 218, 2 of them on other evidence · not comparable 3, as the baseline …`. */
export function restTexts({ same, otherEvidence, notComparable, gone, unjudged }: Qualification): string[] {
  return [
    `${same} the same${otherEvidence === 0 ? '' : `, ${otherEvidence} of them on other evidence`}`,
    ...notComparable.map(({ why, answers }) => `${answers} not comparable, as ${incomparable(why)}`),
    ...(gone === 0 ? [] : [`${count(gone, 'answer')} of the older version not asked of the newer`]),
    ...unjudged.map(({ verdict, reason, answers }) => `${answers} ${verdict}: ${reason}`),
  ];
}

/** `refused → injected`: by names where both have one, otherwise undefined, as the sentences alone tell them. */
export function arrow({ before, after }: QualifiedChange): string {
  return `${before === undefined ? 'not asked' : named(before)} → ${named(after)}`;
}

/** What the change does to those affected; empty where it harms nobody and mends nothing. */
export function effect({ kind, harm }: QualifiedChange): string {
  return harm ?? (kind === 'mended' ? 'mended' : '');
}

/** Whether somebody has recorded it. */
export function record({ unrecorded, verdict, known }: QualifiedChange): string {
  if (unrecorded) return verdict === 'fixed' ? `${known?.id ?? 'the known issue'} needs a ceiling` : 'nobody has recorded it';
  return verdict === 'known' ? `known: ${known?.id ?? ''}` : 'as documented';
}

/** Both in a few words: `weakens, nobody has recorded it`. */
export function effectText(change: QualifiedChange): string {
  return [effect(change), record(change)].filter((part) => part !== '').join(', ');
}

/** What ends a harm; empty where there is none, or nobody has recorded what does. */
export function remedyOf({ harm, known }: QualifiedChange): string {
  return harm === undefined || known === undefined ? '' : remedyText(known.remedy);
}

/** What the exit code means. */
export function exitText({ exit, version, compared }: Qualification): string {
  if (exit === 1) return 'something is newly weaker or newly broken, or changed and nobody has recorded it';
  if (exit === 75) return compared === 0 ? `nothing of ${version} could be compared` : 'infrastructure: worth another try';
  return 'nothing is newly weaker or newly broken, and what changed is recorded';
}

function named({ short }: AnswerText): string {
  return short ?? 'unforeseen';
}

/** Of two versions of one run, where neither is an older run. */
function incomparable(why: Incomparable): string {
  return incomparableTexts[why].replace('the baseline', 'the older version');
}
