import { gzipSync } from 'node:zlib';
import { type Document, type Verdict, verdictNames } from '../../record/document.ts';
import type { Observation } from '../../record/observation.ts';
import { groupBy, naturalOrder } from '../order.ts';
import { evidenceKey, layerNames, severity } from '../verdicts.ts';
import { visible, visibleDeep } from '../visible.ts';
import { type Markup, trusted } from './template.ts';

/** Blocks beyond this many bytes are compressed. */
const plainLimit = 256 * 1024;
/** How much evidence one page carries, in bytes before compression; the worst cells come first. */
const evidenceBudget = 96 * 1024 * 1024;
/** A canonical document as columns of numbers into lists of distinct texts: 600,000 verdicts stay some megabytes. */
export function dataBlock(document: Document, embedded: readonly string[]): Markup {
  const cellIds = [
    ...new Set([...document.cells, ...document.verdicts.map((verdict) => ({ id: verdict.cell }))].map((cell) => cell.id)),
  ].sort(naturalOrder);
  const rules = new Map(document.rules.map((rule) => [ruleKey(rule.suite, rule.id), rule]));
  for (const { suite, rule: id } of document.verdicts) {
    const key = ruleKey(suite, id);
    if (!rules.has(key)) rules.set(key, { id, suite, title: '', citation: '', range: '' });
  }
  const ruleAt = new Map([...rules.keys()].map((key, index) => [key, index]));
  const cellAt = new Map(cellIds.map((id, index) => [id, index]));
  const cells = new Map(document.cells.map((cell) => [cell.id, cell]));
  const texts = new Dictionary();
  const trails = new Dictionary();
  // The verdicts come by cell; parted by rule they are by rule and cell, which is how the page finds them.
  const byRule: Array<Array<{ verdict: Verdict; cell: number; rule: number }>> = Array.from(rules, () => []);
  for (const verdict of document.verdicts) {
    const rule = ruleAt.get(ruleKey(verdict.suite, verdict.rule)) ?? 0;
    byRule[rule]?.push({ verdict, cell: cellAt.get(verdict.cell) ?? 0, rule });
  }
  const rows = byRule.flat();
  const column = (of: (row: (typeof rows)[number]) => number): number[] => rows.map(of);
  const data = {
    verdictNames,
    layerNames,
    cells: cellIds.map((id) => visibleDeep(cells.get(id) ?? { id })),
    rules: [...rules.values()].map((rule) => visibleDeep(rule)),
    known: visibleDeep(document.known),
    embedded: embedded.map((id) => cellAt.get(id) ?? -1),
    columns: {
      cell: column((row) => row.cell),
      rule: column((row) => row.rule),
      verdict: column((row) => severity(row.verdict.verdict)),
      marks: column((row) => (row.verdict.flaky === true ? 1 : 0) + (row.verdict.security === true ? 2 : 0)),
      scenario: column((row) => texts.add(row.verdict.scenario)),
      expected: column((row) => texts.add(row.verdict.expected)),
      observed: column((row) => texts.add(row.verdict.observed)),
      layer: column((row) => texts.add(row.verdict.layer)),
      known: column((row) => texts.add(row.verdict.known)),
      reason: column((row) => texts.add(row.verdict.reason)),
      evidence: column((row) => texts.add(row.verdict.evidence)),
      trail: column((row) => trails.add(row.verdict.trail && JSON.stringify(row.verdict.trail))),
    },
    texts: texts.list.map((text) => visible(text)),
    trails: trails.list.map((trail) => visibleDeep(JSON.parse(trail) as unknown)),
  };
  return block('data', data);
}

/** One block a cell, read only when its drawer opens. `embedded` names the cells that fitted. */
export function evidenceBlocks(
  document: Document,
  evidence: ReadonlyMap<string, Observation>,
): { blocks: Markup[]; embedded: string[] } {
  const byCell = groupBy(document.verdicts, (verdict) => verdict.cell);
  const worstFirst = [...document.cells].sort((a, b) => severity(b.verdict) - severity(a.verdict));
  const blocks: Markup[] = [];
  const embedded: string[] = [];
  let room = evidenceBudget;
  for (const cell of worstFirst) {
    const scenarios = new Map<string, Observation>();
    for (const verdict of byCell.get(cell.id) ?? []) {
      const key = visible(`${verdict.suite} ${verdict.scenario}`);
      const observation = scenarios.has(key) ? undefined : evidence.get(evidenceKey(verdict));
      if (observation) scenarios.set(key, visibleDeep(observation));
    }
    if (scenarios.size === 0) continue;
    const json = JSON.stringify(Object.fromEntries(scenarios));
    if (json.length > room) continue;
    room -= json.length;
    blocks.push(textBlock(`evidence-${embedded.length}`, json));
    embedded.push(cell.id);
  }
  return { blocks, embedded };
}

/** One text for suite and rule, whatever either holds. */
function ruleKey(suite: string, id: string): string {
  return `${suite.length} ${suite} ${id}`;
}

function block(id: string, value: unknown): Markup {
  return textBlock(id, JSON.stringify(value));
}

/** JSON that cannot end its script element, whatever it holds. */
function textBlock(id: string, json: string): Markup {
  const compress = Buffer.byteLength(json) > plainLimit;
  const body = compress
    ? gzipSync(json).toString('base64')
    : json.replace(/[<>&\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return trusted(`<script type="application/json" id="${id}" data-encoding="${compress ? 'gzip' : 'plain'}">${body}</script>\n`);
}

/** Distinct texts and their numbers; -1 stands for none. */
class Dictionary {
  readonly list: string[] = [];
  readonly #at = new Map<string, number>();

  add(text: string | undefined): number {
    if (text === undefined) return -1;
    const found = this.#at.get(text);
    if (found !== undefined) return found;
    this.#at.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}
