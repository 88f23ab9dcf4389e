import type { Document } from '../record/document.ts';
import { canonical, stableJson } from './canonical.ts';

/** report.json: keys sorted, entries in canonical order, one entry of a list a line, so that two runs can be compared with diff(1). */
export function renderJson(document: Document): string {
  const sections = Object.entries(canonical(document)).map(([key, value]) => {
    const body =
      Array.isArray(value) && value.length > 0 ? `[\n${value.map((row) => stableJson(row)).join(',\n')}\n]` : stableJson(value);
    return `${JSON.stringify(key)}: ${body}`;
  });
  return `{\n${sections.sort().join(',\n')}\n}\n`;
}
