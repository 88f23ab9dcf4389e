import type { Document } from '../model/document.ts';
import { colourOf } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { cellsOf, type Finding, sentence, worstFindings } from './findings.ts';
import { clip, visibleLine } from './visible.ts';

/** GitHub drops what exceeds ten of a kind in a step, silently. */
const most = 8;

/** Workflow commands for GitHub: an error for what deviates, a warning for infrastructure; the last one of a kind says how many more there are. */
export function renderAnnotations(document: Document): string {
  const found = worstFindings(canonical(document));
  const errors = found.filter((finding) => colourOf(finding.verdict) === 'red');
  const warnings = found.filter((finding) => colourOf(finding.verdict) === 'infrastructure');
  return [...commands('error', errors), ...commands('warning', warnings)].map((line) => `${line}\n`).join('');
}

function commands(kind: 'error' | 'warning', found: readonly Finding[]): string[] {
  const shown = found.length > most ? found.slice(0, most - 1) : found;
  const lines = shown.map((finding) => {
    const cells = cellsOf(finding);
    const where = `${cells[0] ?? ''}${cells.length > 1 ? ` and ${cells.length - 1} more` : ''}`;
    const title = `${finding.verdict} ${finding.rule} in ${where}`;
    const text = [finding.title, sentence(finding)].filter((part) => part !== '').join(': ');
    return `::${kind} title=${property(clip(visibleLine(title), 200))}::${message(clip(visibleLine(text), 2000))}`;
  });
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
