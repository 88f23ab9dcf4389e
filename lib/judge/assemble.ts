import { documentSchema, type Cell, type Document, type HostEntry, type Verdict } from '../record/document.ts';
import type { HostFacts } from '../record/host-facts.ts';
import type { JournalEvent } from '../record/journal.ts';
import { scenarioKey, type Observation } from '../record/observation.ts';
import { wholePlan, type Part } from '../record/parts.ts';
import type { Located } from '../record/run-folder.ts';
import { componentKey, type Component, type Plan, type PlannedCell } from '../plan/cell.ts';
import { canonicalJson } from '../plan/hash.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { Rule } from '../suite/rule.ts';
import type { Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import { cellFacts } from './cell-facts.ts';
import { digest, type Journal } from './journal.ts';
import { judge, unmet, type Judgement } from './judge.ts';
import { count, exitCode, worst } from './lattice.ts';
import type { PlannedIdentity } from './canary.ts';
import { Tries, type Try } from './tries.ts';

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
  const accelerators = acceleratorsOf(tries);
  for (const planned of plan.cells) {
    const home = tries.home(planned.id);
    const context: CellContext = { planned, home, tries, known: rulebook.known, plan };
    const own = suites.flatMap((suite) =>
      suite.rules.flatMap((rule) =>
        rule.on
          .filter((scenario) => rulebook.selects(suite.id, scenario, rule.id))
          .map((scenario) => verdictOf(context, suite, rule, scenarioOf(suite, scenario))),
      ),
    );
    verdicts.push(...own);
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

interface CellContext {
  planned: PlannedCell;
  /** The journal of the run that had this cell last. */
  home: Journal;
  tries: Tries;
  known: readonly KnownIssue[];
  plan: Plan;
}

function verdictOf(context: CellContext, suite: Suite, rule: Rule, scenario: Scenario): Verdict {
  const { planned, home, tries } = context;
  const key = scenarioKey({ cell: planned.id, suite: suite.id, scenario: scenario.id });
  const without = (verdict: Judgement['verdict'], reason: string): Verdict => ({
    cell: planned.id,
    suite: suite.id,
    scenario: scenario.id,
    rule: rule.id,
    evidence: tries.of(key).at(-1)?.at ?? '',
    verdict,
    expected: rule.title,
    observed: '',
    reason,
  });
  const inapplicable = unmet(rule, scenario, factsOf(planned, home));
  if (inapplicable !== undefined) return without('unsupported', inapplicable);
  const judged = tries.of(key).map((one) => judgeTry(context, rule, one, without));
  const name = worst(judged.map(({ verdict }) => verdict));
  // Of several tries that differ the worst is told, and that they differ: another try never turns a verdict green.
  const verdict = judged.findLast((each) => each.verdict === name);
  if (verdict !== undefined) {
    const other = judged.find((each) => each.verdict !== name);
    if (other !== undefined) return { reason: `another try: ${other.verdict}, ${other.observed}`, ...verdict, flaky: true };
    const before = tries.troubled(key);
    return before === undefined ? verdict : { reason: `the second try; the first one: ${before}`, ...verdict, flaky: true };
  }
  const blocked = home.blocked.get(planned.id);
  return blocked === undefined ? without('missing', 'planned, and no record was made') : without('blocked', blocked);
}

function judgeTry(
  context: CellContext,
  rule: Rule,
  { observation, at, journal }: Try,
  without: (verdict: Judgement['verdict'], reason: string) => Verdict,
): Verdict {
  const { planned, known } = context;
  const lease = journal.leases.get(observation.lease);
  if (lease === undefined) return without('error', `the journal has no engine lease "${observation.lease}"`);
  const evidence = { cell: factsOf(planned, journal), observation, lease, native: nativeOf(context, observation) };
  const { cell, suite, scenario } = observation;
  return {
    cell,
    suite,
    scenario,
    rule: rule.id,
    evidence: at,
    ...judge(rule, evidence, plannedIdentity(planned, journal), known),
  };
}

function factsOf(planned: PlannedCell, journal: Journal): CellFacts {
  return cellFacts(planned, journal.hosts.get(planned.host.id));
}

/** The same scenario under runc on the same host and engine: what a runtime is contrasted with. */
function nativeOf({ planned, plan, tries }: CellContext, observation: Observation): Observation | undefined {
  if (planned.runtime.name === 'runc') return undefined;
  const sibling = plan.cells.find(
    (cell) =>
      cell.runtime.name === 'runc' &&
      cell.host.id === planned.host.id &&
      cell.engine.name === planned.engine.name &&
      cell.engine.version === planned.engine.version,
  );
  return sibling === undefined ? undefined : tries.of(scenarioKey({ ...observation, cell: sibling.id })).at(-1)?.observation;
}

/** The name of the executable that identifies an engine or runtime. */
export function binaryOf(component: { name: string }): string {
  return component.name === 'kata' ? 'containerd-shim-kata-v2' : component.name;
}

/** The checksums that the plan's artifacts had when they were resolved. */
export function identityOf(planned: PlannedCell, events: readonly JournalEvent[]): PlannedIdentity {
  return plannedIdentity(planned, digest(events));
}

function plannedIdentity(planned: PlannedCell, journal: Journal): PlannedIdentity {
  const sum = (component: Component): string => {
    const binaries = journal.artifacts.get(componentKey(component))?.binaries;
    const shim = 'shim' in component && component.shim !== undefined ? ` (${component.shim})` : '';
    return binaries?.[`${binaryOf(component)}${shim}`] ?? '';
  };
  return { engineSha256: sum(planned.engine), runtimeSha256: sum(planned.runtime) };
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

function scenarioOf(suite: Suite, id: string): Scenario {
  const scenario = suite.scenarios.find((candidate) => candidate.id === id);
  if (scenario === undefined) throw new Error(`Cannot judge: suite ${suite.id} has no scenario "${id}"`);
  return scenario;
}
