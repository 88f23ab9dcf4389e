import type { z } from 'zod';

/** Kind and fields, as the scripts print them. */
export interface Row {
  kind: string;
  fields: string[];
}

/** Far above what any host shows; a pod that prints more is not believed. */
const maximumLength = 8 * 1024 * 1024;

const mostRows = 50_000;

/**
 * The rows that a script printed, set apart by the token that they begin with; the last one says that it is the last. Bytes that are
 * no UTF-8 have become U+FFFD on the way. `whose` completes "Cannot read …": "the probe of pod x".
 * Throws an Error of one sentence that names the place; the text is untrusted.
 */
export function parseRows(text: string, whose: string): Row[] {
  const problem = (found: string): Error => new Error(`Cannot read ${whose}: ${found}`);
  if (text.length > maximumLength) throw problem(`it has ${text.length} characters, more than ${maximumLength}`);
  const token = /^[\da-f]{16,}(?=r)/.exec(text)?.[0];
  if (token === undefined) throw problem(`its ${text.length} characters begin with no row: ${JSON.stringify(text.slice(0, 80))}`);
  const rows = text.slice(token.length + 1).split(`${token}r`);
  if (rows.length > mostRows) throw problem(`it has ${rows.length} rows, more than ${mostRows}`);
  if (rows.pop() !== 'end') throw problem(`its ${text.length} characters end in the middle, after ${rows.length} rows`);
  return rows.map((row) => {
    const [kind = '', ...fields] = row.split(`${token}f`);
    return { kind, fields };
  });
}

/** The first thing wrong, with its path: `dev[3].mode: Invalid string`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${path.replace(/^\./, '') || 'the document'}: ${issue?.message ?? 'invalid'}`;
}

/** The lines of each file that a script read, by path. */
export function filesOf(rows: readonly Row[]): ReadonlyMap<string, string[]> {
  return new Map(
    rows.filter(({ kind }) => kind === 'file').map(({ fields: [path = '', text = ''] }) => [path, text.split('\n').slice(0, -1)]),
  );
}

/** The first field of every row of a kind. */
export function valuesOf(rows: readonly Row[], kind: string): string[] {
  return rows.filter((row) => row.kind === kind).map(({ fields }) => fields[0] ?? '');
}
