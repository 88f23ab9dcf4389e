import type { Component, Vocabulary } from '../../model/term.ts';
import { verdictNames } from '../../model/verdict.ts';
import { harmOf } from '../data.ts';
import { type FilterKey, parseFilter } from './filter.ts';
import type { Model } from './model.ts';
import { wordTest } from './words.ts';

/** What a filter leaves of the matrix. */
export interface Selection {
  /** Numbers of questions and of cells, in their order. */
  rows: number[];
  columns: number[];
  /** 1 at question × cells + cell of what is shown; undefined when everything is. */
  hits: Uint8Array | undefined;
  /** Verdicts. */
  count: number;
  problems: string[];
}

type Subject<T> = (each: T) => string | Component;

/** Terms of these keys alone speak of cells, also of those that have no verdict. */
const cellKeys: readonly FilterKey[] = ['cell', 'host', 'engine', 'runtime', 'verdict'];

/** Questions and cells with at least one verdict that meets every term and holds every word. */
export function selectEntries(model: Model, text: string, vocabulary: Vocabulary<FilterKey>): Selection {
  const { terms, words, problems } = parseFilter(text, vocabulary);
  const total = model.columns.verdict.length;
  const allRows = model.questions.map((_, index) => index);
  const allColumns = model.cells.map((_, index) => index);
  if (terms.length === 0 && words.length === 0)
    return { rows: allRows, columns: allColumns, hits: undefined, count: total, problems };

  /** 1 for what meets every term, as bytes, which hundreds of thousands of verdicts look up. What no term asks for is not even read. */
  const fitting = <T>(list: readonly T[], subjects: Partial<Record<FilterKey, Subject<T>>>): Uint8Array => {
    const asked = terms.flatMap(({ key, matches }) => {
      const subject = subjects[key];
      return subject === undefined ? [] : [(each: T) => matches(subject(each))];
    });
    const fits = new Uint8Array(list.length).fill(1);
    if (asked.length > 0) list.forEach((each, index) => (fits[index] = asked.every((test) => test(each)) ? 1 : 0));
    return fits;
  };
  const columnFits = fitting(model.cells, {
    cell: ({ id }) => id,
    host: ({ host }) => host ?? '',
    engine: ({ engine }) => engine ?? '',
    runtime: ({ runtime }) => runtime ?? '',
  });
  const rowFits = fitting(model.questions, { suite: ({ suite }) => suite, question: ({ id }) => id });
  const verdictFits = fitting(verdictNames, { verdict: (name) => name });
  const scenarioFits = fitting(model.texts, { scenario: (name) => name ?? '' });
  const answerFits = fitting(model.texts, { answer: (name) => name ?? '' });
  const markFits = fitting([...Array(8).keys()], { harm: (bits) => harmOf(bits) ?? 'none' });
  const holdsWords = wordTest(model, words);

  const { cell, question, verdict, scenario, answer, marks } = model.columns;
  const hits = new Uint8Array(model.questions.length * model.cells.length);
  const rows = new Uint8Array(model.questions.length);
  const columns = new Uint8Array(model.cells.length);
  let count = 0;
  for (let i = 0; i < total; i++) {
    const r = question[i] ?? 0;
    const c = cell[i] ?? 0;
    if (!columnFits[c] || !rowFits[r] || !verdictFits[verdict[i] ?? 0] || !markFits[marks[i] ?? 0]) continue;
    if (!scenarioFits[scenario[i] ?? 0] || !answerFits[answer[i] ?? 0] || !holdsWords(i)) continue;
    count++;
    rows[r] = columns[c] = hits[r * model.cells.length + c] = 1;
  }
  if (words.length === 0 && terms.every(({ key }) => cellKeys.includes(key))) {
    const bare = allColumns.filter((c) => columnFits[c] === 1 && model.judged[c] === 0);
    const fits = fitting(bare, { verdict: (c) => model.cells[c]?.verdict ?? '' });
    for (const [index, c] of bare.entries()) if (fits[index] === 1) columns[c] = 1;
  }
  const shownRows = allRows.filter((r) => rows[r] === 1);
  const shownColumns = allColumns.filter((c) => columns[c] === 1);
  // Cells that never came up are beside all questions.
  const bareOnly = shownRows.length === 0 && shownColumns.length > 0;
  return { rows: bareOnly ? allRows : shownRows, columns: shownColumns, hits, count, problems };
}
