import type { Document } from '../model/document.ts';
import { firstAndMore } from '../util/words.ts';
import { colourOf } from '../model/verdict.ts';
import { blockages, waitingText } from './blocked.ts';
import { canonical } from './canonical.ts';
import { causes, type Cause, sentence } from './causes.ts';
import { remedyText } from './verdicts.ts';
import { clip, escapeLine } from './escape.ts';

/** GitHub drops what exceeds ten of a kind in a step, silently. */
const most = 8;

/**
 * Workflow commands for GitHub: an error for what deviates; a warning for what weakens isolation, also where that is known, and
 * for infrastructure. The last one of a kind says how many more there are.
 */
export function renderAnnotations(document: Document): string {
  const ordered = canonical(document);
  const found = causes(ordered);
  const errors = found.filter(({ verdict }) => colourOf(verdict) === 'red');
  const warnings = found.filter(
    ({ verdict, harm }) => colourOf(verdict) === 'infrastructure' || (colourOf(verdict) === 'green' && harm === 'weakens'),
  );
  const blocked = blockages(ordered).map(({ reason, remedy, ...waiting }) => ({
    title: `blocked: ${waitingText(waiting)} in ${firstAndMore(waiting.cells)}`,
    text: remedy === undefined ? reason : `${reason}; ${remedy}`,
  }));
  return [...commands('error', errors.map(noteOf)), ...commands('warning', [...warnings.map(noteOf), ...blocked])]
    .map((line) => `${line}\n`)
    .join('');
}

interface Note {
  title: string;
  text: string;
}

function noteOf(cause: Cause): Note {
  const { harm, verdict, issue, questions, cells, headline } = cause;
  const kind = verdict === 'pass' ? 'as documented' : verdict;
  const meaning =
    issue === undefined || verdict === 'fixed' ? sentence(cause) : `${issue.impact} Remedy: ${remedyText(issue.remedy)}`;
  return {
    title: `${kind}${harm === 'weakens' ? ', weakens isolation' : ''}: ${firstAndMore(questions)} in ${firstAndMore(cells)}`,
    text: `${headline}. ${meaning}`,
  };
}

function commands(kind: 'error' | 'warning', found: readonly Note[]): string[] {
  const shown = found.length > most ? found.slice(0, most - 1) : found;
  const lines = shown.map(
    ({ title, text }) => `::${kind} title=${property(clip(escapeLine(title), 200))}::${message(clip(escapeLine(text), 2000))}`,
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
