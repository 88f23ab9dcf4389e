import type { Question } from '../suite/question.ts';
import type { CellFacts, Requirement } from '../suite/requirement.ts';
import type { Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';

/** A question to the observation of one scenario. */
export interface Asked {
  suite: string;
  scenario: Scenario;
  question: Question;
}

/** Which questions a run is about, by suite, scenario and question: what a selection leaves of the tables. */
export type Selects = (suite: string, scenario: string, question: string) => boolean;

/** The questions of these suites that the selection covers, in their order. */
export function questionsOf(suites: readonly Suite[], selects: Selects = () => true): Asked[] {
  return suites.flatMap((suite) =>
    suite.questions.flatMap((question) =>
      question.on
        .filter((scenario) => selects(suite.id, scenario, question.id))
        .map((scenario) => ({ suite: suite.id, scenario: scenarioOf(suite, scenario), question })),
    ),
  );
}

/** Why a question is not asked of this cell, or undefined. What a host that is not up yet may lack keeps no question back. */
export function unmet({ scenario, question }: Pick<Asked, 'scenario' | 'question'>, cell: CellFacts): string | undefined {
  return unmetBefore(scenario, cell) ?? unmetOf(scenario.needs, cell) ?? unmetOf(question.needs, cell);
}

/** A kubelet ends pods that it did not make itself: what stands before the engine is asked for all of them. */
function unmetBefore(scenario: Scenario, { kubelet }: CellFacts): string | undefined {
  if ('manifest' in scenario) return kubelet === undefined ? 'applies behind a kubelet, and this cell has none' : undefined;
  return kubelet === undefined ? undefined : 'asked of an engine without a kubelet before it';
}

function unmetOf(needs: readonly Requirement[] = [], cell: CellFacts): string | undefined {
  for (const requirement of needs) {
    const reason = requirement.unmet(cell);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The questions that are asked of this cell: a run launches their scenarios, and no others, and they are answered. */
export function askedOf(asked: readonly Asked[], cell: CellFacts): Asked[] {
  return asked.filter((one) => unmet(one, cell) === undefined);
}

/** The scenarios on which a question is asked of this cell, each once, in the order of their suites. */
export function scenariosOf(
  suites: readonly Suite[],
  asked: readonly Asked[],
  cell: CellFacts,
): Array<{ suite: string; scenario: Scenario }> {
  const wanted = new Set(askedOf(asked, cell).map(({ scenario }) => scenario));
  return suites.flatMap((suite) =>
    suite.scenarios.filter((scenario) => wanted.has(scenario)).map((scenario) => ({ suite: suite.id, scenario })),
  );
}

function scenarioOf(suite: Suite, id: string): Scenario {
  const scenario = suite.scenarios.find((candidate) => candidate.id === id);
  if (scenario === undefined) throw new Error(`Cannot judge: suite ${suite.id} has no scenario "${id}"`);
  return scenario;
}
