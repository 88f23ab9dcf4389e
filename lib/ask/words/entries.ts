import { featureRows } from '../../model/feature.ts';
import { ownName } from '../../report/own-name.ts';
import type { Question } from '../../suite/question.ts';
import { knownEntry, questionEntries, questionsOf, type Book } from '../book.ts';
import { errnoNames } from '../reader/errno.ts';
import { asked } from './asked.ts';
import type { Entry } from './find.ts';
import { terms } from './terms.ts';

/** Everything of the book that can be found: questions, known issues, causes, settings, engines, runtimes, terms, errnos. */
export function entriesOf(book: Book): Entry[] {
  return [
    ...terms.map(({ id, names, says }): Entry => ({
      id,
      kind: 'term',
      title: id,
      names: names.join(' '),
      text: says,
      questions: [],
    })),
    ...settings(book),
    ...errnoNames.map(({ name, number, words }): Entry => {
      const shown = book.symptoms.filter(({ signs }) => signs.some(({ errno, weight }) => weight >= 7 && errno?.includes(name)));
      return {
        id: name,
        kind: 'errno',
        title: `${name} (${number}): ${words}`,
        names: `${name} ${number}`,
        text: shown
          .map(({ cause }) => cause)
          .slice(0, 6)
          .join('; '),
        questions: [],
      };
    }),
    ...book.known.map((issue): Entry => {
      const { id, title, range, questions, security } = knownEntry(issue, book);
      return {
        id,
        kind: 'known issue',
        title,
        names: questions.join(' '),
        text: `${range} ${security ? 'security weakens isolation open everybody' : ''}`,
        questions,
      };
    }),
    ...questionEntries(
      book,
      questionsOf(book).map(({ question }) => question.id),
    ).map(({ id, asks, answers, applies, pods, citation }): Entry => ({
      id,
      kind: 'question',
      title: asks,
      names: (asked[id] ?? []).join('; '),
      text: [applies, ...answers.map(({ says }) => says), ...pods, citation].join(' '),
      questions: [id],
    })),
    ...book.symptoms.map(({ id, cause, where, remedies, example, questions }): Entry => ({
      id,
      kind: 'cause',
      title: cause,
      names: id.replaceAll('-', ' '),
      text: [where, example, ...remedies.map((remedy) => remedy.do)].join(' '),
      questions,
    })),
  ];
}

/** One entry for each configuration key, with the versions of each engine that read it. */
function settings(book: Book): Entry[] {
  const all = featureRows();
  const keys = [...new Set(all.flatMap(({ key }) => key ?? []))];
  return keys.map((key): Entry => {
    const rows = all.filter((row) => row.key === key);
    const since = rows.map(({ of, since: first, until, citation }) => {
      const versions = until === undefined ? `${first} on` : `${first} to before ${until}`;
      return `${ownName(of)} ${versions} (${citation})`;
    });
    return {
      id: key,
      kind: 'setting',
      title: `${key}: ${since.join('; ')}`,
      names: key,
      text: rows.map(({ feature }) => feature.replaceAll('-', ' ')).join(' '),
      questions: questionsOf(book).flatMap(({ question }) => (asksFor(question, rows) ? [question.id] : [])),
    };
  });
}

/** Whether an answer to it is documented by one of these features, or it is asked only where there is one. */
function asksFor({ documented, needs = [] }: Question, rows: ReadonlyArray<{ feature: string }>): boolean {
  return [...needs, ...documented.flatMap(({ where }) => where)].some(({ feature }) =>
    rows.some((row) => row.feature === feature),
  );
}
