import { askedOf, type Asked } from '../judge/applies.ts';
import { exhibit, judge } from '../judge/judge.ts';
import { identityOf } from '../judge/planned-identity.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import { factsOf, type HostUp } from './open-work.ts';

const asExpected = new Set(['pass', 'known', 'unsupported']);

interface Leased {
  cells: readonly PlannedCell[];
  lease: LeaseRecord;
  events: readonly JournalEvent[];
}

/**
 * Says of an observation what is not as expected, a line for each question, while the run goes on. The verdicts that count are
 * those of all records, when it has ended: then another try and the same pod under runc are known too.
 */
export function liveNews(
  { questions, known }: { questions: readonly Asked[]; known: readonly KnownIssue[] },
  setting: HostUp,
  { cells, lease, events }: Leased,
): (observation: Observation) => string[] {
  const leased = new Map(
    cells.map((planned) => {
      const cell = factsOf(planned, setting);
      return [cell.id, { cell, asked: askedOf(questions, cell), identity: identityOf(planned, events) }];
    }),
  );
  return (observation) => {
    const here = leased.get(observation.cell);
    if (here === undefined) return [];
    const shown = exhibit({ cell: here.cell, observation, lease }, here.identity);
    const asked = here.asked.filter(({ suite, scenario }) => suite === observation.suite && scenario.id === observation.scenario);
    return asked.flatMap(({ question }) => {
      const { verdict, expected, observed } = judge(question, shown, known);
      if (asExpected.has(verdict)) return [];
      const where = `${observation.cell} ${observation.scenario} ${question.id}`;
      return [`not as expected: ${where}: ${verdict}: expected ${expected}; observed ${observed}`];
    });
  };
}
