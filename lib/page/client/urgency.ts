import { severity } from '../../model/verdict.ts';
import { harmOf } from '../data.ts';
import type { Model } from './model.ts';

/** Where the rows of the matrix are, those that a reader wants first at the top. */
export const classes = ['weakens', 'deviates', 'documented', 'inapplicable'] as const;
export type Class = (typeof classes)[number];

/** Classes that are folded where others are there, and nothing is asked for. */
export type Foldable = Extract<Class, 'documented' | 'inapplicable'>;
export const foldable: readonly Foldable[] = ['documented', 'inapplicable'];

/** The class of each question, and its rank: what weakens isolation by its worst verdict, then what deviates. */
export interface Urgency {
  classOf: readonly Class[];
  rank: Uint8Array;
}

/** Reads each verdict once. */
export function urgencyOf({ questions, columns }: Model): Urgency {
  const [pass, unsupported] = [severity('pass'), severity('unsupported')];
  const worst = new Int8Array(questions.length).fill(unsupported);
  const weakens = new Uint8Array(questions.length);
  const { question, verdict, marks } = columns;
  for (let i = 0; i < verdict.length; i++) {
    const r = question[i] ?? 0;
    worst[r] = Math.max(worst[r] ?? 0, verdict[i] ?? 0);
    if (harmOf(marks[i] ?? 0) === 'weakens') weakens[r] = 1;
  }
  const classOf = questions.map((_, r): Class => {
    if (weakens[r] === 1) return 'weakens';
    return worst[r] === unsupported ? 'inapplicable' : worst[r] === pass ? 'documented' : 'deviates';
  });
  return {
    classOf,
    rank: Uint8Array.from(questions, (_, r) => classes.indexOf(classOf[r] ?? 'deviates') * 16 + 15 - (worst[r] ?? 0)),
  };
}

/** A heading that stands for its rows. */
export interface Fold {
  name: Foldable;
  count: number;
}

/** The rows by urgency, without those that are folded: all but the `open` ones, unless that left nothing. */
export function arranged(
  rows: readonly number[],
  { classOf, rank }: Urgency,
  open: readonly string[],
): { rows: number[]; folded: Fold[] } {
  const ordered = [...rows].sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0) || a - b);
  const stays = (row: number): boolean => !foldable.some((name) => name === classOf[row]);
  if (!ordered.some(stays)) return { rows: ordered, folded: [] };
  const shut = foldable.filter((name) => !open.includes(name));
  return {
    rows: ordered.filter((row) => !shut.some((name) => name === classOf[row])),
    folded: shut
      .map((name) => ({ name, count: ordered.filter((row) => classOf[row] === name).length }))
      .filter(({ count }) => count > 0),
  };
}
