import { type Document, verdictId } from '../model/document.ts';
import { colourOf } from '../model/verdict.ts';
import { distinctBy } from '../util/group-by.ts';

/**
 * Runs of any plans as one document, each thing once: the last run that has it counts. Of a verdict that is the last that could
 * judge it, as an interrupted run takes nothing from another. What is said of a run as a whole is said of `main`.
 */
export function sideBySide(documents: readonly Document[], main: Document): Document {
  const all = <Key extends 'cells' | 'hosts' | 'questions' | 'known' | 'verdicts'>(key: Key): Document[Key][number][] =>
    documents.flatMap((document): Document[Key][number][] => document[key]);
  const verdicts = all('verdicts');
  const isLost = ({ verdict }: Document['verdicts'][number]): boolean => colourOf(verdict) === 'infrastructure';
  return {
    ...main,
    cells: distinctBy(all('cells'), ({ id }) => id),
    hosts: distinctBy(all('hosts'), ({ id, accelerator }) => `${id} ${accelerator}`),
    questions: distinctBy(all('questions'), ({ suite, id }) => `${suite} ${id}`),
    known: distinctBy(all('known'), ({ id }) => id),
    verdicts: distinctBy([...verdicts.filter(isLost), ...verdicts.filter((each) => !isLost(each))], verdictId),
  };
}
