import { escapeLine } from '../../report/escape.ts';
import type { Harm } from '../../model/verdict.ts';
import { remedyText } from '../../report/verdicts.ts';
import type { Explanation } from '../explain.ts';
import type { Standing } from '../standing.ts';
import { causeBlock } from './failure-reply.ts';
import { field, heading, type Sheet } from './lines.ts';

/** Of what else fits, and of the issues that recorded runs show, so many. */
const most = 3;

/** The answer to words: what fits best, what the newest tested versions answer, known issues with what helps, and what else fits. */
export function wordsReply({ found, causes, questions, known, standings }: Explanation, sheet: Sheet): string {
  const [first, ...others] = found;
  if (first === undefined) return '';
  const [question] = questions;
  const asked = first.kind === 'question' && question !== undefined ? `${question.asks} [${question.id}]` : undefined;
  const [cause] = causes;
  const head =
    asked !== undefined
      ? heading(sheet, asked)
      : cause !== undefined
        ? causeBlock(cause, sheet)
        : `${heading(sheet, `${first.id}, a ${first.kind}`)}${field(sheet, 'says', first.kind === 'term' ? first.text : first.title)}`;
  const also = others
    .filter(({ id, score }) => score > first.score / 4 && id !== question?.id && known.every((issue) => issue.id !== id))
    .slice(0, most);
  return [
    head,
    ...(asked === undefined && standings.length > 0 && question !== undefined
      ? ['\n', heading(sheet, `${question.asks} [${question.id}]`)]
      : []),
    ...standings.map((row, index) =>
      field(sheet, standings[index - 1]?.engine === row.engine ? '' : escapeLine(row.engine), escapeLine(standingText(row))),
    ),
    ...known
      .slice(0, most)
      .flatMap(({ id, title, range, remedy }) => [
        field(sheet, 'known', `${id === first.id ? '' : `${title} `}[${id}]; ${range}`),
        field(sheet, 'fix', remedyText(remedy)),
      ]),
    ...(question === undefined ? [] : [field(sheet, 'more', `npx podproof explain ${question.id}`)]),
    ...also.map(({ id, title }, index) => field(sheet, index === 0 ? 'also' : '', `${id}: ${title}`)),
  ].join('');
}

/** `with runc, crun: owned, since 1.6.20; before: ignored (breaks)`. */
function standingText({ runtimes, since, before, ...now }: Standing): string {
  const earlier = before.length === 0 ? '' : `; before: ${before.map(answerText).join(', ')}`;
  return `with ${runtimes.join(', ')}: ${answerText(now)}, ${since}${earlier}`;
}

function answerText({ answer, harm }: { answer: string; harm: Harm | undefined }): string {
  return `${answer}${harm === undefined ? '' : ` (${harm})`}`;
}
