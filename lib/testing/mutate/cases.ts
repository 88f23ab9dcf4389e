import type { PlannedIdentity } from '../../judge/canary.ts';
import { cellFacts } from '../../judge/cell-facts.ts';
import { digest } from '../../judge/journal.ts';
import { plannedIdentity } from '../../judge/planned-identity.ts';
import { questionsOf, unmet } from '../../judge/applies.ts';
import { contrastRuntime } from '../../runtimes/facts.ts';
import type { Evidence } from '../../suite/evidence.ts';
import type { Question } from '../../suite/question.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { recordedRuns } from '../recorded.ts';

/** One question with the recorded evidence that it is answered from. */
export interface Case {
  run: string;
  suite: string;
  question: Question;
  evidence: Evidence;
  planned: PlannedIdentity;
}

/** Every question that is asked of recorded evidence, over all recorded runs, in their order. */
export async function recordedCases(): Promise<Case[]> {
  const runs = await Promise.all(
    recordedRuns().map(async ({ name, folder }): Promise<Case[]> => {
      const plan = await folder.plan();
      const journal = digest(await folder.events());
      const latest = await folder.latest(plan.cells.map(({ id }) => id));
      const { suites, selects } = catalogFor(plan);
      const asked = questionsOf(
        suites.filter(({ id }) => plan.suites.includes(id)),
        selects,
      );
      return plan.cells.flatMap((cell) => {
        const contrast = plan.cells.find(
          ({ host, engine, runtime }) =>
            runtime.name === contrastRuntime &&
            host.id === cell.host.id &&
            engine.version === cell.engine.version &&
            engine.name === cell.engine.name,
        );
        const facts = cellFacts(cell, journal.hosts.get(cell.host.id));
        const planned = plannedIdentity(cell, journal);
        return asked.flatMap(({ suite, scenario, question }): Case[] => {
          const observation = latest.get(`${cell.id} ${suite} ${scenario.id}`);
          const lease = journal.leases.get(observation?.lease ?? '');
          if (observation === undefined || lease === undefined || unmet({ scenario, question }, facts) !== undefined) return [];
          const sibling =
            contrast === undefined || contrast === cell ? undefined : latest.get(`${contrast.id} ${suite} ${scenario.id}`);
          return [{ run: name, suite, question, evidence: { cell: facts, observation, lease, contrast: sibling }, planned }];
        });
      });
    }),
  );
  return runs.flat();
}
