/** Where a value is in recorded evidence: `['observation', 'guest', 'dev', 17, 'mode']`. */
export type KeyPath = ReadonlyArray<string | number>;

/** By what an entry of a list is found: names of what is looked at, and nothing that was seen of it. */
const keys: Record<string, readonly string[]> = {
  dev: ['path'],
  runUser: ['path', 'type'],
  opens: ['path', 'access'],
  canaries: ['path'],
  writable: ['path'],
  mounts: ['target'],
  partitions: ['major', 'minor'],
  pci: ['vendor', 'device'],
  processes: ['role'],
};

/** A copy in which every value that is read is reported, by its path; what an entry of a list is found by is not. */
export function watched<T extends object>(value: T, onRead: (keyPath: KeyPath) => void): T {
  const copies = new WeakMap<object, object>();
  const watch = (each: object, at: KeyPath): object => {
    const known = copies.get(each);
    if (known !== undefined) return known;
    const copy = new Proxy(each, {
      get(target, key, receiver) {
        const found: unknown = Reflect.get(target, key, receiver);
        if (typeof key === 'symbol' || typeof found === 'function') return found;
        const keyPath = [...at, Array.isArray(target) && /^\d+$/.test(key) ? Number(key) : key];
        if (typeof found === 'object' && found !== null) return watch(found, keyPath);
        if (found !== undefined && key !== 'length' && !isKey(keyPath)) onRead(keyPath);
        return found;
      },
    });
    copies.set(each, copy);
    return copy;
  };
  return watch(value, []) as T;
}

function isKey(keyPath: KeyPath): boolean {
  const [list, , name] = keyPath.slice(-3);
  return typeof list === 'string' && typeof name === 'string' && keys[list]?.includes(name) === true;
}

/** The same path in every record: `observation.guest.dev[].mode`. */
export function pattern(keyPath: KeyPath): string {
  return keyPath.map((part, index) => (typeof part === 'number' ? '[]' : index === 0 ? part : `.${part}`)).join('');
}

/** The value at a path. */
export function valueAt(value: unknown, keyPath: KeyPath): unknown {
  return keyPath.reduce<unknown>((found, part) => (found as Record<string | number, unknown> | undefined)?.[part], value);
}

/** A copy with another value at one path; all that is not on the way to it is shared. */
export function withValue<T>(value: T, [first, ...rest]: KeyPath, other: unknown): T {
  if (first === undefined) return other as T;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>;
  copy[first] = withValue(copy[first], rest, other);
  return copy as T;
}
