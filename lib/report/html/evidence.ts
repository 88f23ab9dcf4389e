import type { Document } from '../../record/document.ts';
import type { LeaseRecord, Observation } from '../../record/observation.ts';
import { evidenceKey, severity } from '../verdicts.ts';
import { visible, visibleDeep } from '../visible.ts';
import { textBlock } from './data.ts';
import type { Markup } from './template.ts';

/** How much evidence one page carries, in bytes before compression. */
const evidenceBudget = 64 * 1024 * 1024;

export interface EmbeddedEvidence {
  /** One block a cell, read only when a drawer opens on it. */
  blocks: Markup[];
  /** The cells of the blocks, in their order. */
  cells: string[];
  /** Observations that are part of the page, of those that there are. */
  kept: number;
  of: number;
}

/** The observations that fit, those of the worst verdicts first: a pass is missed least. */
export function embeddedEvidence(
  document: Document,
  evidence: ReadonlyMap<string, Observation>,
  budget = evidenceBudget,
): EmbeddedEvidence {
  const pods = new Map<string, { observation: Observation; cell: string; key: string; worst: number }>();
  if (evidence.size > 0) {
    for (const verdict of document.verdicts) {
      const at = evidenceKey(verdict);
      const observation = evidence.get(at);
      if (observation === undefined) continue;
      const key = visible(`${verdict.suite} ${verdict.scenario}`);
      const worst = Math.max(pods.get(at)?.worst ?? 0, severity(verdict.verdict));
      pods.set(at, { observation, cell: verdict.cell, key, worst });
    }
  }
  const cells = new Map<string, string[]>();
  let room = budget;
  let kept = 0;
  for (const pod of [...pods.values()].sort((a, b) => b.worst - a.worst)) {
    const json = JSON.stringify(visibleDeep(pod.observation));
    if (json.length > room) break;
    room -= json.length;
    kept++;
    const entries = cells.get(pod.cell) ?? [];
    entries.push(`${JSON.stringify(pod.key)}:${json}`);
    cells.set(pod.cell, entries);
  }
  const blocks = [...cells.values()].map((entries, index) => textBlock(`evidence-${index}`, `{${entries.sort().join(',')}}`));
  return { blocks, cells: [...cells.keys()], kept, of: pods.size };
}

/** What each engine was started with, by lease: read when a drawer asks for it. */
export function leaseBlock(leases: readonly LeaseRecord[]): Markup {
  const told = leases.map(({ lease, engine }) => {
    const { planned, effective, configFile, instance } = engine;
    const files = instance?.files ?? { configuration: configFile };
    return [visible(lease), visibleDeep({ planned, effective, files, argv: instance?.argv, binaries: instance?.binaries })];
  });
  return textBlock('leases', JSON.stringify(Object.fromEntries(told)));
}
