import { type Document, type Verdict } from '../model/document.ts';
import { severity } from '../report/verdicts.ts';

/** Distinct texts and their numbers from 1 on; 0 stands for none. */
export class Dictionary {
  readonly list: Array<string | null> = [null];
  readonly #at = new Map<string, number>();

  add(text: string | undefined): number {
    if (text === undefined) return 0;
    const found = this.#at.get(text);
    if (found !== undefined) return found;
    this.#at.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

/** Where a column stands in the bytes, how wide one number of it is, and how many there are. */
export interface ColumnPlace {
  name: string;
  width: 1 | 2 | 4;
  from: number;
  length: number;
}

/** The verdicts as columns of numbers into lists of distinct texts: 600,000 of them stay some megabytes. */
export interface VerdictColumns {
  columns: Record<string, Uint32Array>;
  texts: Dictionary;
  trails: Dictionary;
}

/** The columns by rule and then cell, as `ruleOf` and `cellOf` number them: so the verdicts of a place stand together. */
export function verdictColumns(
  { verdicts }: Document,
  ruleOf: (verdict: Verdict) => number,
  cellOf: (verdict: Verdict) => number,
): VerdictColumns {
  const texts = new Dictionary();
  const trails = new Dictionary();
  const lineOf = evidenceLine();
  let line = 0;
  const text = (key: 'scenario' | 'expected' | 'observed' | 'layer' | 'known' | 'reason') => (verdict: Verdict) =>
    texts.add(verdict[key]);
  const numberOf: Record<string, (verdict: Verdict) => number> = {
    cell: cellOf,
    rule: ruleOf,
    verdict: (verdict) => severity(verdict.verdict),
    marks: (verdict) => (verdict.flaky === true ? 1 : 0) + (verdict.security === true ? 2 : 0),
    scenario: text('scenario'),
    expected: text('expected'),
    observed: text('observed'),
    layer: text('layer'),
    known: text('known'),
    reason: text('reason'),
    line: (verdict) => (line = lineOf(verdict)),
    evidence: (verdict) => (line === 0 ? texts.add(verdict.evidence) : 0),
    trail: (verdict) => trails.add(verdict.trail && JSON.stringify(verdict.trail)),
  };
  const given = Object.entries(numberOf).map(([name, of]) => ({ name, of, numbers: new Uint32Array(verdicts.length) }));
  // Verdict by verdict, not column by column: each of them is brought into the processor's cache once.
  verdicts.forEach((verdict, at) => {
    for (const { of, numbers } of given) numbers[at] = of(verdict);
  });
  const numbers = (name: string): Uint32Array => given.find((each) => each.name === name)?.numbers ?? new Uint32Array();
  const order = countingSort(countingSort(Uint32Array.from(verdicts.keys()), numbers('cell')), numbers('rule'));
  const columns = given.map(({ name, numbers: own }) => [name, order.map((at) => own[at] ?? 0)] as const);
  return { columns: Object.fromEntries(columns), texts, trails };
}

/** The columns one after the other, each as narrow as its largest number allows, and where each stands. */
export function packColumns(columns: Record<string, Uint32Array>): { bytes: Buffer; places: ColumnPlace[] } {
  const places: ColumnPlace[] = [];
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const [name, numbers] of Object.entries(columns)) {
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
