import { nearest as nearestWord } from '../model/matrix/suggest.ts';
import { rulesOf, type Book } from './book.ts';

/** How many rules an unknown text is answered with. */
const most = 3;

/**
 * The rules whose id, sentence, pods and error texts share the rarest words with a text; for one word also the id that
 * is spelled nearest. Best first; empty when nothing is shared.
 */
export function nearestRules(text: string, book: Book): string[] {
  const sheets = rulesOf(book).map(({ suite, rule }) => ({
    id: rule.id,
    words: wordsOf(
      [
        rule.id,
        rule.title,
        ...suite.scenarios.filter(({ id }) => rule.on.includes(id)).map(({ title }) => title),
        ...book.symptoms.filter(({ rules }) => rules.includes(rule.id)).flatMap(({ example, means }) => [example, means]),
      ].join(' '),
    ),
  }));
  const wanted = wordsOf(text);
  const weight = (word: string): number => Math.log(sheets.length / sheets.filter(({ words }) => words.has(word)).length);
  const scored = sheets
    .map(({ id, words }) => ({
      id,
      score: [...wanted].filter((word) => words.has(word)).reduce((sum, word) => sum + weight(word), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ id }) => id);
  const spelled = /\s/.test(text.trim())
    ? undefined
    : nearestWord(
        text.trim(),
        sheets.map(({ id }) => id),
      );
  return [...new Set([...(spelled === undefined ? [] : [spelled]), ...scored])].slice(0, most);
}

/** Words that say something, without numbers: those are of one machine. */
function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[a-z][a-z_]{2,}/g) ?? []).filter((word) => !common.has(word)).slice(0, 500));
}

const common = new Set(
  'and are can for from has its not that the this was when where which who with without dev pod pods'.split(' '),
);
