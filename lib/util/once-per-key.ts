/** Does each piece of work once: a key that is under way or done has its answer, and one that failed is tried again. */
export function oncePerKey<K, V>(work: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>();
  return (key) => {
    const value = made.get(key) ?? work(key);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}
