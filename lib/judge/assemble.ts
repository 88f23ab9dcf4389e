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
import { questionsOf, type Asked, type Selects } from './applies.ts';
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
  const assembly = new Assembly(run, [{ id: '', plan, events }], catalog);
  const seen = groupBy(observations, ({ observation }) => observation.cell);
  for (const cells of assembly.places) assembly.judge(cells, [cells.flatMap(({ id }) => seen.get(id) ?? [])]);
  return assembly.document();
}

/** Places whose observations are held at a time, a few MiB each: the disk is idle while one is judged. */
const ahead = 16;

/** The same for runs that were merged, shards of one plan and several tries of one; their observations are never held all at once. */
export async function assembleParts(run: string, parts: readonly Part[], catalog: Catalog): Promise<Document> {
  const assembly = new Assembly(run, parts, catalog);
  const observed = (cells: readonly PlannedCell[]): Promise<Located[][]> =>
    Promise.all(parts.map(async (part) => (await Promise.all(cells.map(({ id }) => part.observations(id)))).flat()));
  for (let from = 0; from < assembly.places.length; from += ahead) {
    const places = assembly.places.slice(from, from + ahead);
    const seen = await Promise.all(places.map(observed));
    places.forEach((cells, index) => assembly.judge(cells, seen[index] ?? []));
  }
  return assembly.document();
}

/** Judges a plan place by place: cells of one host and engine are contrasted with each other, and with no others. */
class Assembly {
  /** The planned cells of each host and engine. */
  readonly places: readonly PlannedCell[][];
  readonly #run: string;
  readonly #single: boolean;
  readonly #plan: Plan;
  readonly #runs: Runs;
  readonly #catalog: Catalog;
  readonly #suites: readonly Suite[];
  readonly #questions: readonly Asked[];
  readonly #accelerators: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #judged = new Map<string, { cell: Cell; verdicts: readonly Verdict[] }>();
  readonly #pods: Span[][];

  constructor(run: string, parts: ReadonlyArray<Pick<Part, 'id' | 'plan' | 'events'>>, catalog: Catalog) {
    const [first] = parts;
    if (first === undefined) throw new Error('Cannot judge a run without records');
    this.#run = run;
    this.#single = parts.length === 1 && first.id === '';
    this.#plan = this.#single ? first.plan : wholePlan(first.plan);
    this.#runs = new Runs(parts);
    this.#catalog = catalog;
    this.#suites = catalog.suites.filter((suite) => this.#plan.suites.includes(suite.id));
    this.#questions = questionsOf(this.#suites, catalog.selects);
    this.#accelerators = acceleratorsOf(this.#runs);
    this.#pods = parts.map(() => []);
    const placeOf = ({ host, engine }: PlannedCell): string => `${host.id} ${engine.name} ${engine.version}`;
    this.places = [...groupBy(this.#plan.cells, placeOf).values()];
  }

  /** Judges the cells of one place by what each run observed in them, in the order of the runs. */
  judge(cells: readonly PlannedCell[], seen: ReadonlyArray<readonly Located[]>): void {
    const tries = new Tries(this.#runs.journals.map((journal, index) => ({ journal, observations: seen[index] ?? [] })));
    seen.forEach((list, index) => this.#pods[index]?.push(...list.flatMap(({ observation }) => podSpans(observation))));
    const contrasted = cells.find(({ runtime }) => runtime.name === contrastRuntime)?.id;
    for (const planned of cells) {
      const home = tries.home(planned.id) ?? this.#runs.home(planned.id);
      const contrast = planned.runtime.name === contrastRuntime ? undefined : contrasted;
      const verdicts = cellVerdicts({ planned, home, tries, known: this.#catalog.known, contrast }, this.#questions);
      const blocked = home.blocked.get(planned.id);
      const accelerator = home.hosts.get(planned.host.id)?.facts.accelerator;
      const differ = (this.#accelerators.get(planned.host.id)?.size ?? 0) > 1;
      const cell: Cell = {
        ...cellHead(planned, home),
        verdict: worstOf(verdicts.map(({ verdict }) => verdict)) ?? 'unsupported',
        reason: blocked?.reason,
        remedy: blocked?.remedy,
        // Where machines differ, the list of hosts does not say which of them this was.
        accelerator: differ ? accelerator : undefined,
      };
      this.#judged.set(planned.id, { cell, verdicts });
    }
  }

  document(): Document {
    const plan = this.#plan;
    const judged = plan.cells.flatMap(({ id }) => this.#judged.get(id) ?? []);
    const verdicts = judged.flatMap((one) => one.verdicts);
    const names = verdicts.map(({ verdict }) => verdict);
    const knownIds = new Set(verdicts.map((verdict) => verdict.known));
    const questionIds = new Set(verdicts.map((verdict) => verdict.question));
    const { shard } = plan;
    return {
      schema: documentSchema,
      run: {
        ...this.#runs.run(plan.cells),
        id: this.#run,
        profile: plan.profile,
        plan: plan.hash,
        exit: exitCode(names),
        shard: shard && { index: shard.index, count: shard.count },
      },
      parts: this.#single ? [] : this.#runs.described(),
      counts: count(names),
      hosts: hostsOf(plan, this.#runs),
      cells: judged.map(({ cell }) => cell),
      questions: this.#suites.flatMap((suite) =>
        suite.questions.filter(({ id }) => questionIds.has(id)).map((question) => questionText(suite.id, question)),
      ),
      known: this.#catalog.known
        .filter((issue) => knownIds.has(issue.id))
        .map(({ id, title, url, where, impact, remedy }) => ({
          ...{ id, title, url, impact, remedy },
          range: where.map((requirement) => requirement.text).join(' with '),
        })),
      verdicts,
      spans: this.#runs.spans(this.#pods),
      excluded: plan.excluded,
      baseline: null,
    };
  }
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
export function questionText(suite: string, { id, asks, needs = [], answers, documented }: Question): QuestionText {
  return {
    ...{ id, suite, asks },
    citation: [...new Set(documented.map(({ citation }) => citation))].join('; '),
    range: needs.map((need) => need.text).join(', ') || 'every engine and runtime',
    answers: Object.entries(answers).map(([name, { short, says, harm }]) => ({ name, short, says, harm })),
  };
}
