import type { z } from 'zod';
import { Document } from '../../model/document.ts';
import { LeaseRecord } from '../../model/lease-record.ts';
import { Observation } from '../../model/observation.ts';
import { withBaseline } from '../../report/compare.ts';
import { sampleDocument, sampleEvidence } from './sample.ts';
import { sampleLease } from './evidence.ts';
import { evidenceKey } from '../../report/verdicts.ts';

/** What untrusted text may try in some format or other; for tests. */
export const hostileTexts = [
  '</script><script>alert(1)</script><img src=x onerror=alert(1)>',
  `"><svg onload='alert(1)'> ' onmouseover="alert(1)`,
  ']]></failure><testcase name="x"/><!--',
  'a\u0000b\u0007c\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007\u009b2J\r\b',
  'abc\u202Edcba\u2066x\u2069\u200Ey\u200B\u2028z\u2029\uFEFF\u{E0041}\u00AD',
  '\ud800 lone \udc00',
  '\n::error::injected\n##[error]injected\n::set-output name=x::y\r\n::warning::z',
  '| x | [a](javascript:alert(1)) `code` **b** ![i](https://evil.example/i.png) <b> @octocat #1 https://evil.example www.evil.example\n# h\n\n- l\n1. n\n```\n',
  '&lt;b&gt; &#60;script&#62; %0A::error::x %25',
  '__proto__',
  'constructor',
  '\u2028',
] as const;

/** The sample with `text` in every field that a run can fill: still a valid document, of the same shape. */
export function hostileDocument(text: string): Document {
  return Document.parse(withText(sampleDocument(), () => text, Document));
}

/** The sample with changes of many kinds since a baseline. */
export function changedDocument(): Document {
  const older = sampleDocument();
  older.verdicts = older.verdicts.flatMap((verdict, index) => {
    if (verdict.verdict === 'fail') return [{ ...verdict, verdict: 'pass' as const }];
    if (verdict.verdict === 'known') return [{ ...verdict, observed: 'something else' }];
    return index % 3 === 0 ? [{ ...verdict, verdict: 'error' as const, reason: 'no answer' }] : index % 7 === 0 ? [] : [verdict];
  });
  older.cells = older.cells.slice(1);
  return withBaseline(sampleDocument(), older);
}

/** The sample with a change of many kinds since a baseline, and `text` in every field; what was different stays so. */
export function hostileChanges(text: string): Document {
  const seen = new Map<string, number>();
  const number = (original: string): number => seen.get(original) ?? (seen.set(original, seen.size), seen.size - 1);
  return Document.parse(withText(changedDocument(), (original) => `${text} ${number(original)}`, Document));
}

/** The sample with a line of a megabyte wherever an engine's words are passed on. */
export function longWindedDocument(): Document {
  const line = 'x'.repeat(1_000_000);
  const document = sampleDocument();
  return {
    ...document,
    cells: document.cells.map((cell) => ({ ...cell, reason: line })),
    verdicts: document.verdicts.map((verdict) => ({ ...verdict, observed: line, reason: line })),
  };
}

/** The sample's evidence with `text` in every free field, by the keys of `document`. */
export function hostileEvidence(document: Document, text: string): Map<string, Observation> {
  const first = [...sampleEvidence(sampleDocument()).values()][0];
  if (first === undefined) throw new Error('The sample has no evidence');
  const observation = hostileObservation(first, text);
  return new Map(document.verdicts.map((verdict) => [evidenceKey(verdict), observation]));
}

/** The sample's lease with `text` in every free field. */
export function hostileLease(text: string): LeaseRecord {
  return LeaseRecord.parse(withText(sampleLease(), () => text, LeaseRecord));
}

/** An observation with `text` in every free field. */
export function hostileObservation(observation: Observation, text: string): Observation {
  return Observation.parse(withText(observation, () => text, Observation));
}

/**
 * Replaces every text but under the keys where the schema takes only certain words: verdicts, layers, modes. Which these are, it says
 * itself: what it refuses is kept, until it refuses nothing.
 */
function withText(value: unknown, text: (original: string) => string, schema: Schema): unknown {
  const strict = new Set<string>();
  for (;;) {
    const changed = replaced(value, text, (key) => !strict.has(key));
    const { error } = schema.safeParse(changed);
    if (error === undefined) return changed;
    const refused = error.issues.flatMap((issue) => keysOf(issue)).filter((key) => !strict.has(key));
    if (refused.length === 0) throw error;
    for (const key of refused) strict.add(key);
  }
}

interface Schema {
  safeParse: (value: unknown) => { error?: z.ZodError };
}

/** The key of what is refused, and the keys in each part of a union where none takes it. */
function keysOf(issue: z.core.$ZodIssue): string[] {
  const here = issue.path.findLast((part) => typeof part === 'string');
  const within = issue.code === 'invalid_union' ? issue.errors.flat().flatMap(keysOf) : [];
  return [...(here === undefined ? [] : [here]), ...within];
}

function replaced(value: unknown, text: (original: string) => string, free: (key: string) => boolean, key = ''): unknown {
  if (typeof value === 'string') return free(key) ? text(value) : value;
  if (Array.isArray(value)) return value.map((child) => replaced(child, text, free, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, replaced(child, text, free, name)]));
}
