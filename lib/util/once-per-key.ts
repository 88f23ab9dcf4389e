/** Does each piece of work once: a key that is under way or done has its answer, and one that failed is tried again. */
export function oncePerKey<T, V>(work: (of: T) => Promise<V>, keyOf: (of: T) => unknown = (of) => of): (of: T) => Promise<V> {
  const made = new Map<unknown, Promise<V>>();
  return (of) => {
    const key = keyOf(of);
    const value = made.get(key) ?? work(of);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}
