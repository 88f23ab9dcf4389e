import type { Document } from '../record/document.ts';
import { canonical } from './canonical.ts';
import { type Comparison } from './compare.ts';
import { cellsOf, sentence, worstFindings } from './findings.ts';
import { countsText, exitMeaning } from './verdicts.ts';
import { clip, visibleLine } from './visible.ts';

/** How many findings the summary names. */
const most = 8;

/** The closing summary of a run in plain lines. Data cannot move the cursor, colour or reorder anything. */
export function renderTerminal(document: Document, options: { reportPath?: string; comparison?: Comparison } = {}): string {
  const ordered = canonical(document);
  const found = worstFindings(ordered);
  const lines: Array<[label: string, text: string]> = [
    [
      'Run',
      `${ordered.run.id}, profile ${ordered.run.profile}${ordered.run.complete ? '' : ', interrupted: resume it for the rest'}`,
    ],
    ...ordered.hosts.map((host): [string, string] => ['Host', hostText(host)]),
    ['Verdicts', countsText(ordered.counts)],
    ...(options.comparison ? [comparisonLine(options.comparison)] : []),
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
    ['Exit', `${ordered.run.exit}: ${exitMeaning(ordered.run.exit)}`],
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

function comparisonLine(comparison: Comparison): [string, string] {
  const { newFailures, fixed, changed, stillKnown, newCells, goneCells } = comparison;
  return [
    'Since',
    `${comparison.baseline}: ${newFailures.length} new failures, ${fixed.length} fixed, ${changed.length} changed, ` +
      `${stillKnown.length} still known, ${newCells.length} new and ${goneCells.length} gone cells`,
  ];
}
