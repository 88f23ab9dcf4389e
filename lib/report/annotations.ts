import type { Document } from '../model/document.ts';
import { colourOf } from '../model/verdict.ts';
import { blockages, waitingText } from './blocked.ts';
import { canonical } from './canonical.ts';
import { cellsOf, type Finding, sentence, worstFindings } from './findings.ts';
import { clip, visibleLine } from './visible.ts';

/** GitHub drops what exceeds ten of a kind in a step, silently. */
const most = 8;

/** Workflow commands for GitHub: an error for what deviates, a warning for infrastructure; the last one of a kind says how many more there are. */
export function renderAnnotations(document: Document): string {
  const ordered = canonical(document);
  const found = worstFindings(ordered);
  const errors = found.filter((finding) => colourOf(finding.verdict) === 'red');
  const warnings = found.filter(({ verdict }) => colourOf(verdict) === 'infrastructure' && verdict !== 'blocked');
  const blocked = blockages(ordered).map(({ reason, remedy, ...waiting }) => ({
    title: `blocked: ${waitingText(waiting)} in ${placesText(waiting.cells)}`,
    text: remedy === undefined ? reason : `${reason}; ${remedy}`,
  }));
  return [...commands('error', errors.map(noteOf)), ...commands('warning', [...blocked, ...warnings.map(noteOf)])]
    .map((line) => `${line}\n`)
    .join('');
}

interface Note {
  title: string;
  text: string;
}

function noteOf(finding: Finding): Note {
  return {
    title: `${finding.verdict} ${finding.rule} in ${placesText(cellsOf(finding))}`,
    text: [finding.asks, sentence(finding)].filter((part) => part !== '').join(' '),
  };
}

function placesText([first = '', ...others]: readonly string[]): string {
  return others.length > 0 ? `${first} and ${others.length} more` : first;
}

function commands(kind: 'error' | 'warning', found: readonly Note[]): string[] {
  const shown = found.length > most ? found.slice(0, most - 1) : found;
  const lines = shown.map(
    ({ title, text }) => `::${kind} title=${property(clip(visibleLine(title), 200))}::${message(clip(visibleLine(text), 2000))}`,
  );
  return shown.length === found.length
    ? lines
    : [...lines, `::${kind} title=podproof::+${found.length - shown.length} more, see the report`];
}

function message(text: string): string {
  return text.replaceAll('##[', '## [').replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
