import type { Document, Verdict } from '../record/document.ts';
import { naturalOrder, plainOrder, ranks } from './order.ts';

/** The same document in the one order that every renderer uses, so that shards merged in any order give the same bytes. Pure. */
export function canonical(document: Document): Document {
  return {
    ...document,
    hosts: sorted(document.hosts, (host) => [host.id, host.kind]),
    cells: sorted(document.cells, (cell) => [cell.id]),
    rules: sorted(document.rules, (rule) => [rule.suite, rule.id]),
    known: sorted(document.known, (issue) => [issue.id]),
    verdicts: sortedVerdicts(document.verdicts),
    spans: [...document.spans].sort(
      (a, b) =>
        a.startMs - b.startMs || b.durationMs - a.durationMs || naturalOrder(a.phase, b.phase) || naturalOrder(a.name, b.name),
    ),
    excluded: sorted(document.excluded, (entry) => [entry.cell, entry.why]),
  };
}

/** JSON with sorted keys: one text for one value, whatever the order in which its keys were set. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, child: unknown) =>
    child !== null && typeof child === 'object' && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => plainOrder(a, b)))
      : child,
  );
}

function sorted<T>(rows: readonly T[], keys: (row: T) => string[]): T[] {
  return [...rows].sort((a, b) => {
    const right = keys(b);
    for (const [index, key] of keys(a).entries()) {
      const order = naturalOrder(key, right[index] ?? '');
      if (order !== 0) return order;
    }
    return plainOrder(stableJson(a), stableJson(b));
  });
}

/** By cell, suite, scenario and rule; texts are ranked once, as there may be 600,000 verdicts of few distinct names. */
function sortedVerdicts(verdicts: readonly Verdict[]): Verdict[] {
  const cell = ranks(new Set(verdicts.map((verdict) => verdict.cell)));
  const name = ranks(new Set(verdicts.flatMap((verdict) => [verdict.suite, verdict.scenario, verdict.rule])));
  return [...verdicts].sort(
    (a, b) =>
      cell(a.cell) - cell(b.cell) ||
      name(a.suite) - name(b.suite) ||
      name(a.scenario) - name(b.scenario) ||
      name(a.rule) - name(b.rule) ||
      plainOrder(stableJson(a), stableJson(b)),
  );
}
