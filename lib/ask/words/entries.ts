import { featureRows } from '../../model/feature.ts';
import { knownEntry, questionEntries, questionsOf, type Book } from '../book.ts';
import { errnoNames } from '../reader/errno.ts';
import { terms } from './terms.ts';

/** Something that can be found by words. */
export interface Entry {
  id: string;
  kind: 'question' | 'known issue' | 'cause' | 'setting' | 'term' | 'errno';
  title: string;
  /** Other names by which it is meant. */
  names: string;
  /** All else that is said of it. */
  text: string;
}

/** Everything of the book that can be found: questions, known issues, causes, settings, engines, runtimes, terms, errnos. */
export function entriesOf(book: Book): Entry[] {
  return [
    ...terms.map(({ id, names, says }): Entry => ({ id, kind: 'term', title: id, names: names.join(' '), text: says })),
    ...settings(),
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
      };
    }),
    ...questionEntries(
      book,
      questionsOf(book).map(({ question }) => question.id),
    ).map(({ id, asks, answers, applies, pods, citation }): Entry => ({
      id,
      kind: 'question',
      title: asks,
      names: '',
      text: [applies, ...answers.map(({ says }) => says), ...pods, citation].join(' '),
    })),
    ...book.symptoms.map(({ id, cause, where, remedies, example }): Entry => ({
      id,
      kind: 'cause',
      title: cause,
      names: id.replaceAll('-', ' '),
      text: [where, example, ...remedies.map((remedy) => remedy.do)].join(' '),
    })),
  ];
}

/** One entry for each configuration key, with the versions of each engine that read it. */
function settings(): Entry[] {
  const all = featureRows();
  const keys = [...new Set(all.flatMap(({ key }) => key ?? []))];
  return keys.map((key): Entry => {
    const rows = all.filter((row) => row.key === key);
    const since = rows.map(({ of, since: first, citation }) => `${of === 'crio' ? 'CRI-O' : of} ${first} on (${citation})`);
    return {
      id: key,
      kind: 'setting',
      title: `${key}: ${since.join('; ')}`,
      names: key,
      text: rows.map(({ feature }) => feature.replaceAll('-', ' ')).join(' '),
    };
  });
}
