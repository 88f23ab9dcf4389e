import { verdictNames, type VerdictName } from '../../model/verdict.ts';
import { type ColumnName, perColumn, type ReportData } from '../data.ts';

type Column = Uint8Array | Uint16Array | Uint32Array;

/** The data of the page, with what is looked up often. */
export interface Model extends ReportData {
  columns: Record<ColumnName, Column>;
  /** The first verdict by question × cells + cell; the next one's is the end. */
  starts: Int32Array;
  /** The first of the worst verdicts by question × cells + cell; -1 for none. */
  worst: Int32Array;
  /** By question × cells + cell; equal where the matrix shows the same. */
  looks: Int32Array;
  /** 1 for each cell that has a verdict. */
  judged: Uint8Array;
}

const views = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

/** Finds the verdicts of a question in a cell: they are together, as the columns are sorted by question and cell. */
export function indexed(data: ReportData, bytes: ArrayBuffer): Model {
  const columns = perColumn((name): Column => {
    const place = data.places.find((each) => each.name === name);
    if (place === undefined) throw new Error(`Cannot build the matrix: the page has no column "${name}"`);
    return new views[place.width](bytes, place.from, place.length);
  });
  const width = data.cells.length;
  const starts = new Int32Array(data.questions.length * width + 1);
  const worst = new Int32Array(data.questions.length * width).fill(-1);
  const looks = new Int32Array(data.questions.length * width);
  const judged = new Uint8Array(width);
  const { cell, question, verdict, known, answer, marks } = columns;
  for (let i = 0; i < verdict.length; i++) {
    const c = cell[i] ?? 0;
    const at = (question[i] ?? 0) * width + c;
    judged[c] = 1;
    starts[at + 1] = (starts[at + 1] ?? 0) + 1;
    if ((verdict[worst[at] ?? -1] ?? -1) < (verdict[i] ?? -1)) worst[at] = i;
    const look = ((known[i] ?? 0) * 64 + (answer[i] ?? 0)) * 128 + (marks[i] ?? 0) * 16 + (verdict[i] ?? 0) + 1;
    looks[at] = (Math.imul(looks[at] ?? 0, 31) + look) | 0;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  return { ...data, columns, starts, worst, looks, judged };
}

/** What the matrix shows for a question in a cell. */
export interface Entry {
  /** The worst verdict, or that of a cell that never came up, which is `inherited`; undefined where nothing was planned. */
  name: VerdictName | undefined;
  inherited: boolean;
  /** What was answered: a name; undefined where no answer was seen. */
  answer: string | undefined;
  /** The first of its verdicts, and how many there are. */
  from: number;
  count: number;
}

const neverJudged: ReadonlyArray<VerdictName | undefined> = ['void', 'blocked', 'error', 'missing'];

export function entryAt(model: Model, question: number, cell: number): Entry {
  const at = question * model.cells.length + cell;
  const from = model.starts[at] ?? 0;
  const count = (model.starts[at + 1] ?? from) - from;
  if (count > 0) {
    const worst = model.worst[at] ?? from;
    const name = verdictNames[model.columns.verdict[worst] ?? 0];
    return { name, answer: textAt(model, 'answer', worst), count, from, inherited: false };
  }
  const own = model.cells[cell]?.verdict;
  const inherited = neverJudged.includes(own) && model.judged[cell] === 0;
  return { name: inherited ? own : undefined, answer: undefined, count: 0, from, inherited };
}

/** A text of a verdict; undefined where it has none. */
export function textAt(model: Model, name: ColumnName, verdict: number): string | undefined {
  return model.texts[model.columns[name][verdict] ?? 0] ?? undefined;
}
