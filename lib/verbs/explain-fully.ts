import { knownIssues, suites } from '../../suites/all.ts';
import { cellIds } from '../ask/cell.ts';
import { explain, type Explanation } from '../ask/explain.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import { buildIndex, find, type Hit } from '../ask/words/search.ts';
import type { Document } from '../model/document.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { UsageError } from '../util/errors.ts';

/** The answer to any text, from all that is known. `matrix` is the file that a cell is looked up in; an unknown cell is bad input. */
export async function explainFully(
  text: string,
  documents: readonly Document[],
  matrix: string | undefined,
): Promise<Explanation> {
  const book = { suites, known: knownIssues, symptoms };
  const loaded = matrix === undefined ? undefined : await loadMatrix(matrix);
  const search = (query: string): Hit[] => find(buildIndex(book), query);
  const answer = explain(text, book, { matrix: loaded, documents, find: search });
  if (answer.kind === 'unknown' && loaded !== undefined) throw new UsageError(unknownWord('cell', text.trim(), cellIds(loaded)));
  return answer;
}
