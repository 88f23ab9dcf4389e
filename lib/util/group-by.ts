/** The rows by key, keys and rows in order of first appearance; no group is empty. */
export function groupBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The rows, of one key only the last, in order of first appearance. */
export function distinctBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): T[] {
  return [...new Map([...rows].map((row) => [keyOf(row), row])).values()];
}
