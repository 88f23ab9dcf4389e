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
  /** @param {string} key @param {any} value */
  const meets = (key, value) => filter.terms.every((term) => term.key !== key || term.test(value));
  const columnFits = model.cells.map(
    (cell) =>
      meets('cell', cell.id) &&
      meets('host', cell.host ?? '') &&
      meets('engine', cell.engine ? { ...cell.engine, label: cell.engine.version } : '') &&
      meets('runtime', cell.runtime ? { ...cell.runtime, label: labelOf(cell.runtime) } : ''),
  );
  const rowFits = model.rules.map((rule) => meets('suite', rule.suite) && meets('rule', rule.id));
  const verdictFits = model.verdictNames.map((name) => meets('verdict', name));
  const textFits = model.texts.map((each) => meets('scenario', each ?? ''));
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
  for (const c of allColumns) {
    if (ofCells && columnFits[c] && !cellHasVerdicts(model, c) && meets('verdict', model.cells[c]?.verdict ?? '')) {
      if (columns[c] === 0) columnCount++;
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
  const texts = Uint32Array.from(model.texts, held);
  const cells = Uint32Array.from(model.cells, (cell) => held(cell.id));
  const rules = Uint32Array.from(model.rules, (rule) => held(`${rule.id} ${rule.title}`));
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
