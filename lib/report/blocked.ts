import type { Document } from '../model/document.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';
import { naturalOrder } from './order.ts';
import { everyVerdict } from './verdicts.ts';

/** One reason why cells could not run, with all that wait for it. */
export interface Blockage {
  /** What failed, where, and what was found. */
  reason: string;
  /** What helps, where that is known apart from the reason. */
  remedy: string | undefined;
  cells: string[];
  /** How many questions would have been asked in these cells. */
  questions: number;
}

/** The reasons that blocked something, each once, those that block most first. */
export function blockages(document: Document): Blockage[] {
  const remedies = new Map(document.cells.map(({ id, remedy }) => [id, remedy]));
  const blocked = everyVerdict(document).filter(({ verdict }) => verdict === 'blocked');
  return [...groupBy(blocked, ({ reason, observed }) => reason ?? observed)]
    .map(([reason, verdicts]): Blockage => {
      const cells = [...new Set(verdicts.map(({ cell }) => cell))].sort(naturalOrder);
      const remedy = cells.map((cell) => remedies.get(cell)).find((each) => each !== undefined && reason.endsWith(`; ${each}`));
      return {
        reason: remedy === undefined ? reason : reason.slice(0, -`; ${remedy}`.length),
        remedy,
        cells,
        questions: verdicts.filter(({ suite }) => suite !== 'cell').length,
      };
    })
    .sort((a, b) => b.cells.length - a.cells.length || b.questions - a.questions || naturalOrder(a.reason, b.reason));
}

/** `2 cells, 115 questions`. */
export function waitingText({ cells, questions }: Pick<Blockage, 'cells' | 'questions'>): string {
  return `${count(cells.length, 'cell')}${questions === 0 ? '' : `, ${count(questions, 'question')}`}`;
}
