import type { Document } from '../model/document.ts';
import type { Harm } from '../model/verdict.ts';
import { groupBy } from '../util/group-by.ts';
import { naturalOrder } from './order.ts';

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
        harm: verdicts.some((verdict) => verdict.harm === 'weakens') ? 'weakens' : 'breaks',
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
