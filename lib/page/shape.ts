/** Whether a value that came as JSON is what its reader expects. Used where a schema library is too large: in the page. */
export type Shape<T> = (value: unknown) => value is T;

/** What a shape lets through. */
export type Read<S> = S extends Shape<infer T> ? T : never;

type Shapes = Record<string, Shape<unknown>>;
type Fields<S extends Shapes> = {
  [K in keyof S as undefined extends Read<S[K]> ? never : K]: Read<S[K]>;
} & { [K in keyof S as undefined extends Read<S[K]> ? K : never]?: Read<S[K]> };

export const text: Shape<string> = (value): value is string => typeof value === 'string';
export const number: Shape<number> = (value): value is number => typeof value === 'number';
export const boolean: Shape<boolean> = (value): value is boolean => typeof value === 'boolean';
/** Shown as it is, whatever it is. */
export const anything: Shape<unknown> = (value): value is unknown => value !== undefined;

export function among<const T>(values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((each) => each === value);
}

export function either<S extends ReadonlyArray<Shape<unknown>>>(...shapes: S): Shape<Read<S[number]>> {
  return (value): value is Read<S[number]> => shapes.some((shape) => shape(value));
}

export function optional<T>(of: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || of(value);
}

export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || of(value);
}

export function list<T>(of: Shape<T>): Shape<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(of);
}

/** An object of any keys. */
export function record<T>(of: Shape<T>): Shape<Record<string, T>> {
  return (value): value is Record<string, T> => isObject(value) && Object.values(value).every(of);
}

/** An object with these keys; others may be there, and nobody reads them. */
export function object<S extends Shapes>(shapes: S): Shape<Fields<S>> {
  const entries = Object.entries(shapes);
  return (value): value is Fields<S> =>
    isObject(value) && entries.every(([key, of]) => of(Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
