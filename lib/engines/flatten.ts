import type { Scalar } from './engine.ts';

/** A nested table as flat keys with dots. A list of scalars is one value, in JSON; other lists, empty ones and nulls are left out. */
export function flatten(value: unknown, prefix = ''): Record<string, Scalar> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return { [prefix]: value };
  if (typeof value === 'bigint') return { [prefix]: Number(value) };
  if (Array.isArray(value)) {
    const scalars = value.length > 0 && value.every((item) => typeof item !== 'object');
    return scalars ? { [prefix]: JSON.stringify(value.map(String)) } : {};
  }
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, child]) => flatten(child, prefix === '' ? key : `${prefix}.${key}`)),
  );
}

/** Keys renamed to the spelling of `known`: containerd's TOML says `enable_cdi` where its JSON says `enableCDI`. */
export function inSpellingOf(flat: Record<string, Scalar>, known: Record<string, Scalar>): Record<string, Scalar> {
  const spelling = new Map(Object.keys(known).map((key) => [plain(key), key]));
  return Object.fromEntries(Object.entries(flat).map(([key, value]) => [spelling.get(plain(key)) ?? key, value]));
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll('_', '');
}
