import type { Document, Verdict } from '../model/document.ts';
import { groupBy } from '../util/group-by.ts';
import { naturalOrder } from './order.ts';

/** What a deviation does to its user: more can be reached than was asked for, or the pod cannot do what it may. */
export type Harm = 'weakens' | 'breaks';

/** The harm of a verdict that deviates from what is documented. */
export function harmOf({ security }: Pick<Verdict, 'security'>): Harm {
  return security === true ? 'weakens' : 'breaks';
}

/** A known issue that a run has shown again. */
export interface KnownCause {
  harm: Harm;
  known: string;
  title: string;
  rules: string[];
  cells: string[];
}

/** The known issues that a document shows, once each: first those that weaken, then the widest. */
export function knownCauses(document: Document): KnownCause[] {
  const titles = new Map(document.known.map(({ id, title }) => [id, title]));
  const shown = document.verdicts.filter(({ verdict }) => verdict === 'known');
  return [...groupBy(shown, ({ known = '' }) => known)]
    .map(([known, verdicts]): KnownCause => {
      const distinct = (values: string[]): string[] => [...new Set(values)].sort(naturalOrder);
      return {
        harm: verdicts.some((verdict) => harmOf(verdict) === 'weakens') ? 'weakens' : 'breaks',
        known,
        title: titles.get(known) ?? verdicts[0]?.observed ?? '',
        rules: distinct(verdicts.map(({ rule }) => rule)),
        cells: distinct(verdicts.map(({ cell }) => cell)),
      };
    })
    .sort(
      (a, b) =>
        Number(a.harm === 'breaks') - Number(b.harm === 'breaks') ||
        b.cells.length - a.cells.length ||
        naturalOrder(a.known, b.known),
    );
}
