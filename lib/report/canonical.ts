import { createHash } from 'node:crypto';
import type { Document, Verdict } from '../model/document.ts';
import { canonicalJson } from '../model/json.ts';
import { naturalOrder, plainOrder, ranks } from './order.ts';

/** What `canonical` made: it is not sorted again. */
const ordered = new WeakSet<Document>();

/** The same document in the one order that every renderer uses, so that shards merged in any order give the same bytes. Pure. */
export function canonical(document: Document): Document {
  if (ordered.has(document)) return document;
  const result: Document = {
    ...document,
    parts: sorted(document.parts, (part) => [part.id]),
    hosts: sorted(document.hosts, (host) => [host.id, host.kind]),
    cells: sorted(document.cells, (cell) => [cell.id]),
    questions: sorted(document.questions, (question) => [question.suite, question.id]),
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

/**
 * By cell, suite, scenario and question. There may be 600,000 verdicts of few distinct names: these are ranked once, and each
 * verdict becomes one number that sorts as its names do.
 */
function sortedVerdicts(verdicts: readonly Verdict[]): Verdict[] {
  const places = new Float64Array(verdicts.length);
  for (const key of ['cell', 'suite', 'scenario', 'question'] as const) {
    const names = new Set<string>();
    for (const verdict of verdicts) names.add(verdict[key]);
    const rank = ranks(names);
    verdicts.forEach((verdict, index) => {
      places[index] = (places[index] ?? 0) * names.size + rank(verdict[key]);
    });
  }
  const tie = ties(verdicts);
  const order = Uint32Array.from(verdicts.keys());
  const inOrder = places.every((place, index) => index === 0 || (places[index - 1] ?? 0) < place);
  if (!inOrder) order.sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0) || tie(a, b));
  return Array.from(order, (index) => verdicts[index]).filter((verdict) => verdict !== undefined);
}

/** An order of rows with equal keys that depends on what they hold alone. Rows may be large: each is digested once, and only on a tie. */
function ties(rows: readonly unknown[]): (a: number, b: number) => number {
  const digests: string[] = [];
  const digest = (index: number): string =>
    (digests[index] ??= createHash('sha256').update(canonicalJson(rows[index])).digest('hex'));
  return (a, b) => plainOrder(digest(a), digest(b));
}
