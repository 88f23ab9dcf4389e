import type { Document } from '../model/document.ts';
import { changeTitles } from './changes.ts';
import { outcomesOf } from './comparison-text.ts';
import { code, prose } from './markdown-text.ts';

/** What turned since the baseline, as tables in the order of what a reader should see first; empty ones too. */
export function changeTables(document: Document): Array<{ title: string; columns: string[]; rows: string[][] }> {
  return (['newly-weaker', 'newly-broken', 'newly-unjudged', 'mended', 'changed-evidence'] as const).map((kind) => ({
    title: changeTitles[kind],
    columns: ['Question', 'Before', 'Now', 'Cells'],
    rows: outcomesOf(document, kind).map(({ question, asks, before, after, harm, cells }) => {
      const more = cells.length > 3 ? ` and ${cells.length - 3} more` : '';
      return [
        `${code(question)}<br>${prose(asks)}`,
        code(before),
        `${code(after)}${harm === undefined ? '' : `<br>${harm}`}`,
        `${cells.slice(0, 3).map(code).join('<br>')}${more}`,
      ];
    }),
  }));
}
