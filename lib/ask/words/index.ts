import type MiniSearch from 'minisearch';
import type { Book } from '../book.ts';
import { entriesOf } from './entries.ts';
import { indexOf, type Entry } from './find.ts';

/** The index of all in a book that can be found by words. */
export function buildIndex(book: Book): MiniSearch<Entry> {
  return indexOf(entriesOf(book));
}
