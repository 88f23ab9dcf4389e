import type { Document } from '../model/document.ts';
import { canonical } from './canonical.ts';
import { canonicalJson } from '../model/json.ts';

/** report.json: keys sorted, entries in canonical order, one entry of a list a line, so that two runs can be compared with diff(1). */
export function renderJson(document: Document): string {
  return [...jsonChunks(document)].join('');
}

/** `renderJson` piece by piece: a large run's document is longer than the longest string that there can be. */
export function* jsonChunks(document: Document): Generator<string> {
  const sections = Object.entries(canonical(document)).sort(([a], [b]) => (a < b ? -1 : 1));
  let lead = '{\n';
  for (const [key, value] of sections) {
    yield `${lead}${JSON.stringify(key)}: `;
    lead = ',\n';
    if (!Array.isArray(value) || value.length === 0) yield canonicalJson(value);
    else {
      for (const [index, row] of value.entries()) yield `${index === 0 ? '[\n' : ',\n'}${canonicalJson(row)}`;
      yield '\n]';
    }
  }
  yield '\n}\n';
}
