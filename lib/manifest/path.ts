/** The way to a value: keys of objects and indices of lists. */
export type Path = readonly (string | number)[];

/** `spec.containers[0].resources.limits["gpu.intel.com/i915"]` */
export function pathText(path: Path): string {
  return path
    .map((key, at) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\w-]{1,80}$/.test(key)) return `[${JSON.stringify(short(key))}]`;
      return at === 0 ? key : `.${key}`;
    })
    .join('');
}

/** A text of a manifest in a sentence: in one line, not without end, and with what nobody sees written out. */
export function short(text: string): string {
  return inert(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}

/** What moves a cursor, turns the direction or is no character at all becomes its number. */
export function inert(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The value at a path of a plain value; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Object.entries(here).find(([name]) => name === String(key))?.[1];
  }
  return here;
}
