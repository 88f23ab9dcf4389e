import { z } from 'zod';
import { messageOf } from '../util/errors.ts';

/** Kind and fields, as the scripts print them. */
export interface Row {
  kind: string;
  fields: string[];
}

/** Far above what any host shows; a pod that prints more is not believed. */
const maximumLength = 8 * 1024 * 1024;

const Document = z.object({ rows: z.array(z.array(z.string()).min(1)).max(50_000) });

/**
 * The rows of a script's JSON document. `whose` completes "Cannot read …": "the probe of pod x".
 * Throws an Error of one sentence that names the place; the text is untrusted.
 */
export function parseRows(text: string, whose: string): Row[] {
  if (text.length > maximumLength) {
    throw new Error(`Cannot read ${whose}: it has ${text.length} characters, more than ${maximumLength}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot read ${whose}: its ${text.length} characters are no JSON: ${messageOf(error).slice(0, 200)}`, {
      cause: error,
    });
  }
  const parsed = Document.safeParse(value);
  if (!parsed.success) throw new Error(`Cannot read ${whose}: ${firstIssue(parsed.error)}`);
  return parsed.data.rows.map(([kind = '', ...fields]) => ({ kind, fields: fields.map(decode) }));
}

/** The first thing wrong, with its path: `dev[3].mode: Invalid string`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${path.replace(/^\./, '') || 'the document'}: ${issue?.message ?? 'invalid'}`;
}

/** The scripts write one \u00XX per byte. What is no UTF-8 becomes U+FFFD. */
function decode(text: string): string {
  return /[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

/** The lines of each file that a script read, by path. */
export function filesOf(rows: readonly Row[]): ReadonlyMap<string, string[]> {
  return new Map(rows.filter(({ kind }) => kind === 'file').map(({ fields: [path = '', ...lines] }) => [path, lines]));
}

/** The first field of every row of a kind. */
export function valuesOf(rows: readonly Row[], kind: string): string[] {
  return rows.filter((row) => row.kind === kind).map(({ fields }) => fields[0] ?? '');
}
