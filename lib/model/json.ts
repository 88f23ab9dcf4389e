/** JSON with sorted keys and without blanks: one text for one value, whatever the order in which its keys were set. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(keysSorted(value)) ?? 'null';
}

/** What a text holds as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keysSorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(keysSorted);
  const fields = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    // As an assignment it would set the prototype, and the text would lose it.
    if (key === '__proto__') Object.defineProperty(result, key, { value: keysSorted(fields[key]), enumerable: true });
    else result[key] = keysSorted(fields[key]);
  }
  return result;
}
