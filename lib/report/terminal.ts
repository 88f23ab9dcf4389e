import type { Baseline } from '../model/baseline.ts';
import type { Document } from '../model/document.ts';
import { countsText, exitMeaning } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { changeTitles } from './changes.ts';
import { changeCounts } from './compare.ts';
import { cellsOf, sentence, worstFindings } from './findings.ts';
import { naturalOrder } from './order.ts';
import { wallTime, wallTimeText } from './wall-time.ts';
import { clip, visibleLine } from './visible.ts';

/** How many findings the summary names. */
const most = 8;

/** The closing summary of a run in plain lines. Data cannot move the cursor, colour or reorder anything. */
export function renderTerminal(document: Document, options: { reportPath?: string; newOnly?: boolean } = {}): string {
  const ordered = canonical(document);
  const found = worstFindings(ordered);
  const time = wallTime(ordered);
  const lines: Array<[label: string, text: string]> = [
    [
      'Run',
      `${ordered.run.id}, profile ${ordered.run.profile}${ordered.run.complete ? '' : ', interrupted: resume it for the rest'}`,
    ],
    ...(ordered.parts.length === 0 ? [] : [['Merged', partsText(ordered)] satisfies [string, string]]),
    ...ordered.hosts.map((host): [string, string] => ['Host', hostText(host)]),
    ['Verdicts', countsText(ordered.counts)],
    ...(time === undefined ? [] : [['Time', wallTimeText(time)] satisfies [string, string]]),
    ...(ordered.baseline ? [sinceLine(ordered.baseline)] : []),
    ...found.slice(0, most).flatMap((finding): Array<[string, string]> => {
      const cells = cellsOf(finding);
      const more = cells.length > 1 ? ` and ${cells.length - 1} more` : '';
      return [
        [finding.verdict, `${finding.rule}${finding.security ? ' (security)' : ''} in ${cells[0] ?? ''}${more}`],
        ['  why', sentence(finding)],
      ];
    }),
    ...(found.length > most ? [['', `and ${found.length - most} more findings`] satisfies [string, string]] : []),
    ...(options.reportPath === undefined ? [] : [['Report', options.reportPath] satisfies [string, string]]),
    ['Exit', exitText(ordered, options.newOnly === true)],
  ];
  return lines.map(([label, text]) => `${label.padEnd(10)}${clip(inert(text), 400)}\n`).join('');
}

/** A runner of GitHub takes `##[` for a command wherever it stands, and `::` at the start of a line, which a label prevents. */
function inert(text: string): string {
  return visibleLine(text).replaceAll('##[', '## [');
}

function hostText(host: Document['hosts'][number]): string {
  const reason = host.facts === undefined ? '' : `: ${host.facts.acceleratorReason}`;
  return `${host.id} (${host.kind}, kernel ${host.facts?.kernel ?? 'unknown'}), accelerator ${host.accelerator}${reason}`;
}

/** `3 runs: shards 1/4, 2/4, 4/4`. */
export function partsText({ parts }: Document): string {
  const names = parts.map(({ shard, run }) => (shard === undefined ? run : `shard ${shard.index}/${shard.count}`));
  return `${parts.length === 1 ? '1 run' : `${parts.length} runs`}: ${[...names].sort(naturalOrder).join(', ')}`;
}

function exitText({ run, baseline }: Document, newOnly: boolean): string {
  if (!newOnly || baseline === null) return `${run.exit}: ${exitMeaning(run.exit)}`;
  const all = run.exit === baseline.exit ? '' : `; ${run.exit} with what was there before`;
  return `${baseline.exit}: ${exitMeaning(baseline.exit)}${all}`;
}

function sinceLine(baseline: Baseline): [string, string] {
  const cells = [
    ...(baseline.newCells.length === 0 ? [] : [`${baseline.newCells.length} new cells`]),
    ...(baseline.goneCells.length === 0 ? [] : [`${baseline.goneCells.length} cells gone`]),
  ];
  const counts = changeCounts(baseline).map(([kind, count]) => `${count} ${changeTitles[kind].toLowerCase()}`);
  return ['Since', `${baseline.run}: ${[...counts, ...cells].join(', ') || 'nothing changed'}`];
}
