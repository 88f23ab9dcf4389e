import { documentSchema, type Cell, type Document, type HostEntry, type Verdict } from '../record/document.ts';
import type { HostFacts } from '../record/host-facts.ts';
import type { JournalEvent } from '../record/journal.ts';
import { wholePlan, type Part } from '../record/parts.ts';
import type { Located } from '../record/run-folder.ts';
import { componentKey, type Component, type Plan, type PlannedCell } from '../plan/cell.ts';
import { canonicalJson } from '../plan/hash.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { Rule } from '../suite/rule.ts';
import type { Suite } from '../suite/suite.ts';
import { cellVerdicts, questionsOf } from './cell-verdicts.ts';
import type { Journal } from './journal.ts';
import { count, exitCode, worst } from './lattice.ts';
import { Tries } from './tries.ts';

export interface Records {
  plan: Plan;
  run: string;
  events: readonly JournalEvent[];
  observations: readonly Located[];
}

export interface Rulebook {
  suites: readonly Suite[];
  known: readonly KnownIssue[];
  /** Which judgements the plan's selection covers. */
  selects: (suite: string, scenario: string, rule: string) => boolean;
}

/** The whole document of a run from its records and today's rules. Pure, so that `judge` needs no host. */
export function assemble({ plan, run, events, observations }: Records, rulebook: Rulebook): Document {
  return assembleParts(run, [{ id: '', plan, events, observations }], rulebook);
}

/** The same for runs that were merged: shards of one plan, and several tries of one. */
export function assembleParts(run: string, parts: readonly Part[], rulebook: Rulebook): Document {
  const [first] = parts;
  if (first === undefined) throw new Error('Cannot judge a run without records');
  const single = parts.length === 1 && first.id === '';
  const plan = single ? first.plan : wholePlan(first.plan);
  const tries = new Tries(parts);
  const suites = rulebook.suites.filter((suite) => plan.suites.includes(suite.id));
  const verdicts: Verdict[] = [];
  const cells: Cell[] = [];
  const questions = questionsOf(suites, rulebook.selects);
  const natives = nativesOf(plan.cells);
  const accelerators = acceleratorsOf(tries);
  for (const planned of plan.cells) {
    const native = planned.runtime.name === 'runc' ? undefined : natives.get(placeOf(planned));
    const own = cellVerdicts({ planned, tries, known: rulebook.known, native }, questions);
    verdicts.push(...own);
    const home = tries.home(planned.id);
    const reason = home.blocked.get(planned.id);
    const accelerator = home.hosts.get(planned.host.id)?.facts.accelerator;
    cells.push({
      ...cellHead(planned, home),
      verdict: worst(own.map(({ verdict }) => verdict)),
      ...(reason === undefined ? {} : { reason }),
      // Where machines differ, the list of hosts does not say which of them this was.
      ...(accelerator === undefined || (accelerators.get(planned.host.id)?.size ?? 0) < 2 ? {} : { accelerator }),
    });
  }
  const names = verdicts.map(({ verdict }) => verdict);
  const knownIds = new Set(verdicts.map((verdict) => verdict.known));
  const ruleIds = new Set(verdicts.map((verdict) => verdict.rule));
  const { shard } = plan;
  const { id: _, ...times } = tries.run(plan.cells);
  return {
    schema: documentSchema,
    run: {
      ...times,
      id: run,
      profile: plan.profile,
      plan: plan.hash,
      exit: exitCode(names),
      ...(shard === undefined ? {} : { shard: { index: shard.index, count: shard.count } }),
    },
    parts: single ? [] : tries.described(),
    counts: count(names),
    hosts: hostsOf(plan, tries),
    cells,
    rules: suites.flatMap((suite) =>
      suite.rules
        .filter((rule) => ruleIds.has(rule.id))
        .map((rule) => ({ id: rule.id, suite: suite.id, title: rule.title, citation: rule.citation, range: rangeOf(rule) })),
    ),
    known: rulebook.known
      .filter((issue) => knownIds.has(issue.id))
      .map((issue) => ({
        id: issue.id,
        title: issue.title,
        url: issue.url,
        range: issue.on.map((requirement) => requirement.text).join(' with '),
        security: issue.security ?? false,
      })),
    verdicts,
    spans: tries.spans(),
    excluded: plan.excluded,
    baseline: null,
  };
}

function acceleratorsOf(tries: Tries): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { host, facts } of tries.hosts()) found.set(host, (found.get(host) ?? new Set()).add(facts.accelerator));
  return found;
}

/** The machines that took the part of each planned host; those that differ in nothing but the boot are one. */
function hostsOf(plan: Plan, tries: Tries): HostEntry[] {
  const kinds = new Map(plan.cells.map((cell) => [cell.host.id, cell.host.spec.kind]));
  const distinctOf = new Map<string, Map<string, HostFacts>>();
  for (const { host, facts } of tries.hosts())
    distinctOf.set(
      host,
      (distinctOf.get(host) ?? new Map<string, HostFacts>()).set(canonicalJson({ ...facts, bootId: '' }), facts),
    );
  return [...kinds].flatMap(([id, kind]): HostEntry[] => {
    const distinct = distinctOf.get(id);
    if (distinct === undefined) return [{ id, kind, accelerator: 'never up' }];
    return [...distinct.values()].map((facts) => ({ id, kind, accelerator: facts.accelerator, facts }));
  });
}

/** The cell with runc on each host and engine. */
function nativesOf(cells: readonly PlannedCell[]): Map<string, string> {
  return new Map(
    cells
      .filter(({ runtime }) => runtime.name === 'runc')
      .map((cell) => [placeOf(cell), cell.id] as const)
      .toReversed(),
  );
}

function placeOf({ host, engine }: PlannedCell): string {
  return `${host.id} ${engine.name} ${engine.version}`;
}

function cellHead(planned: PlannedCell, journal: Journal): Omit<Cell, 'verdict'> {
  const provenance = (component: Component): { source: string; sha256: string } => {
    const artifact = journal.artifacts.get(componentKey(component));
    return { source: artifact?.source ?? 'not had', sha256: artifact?.sha256 ?? '' };
  };
  const { engine, runtime, cni } = planned;
  return {
    id: planned.id,
    host: planned.host.id,
    engine: { name: engine.name, version: engine.version, ...provenance(engine) },
    runtime: {
      name: runtime.name,
      version: runtime.version,
      ...(runtime.shim === undefined ? {} : { shim: runtime.shim }),
      ...(runtime.vmm === undefined ? {} : { vmm: runtime.vmm }),
      ...provenance(runtime),
    },
    ...(cni === undefined ? {} : { cni: { version: cni.version, ...provenance(cni) } }),
  };
}

function rangeOf(rule: Rule): string {
  return rule.needs === undefined || rule.needs.length === 0
    ? 'every engine and runtime'
    : rule.needs.map((need) => need.text).join(', ');
}
