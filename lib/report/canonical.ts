import { createHash } from 'node:crypto';
import type { Document, Verdict } from '../record/document.ts';
import { naturalOrder, plainOrder, ranks } from './order.ts';

/** What `canonical` made: it is not sorted again. */
const ordered = new WeakSet<Document>();

/** The same document in the one order that every renderer uses, so that shards merged in any order give the same bytes. Pure. */
export function canonical(document: Document): Document {
  if (ordered.has(document)) return document;
  const result: Document = {
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
  ordered.add(result);
  return result;
}

/** JSON with sorted keys: one text for one value, whatever the order in which its keys were set. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((child) => stableJson(child ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => plainOrder(a, b))
    .map(([key, child]) => `${JSON.stringify(key)}:${stableJson(child)}`);
  return `{${fields.join(',')}}`;
}

function sorted<T>(rows: readonly T[], keys: (row: T) => string[]): T[] {
  const tie = ties(rows);
  const keyed = rows.map((row, index) => ({ row, index, keys: keys(row) }));
  keyed.sort((a, b) => {
    for (const [index, key] of a.keys.entries()) {
      const order = naturalOrder(key, b.keys[index] ?? '');
      if (order !== 0) return order;
    }
    return tie(a.index, b.index);
  });
  return keyed.map(({ row }) => row);
}

/** By cell, suite, scenario and rule; texts are ranked once, as there may be 600,000 verdicts of few distinct names. */
function sortedVerdicts(verdicts: readonly Verdict[]): Verdict[] {
  const tie = ties(verdicts);
  const keys = (['cell', 'suite', 'scenario', 'rule'] as const).map((key) => {
    const rank = ranks(verdicts.map((verdict) => verdict[key]));
    return Uint32Array.from(verdicts, (verdict) => rank(verdict[key]));
  });
  const order = Array.from(verdicts.keys()).sort((a, b) => {
    for (const key of keys) {
      const difference = (key[a] ?? 0) - (key[b] ?? 0);
      if (difference !== 0) return difference;
    }
    return tie(a, b);
  });
  return order.flatMap((index) => verdicts[index] ?? []);
}

/** An order of rows with equal keys that depends on what they hold alone. Rows may be large: each is digested once, and only on a tie. */
function ties(rows: readonly unknown[]): (a: number, b: number) => number {
  const digests: string[] = [];
  const digest = (index: number): string =>
    (digests[index] ??= createHash('sha256').update(stableJson(rows[index])).digest('hex'));
  return (a, b) => plainOrder(digest(a), digest(b));
}
