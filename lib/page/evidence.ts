import type { Document } from '../model/document.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { severity } from '../model/verdict.ts';
import { evidenceKey } from '../report/verdicts.ts';
import { escapeText, escapeDeep } from '../report/escape.ts';
import { textBlock } from './blocks.ts';
import type { LeaseEntry } from './data.ts';
import type { PodEvidence } from './pod-evidence.ts';
import type { Markup } from './template.ts';

/** How much evidence one page carries, in bytes before compression. */
export const evidenceBudget = 64 * 1024 * 1024;

export interface EmbeddedEvidence {
  /** One block a cell, read only when a drawer opens on it. */
  blocks: Markup[];
  /** The cells of the blocks, in their order. */
  cells: string[];
  /** Observations that are part of the page, of those that there are. */
  kept: number;
  of: number;
}

/** A pod that some verdict was judged on. */
interface JudgedPod {
  /** By `evidenceKey`. */
  key: string;
  cell: string;
  suite: string;
  scenario: string;
  /** Where its observation is: the `evidence` of its verdicts. */
  at: string;
  worst: number;
}

/** The pods of a document, those of the worst verdicts first: a pass is missed least. */
export function podsByVerdict(document: Document): JudgedPod[] {
  const pods = new Map<string, JudgedPod>();
  for (const { cell, suite, scenario, evidence, verdict } of document.verdicts) {
    if (evidence === '') continue;
    const key = evidenceKey({ cell, suite, scenario });
    const had = pods.get(key);
    const worst = severity(verdict);
    if (had === undefined || worst > had.worst) pods.set(key, { key, cell, suite, scenario, at: evidence, worst });
  }
  return [...pods.values()].sort((a, b) => b.worst - a.worst);
}

/** The observations that fit, in the order of `podsByVerdict`, of `of` that there are: as many as are given, where nobody says. */
export function embeddedEvidence(
  document: Document,
  evidence: ReadonlyMap<string, Observation>,
  { of = evidence.size, budget = evidenceBudget }: { of?: number; budget?: number } = {},
): EmbeddedEvidence {
  const cells = new Map<string, string[]>();
  let room = budget;
  let kept = 0;
  for (const { key, cell, suite, scenario } of evidence.size === 0 ? [] : podsByVerdict(document)) {
    const observation = evidence.get(key);
    if (observation === undefined) continue;
    const json = JSON.stringify(escapeDeep<PodEvidence>(observation));
    if (json.length > room) break;
    room -= json.length;
    kept++;
    const entries = cells.get(cell) ?? [];
    entries.push(`${JSON.stringify(escapeText(`${suite} ${scenario}`))}:${json}`);
    cells.set(cell, entries);
  }
  const blocks = [...cells.values()].map((entries, index) => textBlock(`evidence-${index}`, `{${entries.sort().join(',')}}`));
  return { blocks, cells: [...cells.keys()], kept, of };
}

/** What each engine was started with, by lease: read when a drawer asks for it. */
export function leaseBlock(leases: readonly LeaseRecord[]): Markup {
  const entries = leases.map(({ lease, engine }) => {
    const { planned, effective, configFile, instance } = engine;
    const files = instance?.files ?? { configuration: configFile };
    return [escapeText(lease), escapeDeep<LeaseEntry>({ planned, effective, files })];
  });
  return textBlock('leases', JSON.stringify(Object.fromEntries(entries)));
}
