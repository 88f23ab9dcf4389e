import { type Harm, harms, verdictNames } from '../model/verdict.ts';
import { among, boolean, either, list, nullable, number, object, optional, type Read, record, text } from './shape.ts';

/** What is embedded in a report page: written by `blocks.ts`, read by the script of the page. */

/** The numbers of a verdict, each in a column of its own. */
export const columnNames = [
  'cell',
  'question',
  'verdict',
  'marks',
  'scenario',
  'answer',
  'expected',
  'observed',
  'layer',
  'known',
  'reason',
  'line',
  'evidence',
  'layers',
] as const;
export type ColumnName = (typeof columnNames)[number];

/** One value for each column. */
export function perColumn<T>(of: (name: ColumnName) => T): Record<ColumnName, T> {
  const entries = columnNames.map((name): [ColumnName, T] => [name, of(name)]);
  return Object.fromEntries(entries) as Record<ColumnName, T>;
}

/** Bits of the column `marks`. */
export const marks = { flaky: 1, breaks: 2, weakens: 4 } as const;

/** The harm that these bits stand for. */
export function harmOf(bits: number): Harm | undefined {
  return harms.find((harm) => (bits & marks[harm]) !== 0);
}

/** Where a column is in the bytes, how many bytes one number of it takes, and how many numbers there are. */
const Place = object({ name: among(columnNames), width: among([1, 2, 4]), from: number, length: number });
export type Place = Read<typeof Place>;

const artifact = { version: text, source: text, sha256: text };
/** A cell that only verdicts name has an id alone. */
const CellEntry = object({
  id: text,
  host: optional(text),
  engine: optional(object({ name: text, ...artifact })),
  runtime: optional(object({ name: text, shim: optional(text), vmm: optional(text), ...artifact })),
  cni: optional(object(artifact)),
  kubelet: optional(object(artifact)),
  verdict: optional(among(verdictNames)),
  reason: optional(text),
});
export type CellEntry = Read<typeof CellEntry>;

const QuestionEntry = object({
  id: text,
  suite: text,
  asks: text,
  citation: text,
  range: text,
  answers: list(object({ name: text, short: optional(text), says: text, harm: optional(among(harms)) })),
});
export type QuestionEntry = Read<typeof QuestionEntry>;

const KnownEntry = object({ id: text, title: text, url: text, range: text, impact: text, remedy: text });
export type KnownEntry = Read<typeof KnownEntry>;

const Hop = object({ layer: text, value: text, changed: boolean });
export type Hop = Read<typeof Hop>;

export const ReportData = object({
  run: text,
  cells: list(CellEntry),
  questions: list(QuestionEntry),
  known: list(KnownEntry),
  /** The cell of each block of evidence. */
  embedded: list(number),
  /** Observations that are part of the page, of those that there are. */
  kept: number,
  of: number,
  places: list(Place),
  /** Columns of texts and layerLists number these from 1 on; 0 stands for none. */
  texts: list(nullable(text)),
  layerLists: list(nullable(list(Hop))),
});
export type ReportData = Read<typeof ReportData>;

/** A value of a configuration key. */
export const scalar = either(text, number, boolean);

/** What each engine was started with, by lease. */
export const LeaseEntries = record(object({ planned: record(scalar), effective: record(scalar), files: record(text) }));
export type LeaseEntry = Read<typeof LeaseEntries>[string];
