import type { EngineConfig } from '../engines/engine.ts';
import type { acquireHost } from '../hosts/registry.ts';
import type { Catalog } from '../judge/assemble.ts';
import { cellFacts } from '../judge/cell-facts.ts';
import { questionsOf, scenariosOf } from '../judge/applies.ts';
import { worthRetry } from '../judge/symptoms.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import type { Document } from '../model/document.ts';
import type { ProbeImages } from '../probe/image/images.ts';
import { scenarioKey } from '../model/observation.ts';
import type { RunFolder } from '../record/run-folder.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { optionsKey, optionsOf, type EngineOptions, type Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import type { Had } from './artifacts.ts';
import type { HostSetting } from './engine-lease.ts';
import type { KubeletSabotage } from './kubelet-lease.ts';
import type { Progress } from './progress.ts';
import type { Timeline } from './timeline.ts';
import type { Task } from './worker-context.ts';

export interface RunOptions {
  plan: Plan;
  folder: RunFolder;
  catalog: Catalog;
  version: string;
  progress: Progress;
  signal: AbortSignal;
  /** Each host once: what is compared runs on one and the same. */
  oneOfEach?: boolean;
  /** Keeps the host up when its work is done; hears of the judged document then. The plan has one host. */
  keep?: (document: Document) => Promise<void>;
  /** How hosts are had: another way for tests. */
  acquire?: typeof acquireHost;
  /** Changes an engine's configuration behind the plan's back: for tests of our own canaries. */
  tamper?: (config: EngineConfig) => EngineConfig;
  /** Changes what passes a kubelet: for tests of what its requests are held against. */
  sabotage?: KubeletSabotage;
}

/** What every stage of a run shares. */
export interface Stage extends Omit<RunOptions, 'keep'> {
  /** What is said once a host is ready to be looked around; without it hosts are given back. */
  keep?: () => Promise<void>;
  timeline: Timeline;
  suites: Suite[];
  images: ProbeImages;
  had: Map<string, Had>;
  count: { done: number; total: number };
  /** Pods of all leases that are under way. */
  underWay: Set<string>;
  /** Keys of scenarios that need no pod any more. */
  done: Set<string>;
  /** Those that were under way when the host was lost. */
  lost: Set<string>;
  /** Why cells were blocked, as far as it was told. */
  reasons: Set<string>;
}

/** The scenarios whose pods a cell still needs, as far as this is known: without `setting` its host is not up yet. */
export function openScenarios(
  stage: Pick<Stage, 'suites' | 'catalog' | 'done'>,
  cell: PlannedCell,
  setting?: HostSetting,
): Array<{ key: string; suite: string; scenario: Scenario }> {
  const facts = factsOf(cell, setting);
  return scenariosOf(stage.suites, questionsOf(stage.suites, stage.catalog.selects), facts)
    .map(({ suite, scenario }) => ({ key: scenarioKey({ cell: cell.id, suite, scenario: scenario.id }), suite, scenario }))
    .filter(({ key }) => !stage.done.has(key));
}

/** What is still to be observed in a cell under these options. */
export function openTasks(
  stage: Parameters<typeof openScenarios>[0],
  cell: PlannedCell,
  setting: HostSetting,
  options: EngineOptions,
): Task[] {
  return openScenarios(stage, cell, setting)
    .filter(
      ({ scenario }) =>
        optionsKey(optionsOf(scenario, { runtime: cell.runtime, facts: setting.host.facts })) === optionsKey(options),
    )
    .map(({ suite, scenario }) => ({ cell: cell.id, suite, scenario: scenario.id }));
}

/** Keys of the scenarios that were observed and need no pod any more; what the harness's own trouble spoiled is tried again. */
export async function settledScenarios(folder: RunFolder, cells: readonly PlannedCell[]): Promise<string[]> {
  const latest = await folder.latest(cells.map((cell) => cell.id));
  return [...latest].filter(([, { outcome }]) => !worthRetry(outcome)).map(([key]) => key);
}

export function factsOf(cell: PlannedCell, setting?: HostSetting): CellFacts {
  return cellFacts(cell, setting && { facts: setting.host.facts, fixtures: setting.fixtures });
}

/** These cells could not be tried; the run goes on without them. */
export function block(stage: Stage, cells: readonly PlannedCell[], why: unknown): void {
  const reason = sentenceOf(why);
  const remedy = why instanceof BlockedError ? why.remedy : undefined;
  const ids = cells.map((cell) => cell.id);
  stage.folder.append({ event: 'blocked', cells: ids, reason, ...(remedy === undefined ? {} : { remedy }) });
  stage.progress.line('blocked', `${ids.join(', ')}: ${stage.reasons.has(reason) ? 'for the same reason' : reason}`);
  stage.reasons.add(reason);
}
