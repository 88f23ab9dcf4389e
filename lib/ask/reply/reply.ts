import { remedyText } from '../../report/verdicts.ts';
import { clip, escapeLine } from '../../report/escape.ts';
import type { KnownEntry, QuestionEntry } from '../book.ts';
import type { CellEntry } from '../cell.ts';
import type { Explanation } from '../explain.ts';
import type { Wanted } from '../narrow.ts';
import type { RecordedCell, RecordedQuestion } from '../recorded.ts';
import type { Tested } from '../tested.ts';
import type { VerdictEntry } from '../verdict.ts';
import { causeBlock, failureReply, titleOf } from './failure-reply.ts';
import { field, heading, plainSheet, type Sheet } from './lines.ts';
import { wordsReply } from './words-reply.ts';

/** How much is shown, and of which engine. */
export interface ReplyOptions {
  sheet?: Sheet;
  /** All that is known instead of a dozen lines. */
  all?: boolean;
  engine?: Wanted | undefined;
  runtime?: Wanted | undefined;
  tested?: readonly Tested[];
}

/** An explanation in lines for a terminal. What was given is shown with its control characters written out. */
export function reply(
  explanation: Explanation,
  { sheet = plainSheet, all = false, engine, runtime, tested = [] }: ReplyOptions = {},
): string {
  const { kind, verdict, cell, causes, questions, known, recorded, runs } = explanation;
  const evidence = recorded.length === 0 ? '' : `\n${recordedLines(recorded, sheet)}`;
  const ofQuestions = questions.map((question) => questionLines(question, sheet));
  const ofKnown = known.map((issue) => knownLines(issue, sheet));
  const more = all ? `${[...ofQuestions, ...ofKnown].map((block) => `\n${block}`).join('')}${evidence}` : undefined;
  switch (kind) {
    case 'unknown':
      return unknownReply(explanation, sheet);
    case 'words':
      return wordsReply(explanation, sheet);
    case 'failure':
      return explanation.failure === undefined
        ? ''
        : `${failureReply({ failure: explanation.failure, causes }, sheet, { tested, all, engine, runtime })}${more ?? ''}`;
    case 'cause':
      return `${causes.map((cause) => causeBlock(cause, sheet)).join('\n')}${more ?? evidence}`;
    case 'verdict':
      return verdict === undefined ? '' : verdictLines(verdict, sheet);
    case 'cell':
      return [
        ...(cell === undefined ? [] : [cellLines(cell, sheet)]),
        ...ofKnown,
        ...(runs.length === 0 ? [] : [runLines(runs, sheet)]),
      ].join('\n');
    case 'known issue':
      return [...ofKnown, ...ofQuestions].join('\n') + evidence;
    case 'question':
      return [...ofQuestions, ...ofKnown].join('\n') + evidence;
  }
}

/** Nothing known: what was read, and what shares its object or errno. */
function unknownReply({ text, failure, causes }: Explanation, sheet: Sheet): string {
  const shown = escapeLine(clip(text, 200));
  const facts =
    failure === undefined || (failure.errno === undefined && failure.object === undefined)
      ? []
      : [field(sheet, 'read', titleOf(failure))];
  const near = causes.map(({ id, cause }, index) => field(sheet, index === 0 ? 'nearest' : '', `${cause} [${id}]`));
  return [heading(sheet, `Nothing here explains "${shown}".`), ...facts, ...near].join('');
}

function verdictLines({ verdict, means, exit, next }: VerdictEntry, sheet: Sheet): string {
  return `${heading(sheet, verdict)}${field(sheet, 'means', means)}${field(sheet, 'exit', exit)}${field(sheet, 'next', next)}`;
}

function questionLines({ id, suite, asks, answers, citation, applies, pods }: QuestionEntry, sheet: Sheet): string {
  const told = answers.map(({ name, says, harm }) =>
    field(sheet, '', `${name}${harm === undefined ? '' : ` (${harm})`}: ${says}`),
  );
  return `${heading(sheet, `${id}, a question of suite ${suite}`)}${field(sheet, 'asks', asks)}${told.join('')}${field(sheet, 'on', pods.join('; '))}${field(sheet, 'applies to', applies, 13)}${field(sheet, 'written in', citation, 13)}`;
}

function knownLines({ id, title, url, range, questions, security, impact, remedy }: KnownEntry, sheet: Sheet): string {
  return `${heading(sheet, `${id}, a known issue${security ? ' of security' : ''}`)}${field(sheet, 'says', title)}${field(sheet, 'impact', impact)}${field(sheet, 'remedy', remedyText(remedy))}${field(sheet, 'happens on', range, 13)}${field(sheet, 'questions', questions.join(', '))}${field(sheet, 'link', url)}`;
}

function cellLines({ id, host, engine, runtime, profiles, excluded, applies, unsupported }: CellEntry, sheet: Sheet): string {
  return [
    heading(sheet, id),
    field(sheet, 'host', host),
    field(sheet, 'engine', engine),
    field(sheet, 'runtime', runtime),
    excluded === undefined ? field(sheet, 'profiles', profiles.join(', ') || 'none') : field(sheet, 'left out', excluded),
    field(sheet, 'questions', `${applies.length} apply: ${applies.join(', ')}`),
    ...unsupported.map(({ reason, questions }) => field(sheet, 'not', `${reason}: ${questions.join(', ')}`)),
  ].join('');
}

function recordedLines(recorded: readonly RecordedQuestion[], sheet: Sheet): string {
  const rows = recorded.flatMap(({ question, lines }) =>
    lines.map((line, index) => field(sheet, index === 0 ? question : '', escapeLine(line), 26)),
  );
  return `${heading(sheet, 'Recorded evidence')}${rows.join('')}`;
}

function runLines(runs: readonly RecordedCell[], sheet: Sheet): string {
  const lines = runs.map(({ run, started, verdicts, deviates }) => {
    const bad = deviates.map(({ question, known }) => (known === undefined ? question : `${question} (${known})`));
    return field(
      sheet,
      run,
      escapeLine([`${verdicts}, ${started.slice(0, 10)}`, ...(bad.length === 0 ? [] : [bad.join(', ')])].join('; deviates: ')),
      40,
    );
  });
  return `${heading(sheet, 'Recorded runs')}${lines.join('')}`;
}
