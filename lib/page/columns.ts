import type { Document, Layer, Verdict } from '../model/document.ts';
import { severity } from '../model/verdict.ts';
import { type ColumnName, columnNames, marks, perColumn, type Place } from './data.ts';

/** Distinct values and their numbers from 1 on; 0 stands for none. */
class Dictionary<T> {
  readonly list: Array<T | null> = [null];
  readonly #at = new Map<unknown, number>();

  /** Values of one key are the same. */
  add(value: T | undefined, key: unknown = value): number {
    if (value === undefined) return 0;
    const found = this.#at.get(key);
    if (found !== undefined) return found;
    this.#at.set(key, this.list.length);
    return this.list.push(value) - 1;
  }
}

/** The verdicts as columns of numbers into lists of distinct texts: 600,000 of them stay some megabytes. */
interface VerdictColumns {
  columns: Record<ColumnName, Uint32Array>;
  texts: Array<string | null>;
  layerLists: Array<Layer[] | null>;
}

/** The columns by question and then cell, as `questionOf` and `cellOf` number them: so the verdicts of a place are together. */
export function verdictColumns(
  { verdicts }: Document,
  questionOf: (verdict: Verdict) => number,
  cellOf: (verdict: Verdict) => number,
): VerdictColumns {
  const texts = new Dictionary<string>();
  const layerLists = new Dictionary<Layer[]>();
  const lineOf = evidenceLine();
  let line = 0;
  const text = (key: 'scenario' | 'answer' | 'expected' | 'observed' | 'layer' | 'known' | 'reason') => (verdict: Verdict) =>
    texts.add(verdict[key]);
  const numberOf: Record<ColumnName, (verdict: Verdict) => number> = {
    cell: cellOf,
    question: questionOf,
    verdict: (verdict) => severity(verdict.verdict),
    marks: ({ flaky, harm }) => (flaky === true ? marks.flaky : 0) + (harm === undefined ? 0 : marks[harm]),
    scenario: text('scenario'),
    answer: text('answer'),
    expected: text('expected'),
    observed: text('observed'),
    layer: text('layer'),
    known: text('known'),
    reason: text('reason'),
    line: (verdict) => (line = lineOf(verdict)),
    evidence: (verdict) => (line === 0 ? texts.add(verdict.evidence) : 0),
    layers: ({ layers }) => (layers === undefined ? 0 : layerLists.add(layers, JSON.stringify(layers))),
  };
  const columns = perColumn(() => new Uint32Array(verdicts.length));
  const given = columnNames.map((name) => ({ of: numberOf[name], numbers: columns[name] }));
  // Verdict by verdict, not column by column: each of them is brought into the processor's cache once.
  verdicts.forEach((verdict, at) => {
    for (const { of, numbers } of given) numbers[at] = of(verdict);
  });
  const order = countingSort(countingSort(Uint32Array.from(verdicts.keys()), columns.cell), columns.question);
  return {
    columns: perColumn((name) => order.map((at) => columns[name][at] ?? 0)),
    texts: texts.list,
    layerLists: layerLists.list,
  };
}

/** The columns one after the other, each as narrow as its largest number allows, and where each is. */
export function packColumns(columns: Record<ColumnName, Uint32Array>): { bytes: Buffer; places: Place[] } {
  const places: Place[] = [];
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const name of columnNames) {
    const numbers = columns[name];
    const most = numbers.reduce((max, number) => Math.max(max, number), 0);
    const width = most < 0x100 ? 1 : most < 0x10000 ? 2 : 4;
    const narrow = width === 1 ? Uint8Array.from(numbers) : width === 2 ? Uint16Array.from(numbers) : numbers;
    // Views of typed arrays start at multiples of their width.
    const padding = (4 - (narrow.byteLength % 4)) % 4;
    places.push({ name, width, from, length: numbers.length });
    parts.push(new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength), new Uint8Array(padding));
    from += narrow.byteLength + padding;
  }
  return { bytes: Buffer.concat(parts), places };
}

/** The line that each evidence path ends with, where the rest of it follows from the cell; otherwise 0. */
function evidenceLine(): (verdict: Verdict) => number {
  let cellOfHead = '';
  let head = '';
  return ({ evidence, cell }) => {
    if (cell !== cellOfHead || head === '') {
      cellOfHead = cell;
      head = `cells/${cell}/observations.ndjson#`;
    }
    if (!evidence.startsWith(head)) return 0;
    const line = Number(evidence.slice(head.length));
    return Number.isInteger(line) && line > 0 && line < 2 ** 31 && `${head}${line}` === evidence ? line : 0;
  };
}

/** The items by their keys, those of one key as they came. */
function countingSort(items: Uint32Array, keys: Uint32Array): Uint32Array {
  const next = new Uint32Array(keys.reduce((max, key) => Math.max(max, key), 0) + 2);
  for (const key of keys) next[key + 1] = (next[key + 1] ?? 0) + 1;
  for (let key = 1; key < next.length; key++) next[key] = (next[key] ?? 0) + (next[key - 1] ?? 0);
  const sorted = new Uint32Array(items.length);
  for (const item of items) {
    const key = keys[item] ?? 0;
    const place = next[key] ?? 0;
    next[key] = place + 1;
    sorted[place] = item;
  }
  return sorted;
}
