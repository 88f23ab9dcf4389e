import type { Cell, Document, Verdict } from '../record/document.ts';
import type { JournalEvent } from '../record/journal.ts';
import { scenarioKey, type LeaseRecord, type Observation } from '../record/observation.ts';
import type { Located } from '../record/run-folder.ts';
import { componentKey, type Component, type Plan, type PlannedCell } from '../plan/cell.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { Rule } from '../suite/rule.ts';
import type { Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import { cellFacts } from './cell-facts.ts';
import { judge, unmet, type Judgement } from './judge.ts';
import { count, exitCode, worst } from './lattice.ts';
import type { PlannedIdentity } from './canary.ts';
import { worthRetry } from './symptoms.ts';

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
export function assemble(records: Records, rulebook: Rulebook): Document {
  const journal = digest(records.events);
  const suites = rulebook.suites.filter((suite) => records.plan.suites.includes(suite.id));
  const found = new Map(records.observations.map((located) => [scenarioKey(located.observation), located]));
  // An earlier try that came to grief while the last one did not is a flake, which we record and never hide.
  const tried = new Set(
    records.observations
      .filter((located) => worthRetry(located.observation.outcome))
      .map((located) => scenarioKey(located.observation)),
  );
  const flaky = new Set([...found].filter(([at, last]) => tried.has(at) && settled(last.observation)).map(([at]) => at));
  const verdicts: Verdict[] = [];
  const cells: Cell[] = [];
  for (const planned of records.plan.cells) {
    const context: CellContext = {
      planned,
      journal,
      found,
      flaky,
      known: rulebook.known,
      facts: cellFacts(planned, journal.hosts.get(planned.host.id)),
      plan: records.plan,
    };
    const own = suites.flatMap((suite) =>
      suite.rules.flatMap((rule) =>
        rule.on
          .filter((scenario) => rulebook.selects(suite.id, scenario, rule.id))
          .map((scenario) => verdictOf(context, suite, rule, scenarioOf(suite, scenario))),
      ),
    );
    verdicts.push(...own);
    const reason = journal.blocked.get(planned.id);
    cells.push({
      ...cellHead(planned, journal),
      verdict: worst(own.map(({ verdict }) => verdict)),
      ...(reason === undefined ? {} : { reason }),
    });
  }
  const names = verdicts.map(({ verdict }) => verdict);
  const hosts = new Map(records.plan.cells.map((cell) => [cell.host.id, cell.host.spec.kind]));
  const knownIds = new Set(verdicts.map((verdict) => verdict.known));
  const ruleIds = new Set(verdicts.map((verdict) => verdict.rule));
  return {
    schema: 1,
    run: { ...journal.run, id: records.run, profile: records.plan.profile, exit: exitCode(names) },
    counts: count(names),
    hosts: [...hosts].map(([id, kind]) => {
      const facts = journal.hosts.get(id)?.facts;
      return { id, kind, accelerator: facts?.accelerator ?? 'never up', ...(facts === undefined ? {} : { facts }) };
    }),
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
    spans: [...journal.spans, ...records.observations.map(({ observation }) => podSpan(observation))],
    excluded: records.plan.excluded,
  };
}

function settled({ outcome }: Observation): boolean {
  return !worthRetry(outcome) && outcome.kind !== 'host-lost';
}

function podSpan({ cell, suite, scenario, startMs, endMs }: Observation): Document['spans'][number] {
  return { phase: 'pod', name: scenarioKey({ cell, suite, scenario }), startMs, durationMs: endMs - startMs };
}

type Journal = ReturnType<typeof digest>;

/** The journal as look-up tables; later events win, as a resumed run repeats some. */
function digest(events: readonly JournalEvent[]) {
  const journal = {
    run: { started: '', ended: '', podproof: '', complete: false },
    hosts: new Map<string, Extract<JournalEvent, { event: 'host' }>>(),
    artifacts: new Map<string, Extract<JournalEvent, { event: 'artifact' }>>(),
    leases: new Map<string, LeaseRecord>(),
    blocked: new Map<string, string>(),
    spans: [] as Document['spans'],
  };
  for (const event of events) {
    switch (event.event) {
      case 'started':
        journal.run.started ||= event.at;
        journal.run.podproof = event.podproof;
        // A resumed run tries again what was blocked.
        journal.blocked.clear();
        break;
      case 'host':
        journal.hosts.set(event.host, event);
        break;
      case 'artifact':
        journal.artifacts.set(event.key, event);
        break;
      case 'lease':
        journal.leases.set(event.record.lease, event.record);
        break;
      case 'blocked':
        for (const cell of event.cells) journal.blocked.set(cell, event.reason);
        break;
      case 'span':
        journal.spans.push(event.span);
        break;
      case 'ended':
        journal.run.ended = event.at;
        journal.run.complete = event.complete;
        break;
    }
  }
  return journal;
}

interface CellContext {
  planned: PlannedCell;
  journal: Journal;
  found: Map<string, Located>;
  flaky: ReadonlySet<string>;
  known: readonly KnownIssue[];
  facts: CellFacts;
  plan: Plan;
}

function verdictOf(context: CellContext, suite: Suite, rule: Rule, scenario: Scenario): Verdict {
  const { planned, journal, found, facts } = context;
  const at = found.get(scenarioKey({ cell: planned.id, suite: suite.id, scenario: scenario.id }));
  const head = { cell: planned.id, suite: suite.id, scenario: scenario.id, rule: rule.id, evidence: at?.at ?? '' };
  const without = (verdict: Judgement['verdict'], reason: string): Verdict => ({
    ...head,
    verdict,
    expected: rule.title,
    observed: '',
    reason,
  });
  const inapplicable = unmet(rule, scenario, facts);
  if (inapplicable !== undefined) return without('unsupported', inapplicable);
  if (at === undefined) {
    const blocked = journal.blocked.get(planned.id);
    return blocked === undefined ? without('missing', 'planned, and no record was made') : without('blocked', blocked);
  }
  const lease = journal.leases.get(at.observation.lease);
  if (lease === undefined) return without('error', `the journal has no engine lease "${at.observation.lease}"`);
  const evidence = { cell: facts, observation: at.observation, lease, native: nativeOf(context, at.observation) };
  const flaky = context.flaky.has(scenarioKey(at.observation)) ? { flaky: true } : {};
  return { ...head, ...flaky, ...judge(rule, evidence, plannedIdentity(planned, journal), context.known) };
}

/** The same scenario under runc on the same host and engine: what a runtime is contrasted with. */
function nativeOf({ planned, plan, found }: CellContext, observation: Observation): Observation | undefined {
  if (planned.runtime.name === 'runc') return undefined;
  const sibling = plan.cells.find(
    (cell) =>
      cell.runtime.name === 'runc' &&
      cell.host.id === planned.host.id &&
      cell.engine.name === planned.engine.name &&
      cell.engine.version === planned.engine.version,
  );
  return sibling === undefined ? undefined : found.get(scenarioKey({ ...observation, cell: sibling.id }))?.observation;
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
  const { engine, runtime } = planned;
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
