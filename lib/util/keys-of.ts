/** The keys of a table, which are all that its type says: not for data from outside, which may hold more. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(table) as Key[];
}
