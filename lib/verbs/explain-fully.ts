import { knownIssues, suites } from '../../suites/all.ts';
import { cellIds } from '../ask/cell.ts';
import { explain, type Explanation } from '../ask/explain.ts';
import { looksLikeCell } from '../ask/looks-like-cell.ts';
import type { Wanted } from '../ask/narrow.ts';
import { narrowRecorded } from '../ask/recorded.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import { entriesOf } from '../ask/words/entries.ts';
import { find, indexOf, type Hit } from '../ask/words/find.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { UsageError } from '../util/errors.ts';
import { referenceDocuments } from './reference-documents.ts';

export { reply } from '../ask/reply/reply.ts';

/** The answer to any text, from all that is known. A cell is looked up in the file `matrix`; one that it does not make is bad input. */
export async function explainFully(
  text: string,
  matrix: string,
  { engine, runtime }: { engine: Wanted | undefined; runtime: Wanted | undefined },
): Promise<Explanation> {
  const book = { suites, known: knownIssues, symptoms };
  const loaded = looksLikeCell(text.trim()) ? await loadMatrix(matrix) : undefined;
  const search = (query: string): Hit[] => find(indexOf(entriesOf(book)), query);
  const answer = explain(text, book, { matrix: loaded, documents: await referenceDocuments(), find: search, engine, runtime });
  if (answer.kind === 'unknown' && loaded !== undefined) throw new UsageError(unknownWord('cell', text.trim(), cellIds(loaded)));
  return { ...answer, recorded: narrowRecorded(answer.recorded, engine, runtime) };
}
