import { wrap } from '../../util/wrap.ts';
import { clip, commandless } from '../escape.ts';
import { arrow, countText, effectText, exitText, remedyOf, restTexts, title } from './words.ts';
import type { Qualification, QualifiedChange } from './qualification.ts';

/** Changes that are listed one by one. */
const most = 12;
const labelWidth = 10;
const longest = 240;

export interface TellOptions {
  width: number;
  files: ReadonlyArray<readonly [label: string, path: string]>;
  /** The folder of a run that was interrupted. */
  resume?: string | undefined;
}

/** One screen for the person who decides: what changed and what it does, then what helps to record it. Data cannot act on a terminal. */
export function renderQualification(result: Qualification, { width, files, resume }: TellOptions): string {
  const line = (label: string, text: string): string[] => wrap(`${label.padEnd(labelWidth)}${inert(text)}`, width, labelWidth);
  const more = result.changes.length - most;
  const lines = [
    ...wrap(inert(title(result)), width, 2),
    '',
    ...wrap(`Changed: ${countText(result)}`, width, 2),
    ...result.changes.slice(0, most).flatMap((change) => changeLines(change, result, width)),
    ...(more > 0 ? [`  and ${more} more; the page has all`] : []),
    '',
    ...restTexts(result).flatMap((text) => wrap(inert(text), width, 2)),
    ...result.alsoWeakens.slice(0, most).flatMap((headline) => wrap(inert(`no news, weakens: ${headline}`), width, 2)),
    '',
    ...files.flatMap(([label, path]) => line(label, path)),
    ...(resume === undefined
      ? []
      : line('Then', `npx podproof run --resume ${resume}, and this again with --recorded ${resume}`)),
    ...line(
      'Exit',
      resume === undefined
        ? `${result.exit}: ${exitText(result)}`
        : `130: interrupted; ${result.exit} by what was compared until then`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function changeLines(change: QualifiedChange, { against, version }: Qualification, width: number): string[] {
  const [first, indent] = [Math.max(against.length, version.length, 'fix'.length) + 2, 4];
  const inside = (label: string, text: string): string[] =>
    text === '' ? [] : wrap(`${' '.repeat(indent)}${label.padEnd(first)}${inert(text)}`, width, indent + first);
  return [
    ...wrap(`  ${inert(change.asks)}`, width, indent),
    ...wrap(`    ${inert(`${arrow(change)}: ${effectText(change)}`)}`, width, indent),
    ...inside(against, change.before?.says ?? ''),
    ...inside(version, change.after.says),
    ...inside('fix', remedyOf(change)),
    ...inside('in', `${change.question}: ${change.cells.map((cell) => cell.slice(cell.lastIndexOf('/') + 1)).join(', ')}`),
  ];
}

function inert(text: string): string {
  return clip(commandless(text), longest);
}
