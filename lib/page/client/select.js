import { parseFilter } from './filter.js';
import { cellHasVerdicts, labelOf } from './model.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {{ rows: number[], columns: number[], hits: Uint8Array | undefined, count: number, problems: string[] }} Selection `hits` is 1 at rule × cells + cell of what is shown; undefined when everything is */

/**
 * What a filter leaves of the matrix: rules and cells with at least one verdict that meets every term and holds every word.
 * @param {Model} model
 * @param {string} text
 * @returns {Selection}
 */
export function selectEntries(model, text) {
  const filter = parseFilter(text);
  const total = model.columns.verdict.length;
  const allRows = model.rules.map((_, index) => index);
  const allColumns = model.cells.map((_, index) => index);
  if (filter.terms.length === 0 && filter.words.length === 0) {
    return { rows: allRows, columns: allColumns, hits: undefined, count: total, problems: filter.problems };
  }
  /**
   * 1 for what meets every term, as bytes, which hundreds of thousands of verdicts look up. What no term asks for is not even read.
   * @template T
   * @param {T[]} list
   * @param {Record<string, (each: T) => any>} values by key
   */
  const fitting = (list, values) => {
    const asked = filter.terms.flatMap(({ key, test }) => {
      const value = values[key];
      return value === undefined ? [] : [/** @param {T} each */ (each) => test(value(each))];
    });
    const fits = new Uint8Array(list.length).fill(1);
    if (asked.length > 0) list.forEach((each, index) => (fits[index] = asked.every((test) => test(each)) ? 1 : 0));
    return fits;
  };
  const columnFits = fitting(model.cells, {
    cell: ({ id }) => id,
    host: ({ host }) => host ?? '',
    engine: ({ engine }) => (engine ? { ...engine, label: engine.version } : ''),
    runtime: ({ runtime }) => (runtime ? { ...runtime, label: labelOf(runtime) } : ''),
  });
  const rowFits = fitting(model.rules, { suite: ({ suite }) => suite, rule: ({ id }) => id });
  const verdictFits = fitting(model.verdictNames, { verdict: (name) => name });
  const textFits = fitting(model.texts, { scenario: (text) => text ?? '' });
  const holdsWords = wordTest(model, filter.words);
  const { cell, rule, verdict, scenario } = model.columns;
  const hits = new Uint8Array(model.rules.length * model.cells.length);
  const rows = new Uint8Array(model.rules.length);
  const columns = new Uint8Array(model.cells.length);
  let rowCount = 0;
  let columnCount = 0;
  let count = 0;
  for (let i = 0; i < total; i++) {
    const r = rule[i] ?? 0;
    const c = cell[i] ?? 0;
    if (!columnFits[c] || !rowFits[r] || !verdictFits[verdict[i] ?? 0] || !textFits[scenario[i] ?? 0] || !holdsWords(i)) continue;
    count++;
    if (rows[r] === 0) rowCount++;
    if (columns[c] === 0) columnCount++;
    rows[r] = columns[c] = hits[r * model.cells.length + c] = 1;
  }
  const ofCells =
    filter.words.length === 0 &&
    filter.terms.every((term) => ['cell', 'host', 'engine', 'runtime', 'verdict'].includes(term.key));
  if (ofCells) {
    const bare = allColumns.filter((c) => columnFits[c] === 1 && !cellHasVerdicts(model, c));
    const fits = fitting(bare, { verdict: (c) => model.cells[c]?.verdict ?? '' });
    for (const [index, c] of bare.entries()) {
      if (fits[index] !== 1) continue;
      columnCount++;
      columns[c] = 1;
    }
  }
  return {
    rows: rowCount === 0 && columnCount > 0 ? allRows : allRows.filter((r) => rows[r] === 1),
    columns: allColumns.filter((c) => columns[c] === 1),
    hits,
    count,
    problems: filter.problems,
  };
}

/**
 * Each distinct text is searched once for each word; a verdict holds a word if one of its texts, its rule or its cell does.
 * Words are bits, so that a verdict is tested by looking up seven numbers; a number has 31 of them to use.
 * @param {Model} model
 * @param {string[]} words
 * @returns {(i: number) => boolean}
 */
function wordTest(model, words) {
  if (words.length === 0) return () => true;
  if (words.length > 31) {
    const [some, others] = [wordTest(model, words.slice(0, 31)), wordTest(model, words.slice(31))];
    return (i) => some(i) && others(i);
  }
  /** @param {string | null} text */
  const held = (text) => {
    if (text === null) return 0;
    const lower = text.toLowerCase();
    return words.reduce((bits, word, nth) => (lower.includes(word) ? bits | (1 << nth) : bits), 0);
  };
  const { columns } = model;
  const texts = Uint32Array.from(model.texts.map(held));
  const cells = Uint32Array.from(model.cells.map((cell) => held(cell.id)));
  const rules = Uint32Array.from(model.rules.map((rule) => held(`${rule.id} ${rule.title}`)));
  const all = 2 ** words.length - 1;
  const { cell, rule, observed, expected, scenario, reason, known } = columns;
  /** @param {number | undefined} at */
  const inText = (at) => texts[at ?? 0] ?? 0;
  return (i) =>
    ((rules[rule[i] ?? 0] ?? 0) |
      (cells[cell[i] ?? 0] ?? 0) |
      inText(observed[i]) |
      inText(expected[i]) |
      inText(scenario[i]) |
      inText(reason[i]) |
      inText(known[i])) ===
    all;
}
