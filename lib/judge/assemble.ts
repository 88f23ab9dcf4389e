import { documentSchema, type Cell, type Document, type QuestionText, type Span, type Verdict } from '../model/document.ts';
import type { JournalEvent } from '../model/journal.ts';
import { wholePlan, type Part } from '../record/parts.ts';
import type { Located } from '../record/run-folder.ts';
import { componentKey, type Component, type Plan, type PlannedCell } from '../model/cell.ts';
import { count, exitCode, worstOf } from '../model/verdict.ts';
import { contrastRuntime } from '../runtimes/facts.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { Question } from '../suite/question.ts';
import type { Suite } from '../suite/suite.ts';
import { groupBy } from '../util/group-by.ts';
import { questionsOf, type Selects } from './applies.ts';
import { cellVerdicts } from './cell-verdicts.ts';
import type { Journal } from './journal.ts';
import { acceleratorsOf, hostsOf } from './machines.ts';
import { Runs } from './runs.ts';
import { podSpans, Tries } from './tries.ts';

export interface Records {
  plan: Plan;
  run: string;
  events: readonly JournalEvent[];
  observations: readonly Located[];
}

export interface Catalog {
  suites: readonly Suite[];
  known: readonly KnownIssue[];
  /** Which judgements the plan's selection covers. */
  selects: Selects;
}

/** The whole document of a run from its records and today's questions. Pure, so that `judge` needs no host. */
export function assemble({ plan, run, events, observations }: Records, catalog: Catalog): Document {
  const { places, judge, document } = assembly(run, [{ id: '', plan, events }], catalog);
  const seen = groupBy(observations, ({ observation }) => observation.cell);
  for (const cells of places) judge(cells, [cells.flatMap(({ id }) => seen.get(id) ?? [])]);
  return document();
}

/** Places whose observations are held at a time, a few MiB each: the disk is idle while one is judged. */
const ahead = 16;

/** The same for runs that were merged, shards of one plan and several tries of one; their observations are never held all at once. */
export async function assembleParts(run: string, parts: readonly Part[], catalog: Catalog): Promise<Document> {
  const { places, judge, document } = assembly(run, parts, catalog);
  const observed = (cells: readonly PlannedCell[]): Promise<Located[][]> =>
    Promise.all(parts.map(async (part) => (await Promise.all(cells.map(({ id }) => part.observations(id)))).flat()));
  for (let from = 0; from < places.length; from += ahead) {
    const some = places.slice(from, from + ahead);
    const seen = await Promise.all(some.map(observed));
    some.forEach((cells, index) => judge(cells, seen[index] ?? []));
  }
  return document();
}

/** Judges a plan by host and engine: cells of one host and engine are contrasted with each other, and with no others. */
function assembly(run: string, parts: ReadonlyArray<Pick<Part, 'id' | 'plan' | 'events'>>, catalog: Catalog) {
  const [first] = parts;
  if (first === undefined) throw new Error('Cannot judge a run without records');
  const single = parts.length === 1 && first.id === '';
  const plan = single ? first.plan : wholePlan(first.plan);
  const runs = new Runs(parts);
  const suites = catalog.suites.filter((suite) => plan.suites.includes(suite.id));
  const questions = questionsOf(suites, catalog.selects);
  const accelerators = acceleratorsOf(runs);
  const judged = new Map<string, { cell: Cell; verdicts: readonly Verdict[] }>();
  const pods = parts.map((): Span[] => []);
  return {
    /** The planned cells of each host and engine. */
    places: [...groupBy(plan.cells, ({ host, engine }) => `${host.id} ${engine.name} ${engine.version}`).values()],
    /** Judges the cells of one engine of a host by what each run observed in them, in the order of the runs. */
    judge: (cells: readonly PlannedCell[], seen: ReadonlyArray<readonly Located[]>): void => {
      const tries = new Tries(runs.journals.map((journal, index) => ({ journal, observations: seen[index] ?? [] })));
      seen.forEach((list, index) => pods[index]?.push(...list.flatMap(({ observation }) => podSpans(observation))));
      const contrasted = cells.find(({ runtime }) => runtime.name === contrastRuntime)?.id;
      for (const planned of cells) {
        const home = tries.home(planned.id) ?? runs.home(planned.id);
        const contrast = planned.runtime.name === contrastRuntime ? undefined : contrasted;
        const verdicts = cellVerdicts({ planned, home, tries, known: catalog.known, contrast }, questions);
        const blocked = home.blocked.get(planned.id);
        const differ = (accelerators.get(planned.host.id)?.size ?? 0) > 1;
        const cell: Cell = {
          ...cellHead(planned, home),
          verdict: worstOf(verdicts.map(({ verdict }) => verdict)) ?? 'unsupported',
          reason: blocked?.reason,
          remedy: blocked?.remedy,
          // Where machines differ, the list of hosts does not say which of them this was.
          accelerator: differ ? home.hosts.get(planned.host.id)?.facts.accelerator : undefined,
        };
        judged.set(planned.id, { cell, verdicts });
      }
    },
    document: (): Document => {
      const all = plan.cells.flatMap(({ id }) => judged.get(id) ?? []);
      const verdicts = all.flatMap((one) => one.verdicts);
      const names = verdicts.map(({ verdict }) => verdict);
      const knownIds = new Set(verdicts.map((verdict) => verdict.known));
      const questionIds = new Set(verdicts.map((verdict) => verdict.question));
      const { shard } = plan;
      return {
        schema: documentSchema,
        run: {
          ...runs.run(plan.cells),
          ...{ id: run, profile: plan.profile, plan: plan.hash, exit: exitCode(names) },
          shard: shard && { index: shard.index, count: shard.count },
        },
        parts: single ? [] : runs.described(),
        counts: count(names),
        hosts: hostsOf(plan, runs),
        cells: all.map(({ cell }) => cell),
        questions: suites.flatMap((suite) =>
          suite.questions.filter(({ id }) => questionIds.has(id)).map((question) => questionText(suite.id, question)),
        ),
        known: catalog.known
          .filter((issue) => knownIds.has(issue.id))
          .map(({ id, title, url, where, impact, remedy }) => ({
            ...{ id, title, url, impact, remedy },
            range: where.map((requirement) => requirement.text).join(' with '),
          })),
        verdicts,
        spans: runs.spans(pods),
        excluded: plan.excluded,
        baseline: null,
      };
    },
  };
}

function cellHead(planned: PlannedCell, journal: Journal): Omit<Cell, 'verdict'> {
  const provenance = (component: Component): { source: string; sha256: string } => {
    const artifact = journal.artifacts.get(componentKey(component));
    return { source: artifact?.source ?? 'unavailable', sha256: artifact?.sha256 ?? '' };
  };
  const { engine, runtime, cni, kubelet } = planned;
  return {
    id: planned.id,
    host: planned.host.id,
    engine: { name: engine.name, version: engine.version, ...provenance(engine) },
    runtime: { name: runtime.name, version: runtime.version, shim: runtime.shim, vmm: runtime.vmm, ...provenance(runtime) },
    cni: cni && { version: cni.version, ...provenance(cni) },
    kubelet: kubelet && { version: kubelet.version, ...provenance(kubelet) },
  };
}

/** What a document says of a question. */
function questionText(suite: string, { id, asks, needs = [], answers, documented }: Question): QuestionText {
  return {
    ...{ id, suite, asks },
    citation: [...new Set(documented.map(({ citation }) => citation))].join('; '),
    range: needs.map((need) => need.text).join(', ') || 'every engine and runtime',
    answers: Object.entries(answers).map(([name, { short, says, harm }]) => ({ name, short, says, harm })),
  };
}
