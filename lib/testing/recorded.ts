import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Verdict, verdictId } from '../model/document.ts';
import type { JournalEvent } from '../model/journal.ts';
import { Observation } from '../model/observation.ts';
import { RunFolder } from '../record/run-folder.ts';
import { frozen } from './evidence.ts';
import { oncePerKey } from '../util/once-per-key.ts';
import { packageRoot } from '../util/paths.ts';
import { assemble, type Records, type Catalog } from '../judge/assemble.ts';

const directory = join(packageRoot, 'results/reference');

/** The folders of recorded evidence, by name. */
export function recordedRuns(): Array<{ name: string; folder: RunFolder }> {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, folder: new RunFolder(join(directory, name)) }));
}

/** `runc-1.1.15 user-and-group OWN-ON`: one judgement of a run that has one engine. */
export function title({ cell, scenario, question }: Verdict): string {
  return `${cell.slice(cell.lastIndexOf('/') + 1)} ${scenario} ${question}`;
}

type Selects = (observation: Observation) => boolean;

interface Source {
  folder: RunFolder;
  catalogFor: (plan: Records['plan']) => Catalog;
}

const readOnce = oncePerKey(readWhole, ({ folder }: Source) => folder.path);

async function readWhole({ folder, catalogFor }: Source): Promise<Recorded> {
  const plan = await folder.plan();
  const observations = await folder.observations(plan.cells.map((cell) => cell.id));
  return new Recorded(frozen({ plan, run: folder.id, events: await folder.events(), observations }), catalogFor(plan));
}

/** A recorded run of which single facts can be changed, to see which judgements change with them. */
export class Recorded {
  readonly records: Records;
  readonly #catalog: Catalog;
  readonly #before: ReadonlyMap<string, Verdict>;

  constructor(records: Records, catalog: Catalog) {
    this.records = records;
    this.#catalog = catalog;
    this.#before = new Map(assemble(records, catalog).verdicts.map((verdict) => [verdictId(verdict), verdict]));
  }

  /** Read once for all tests of a process, which therefore cannot change it. */
  static read(folder: RunFolder, catalogFor: (plan: Records['plan']) => Catalog): Promise<Recorded> {
    return readOnce({ folder, catalogFor });
  }

  /** Every judgement before any change, in the order of the document. */
  get verdicts(): Verdict[] {
    return [...this.#before.values()];
  }

  /** Titles of the judgements on one pod that apply. */
  on(runtime: string, scenario: string, suite?: string): string[] {
    return this.verdicts
      .filter((verdict) => verdict.verdict !== 'unsupported' && verdict.scenario === scenario)
      .filter((verdict) => runtimeOf(verdict) === runtime && (suite === undefined || verdict.suite === suite))
      .map(title);
  }

  /** The verdicts that another catalog or other records give differently. */
  changedVerdicts(change: { records?: Partial<Records>; catalog?: Partial<Catalog> }): Verdict[] {
    const { verdicts } = assemble({ ...this.records, ...change.records }, { ...this.#catalog, ...change.catalog });
    return verdicts.filter((verdict) => verdict.verdict !== this.#before.get(verdictId(verdict))?.verdict);
  }

  /** The same, as `title → verdict` lines, after a change to copies of the selected observations. */
  after(selects: Selects, edit: (observation: Observation) => void): string[] {
    return lines(this.changedVerdicts({ records: { observations: this.edited(selects, edit) } }));
  }

  /** The records with selected observations changed. Throws when the change is none, or leaves what could not be recorded. */
  edited(selects: Selects, edit: (observation: Observation) => void): Records['observations'] {
    const chosen = this.records.observations.filter(({ observation }) => selects(observation));
    if (chosen.length === 0) throw new Error('The recorded evidence has no such pod');
    return this.records.observations.map((located) => {
      if (!chosen.includes(located)) return located;
      const observation = structuredClone(located.observation);
      edit(observation);
      if (JSON.stringify(observation) === JSON.stringify(located.observation)) throw new Error('The edit changes nothing');
      return { ...located, observation: Observation.parse(observation) };
    });
  }

  /** Without the selected observations. */
  without(selects: Selects): string[] {
    const observations = this.records.observations.filter(({ observation }) => !selects(observation));
    return lines(this.changedVerdicts({ records: { observations } }));
  }

  /** With another journal. */
  withEvents(edit: (event: JournalEvent) => JournalEvent): string[] {
    return lines(this.changedVerdicts({ records: { events: this.records.events.map((event) => edit(structuredClone(event))) } }));
  }
}

/** `title → verdict`, sorted. */
export function lines(verdicts: readonly Verdict[]): string[] {
  return verdicts.map((verdict) => `${title(verdict)} → ${verdict.verdict}`).sort();
}

/** The pod of a scenario under one runtime: `runc`. */
export function pod(runtime: string, scenario: string, suite?: string): Selects {
  return (observation) =>
    observation.scenario === scenario &&
    runtimeOf(observation) === runtime &&
    (suite === undefined || observation.suite === suite);
}

function runtimeOf({ cell }: { cell: string }): string {
  return /\/([a-z]+)[^/]*$/.exec(cell)?.[1] ?? '';
}
