import { askedOf, questionsOf } from '../judge/applies.ts';
import type { Catalog } from '../judge/assemble.ts';
import { exhibit, judge } from '../judge/judge.ts';
import { identityOf } from '../judge/planned-identity.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { Suite } from '../suite/suite.ts';
import type { HostSetting } from './engine-lease.ts';
import { factsOf } from './stage.ts';

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
  { suites, catalog }: { suites: readonly Suite[]; catalog: Catalog },
  setting: HostSetting,
  { cells, lease, events }: Leased,
): (observation: Observation) => string[] {
  const questions = questionsOf(suites, catalog.selects);
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
      const { verdict, expected, observed } = judge(question, shown, catalog.known);
      if (asExpected.has(verdict)) return [];
      const where = `${observation.cell} ${observation.scenario} ${question.id}`;
      return [`not as expected: ${where}: ${verdict}: expected ${expected}; observed ${observed}`];
    });
  };
}
