import { gzipSync } from 'node:zlib';
import type { Document } from '../model/document.ts';
import { remedyText } from '../report/verdicts.ts';
import { escapeText, escapeDeep } from '../report/escape.ts';
import { packColumns, verdictColumns } from './columns.ts';
import type { CellEntry, ReportData } from './data.ts';
import { type Markup, trusted } from './template.ts';

/** Blocks beyond this many bytes are compressed. */
const plainLimit = 256 * 1024;

/** What the page's script reads: the texts as JSON, and beside it the columns as bytes. `embedded` are the cells whose evidence is there. */
export function dataBlocks(
  document: Document,
  { embedded, kept, of }: { embedded: readonly string[]; kept: number; of: number },
): Markup[] {
  const cellIds = [...document.cells.map((cell) => cell.id), ...document.verdicts.map((verdict) => verdict.cell)];
  const cells = new Map(document.cells.map((cell) => [cell.id, cell]));
  const cellAt = new Map([...new Set(cellIds)].map((id, index) => [id, index]));
  const questions: Document['questions'] = [];
  const questionAt = new Map<string, Map<string, number>>();
  const numbered = (suite: string, id: string, add: () => number): number => {
    const suiteQuestions = questionAt.get(suite) ?? new Map<string, number>();
    questionAt.set(suite, suiteQuestions);
    const at = suiteQuestions.get(id) ?? add();
    suiteQuestions.set(id, at);
    return at;
  };
  for (const question of document.questions) numbered(question.suite, question.id, () => questions.push(question) - 1);
  const questionOf = ({ suite, question: id }: Document['verdicts'][number]): number =>
    numbered(suite, id, () => questions.push({ id, suite, asks: '', citation: '', range: '', answers: [] }) - 1);
  const { columns, texts, layerLists } = verdictColumns(document, questionOf, ({ cell }) => cellAt.get(cell) ?? 0);
  const { bytes, places } = packColumns(columns);
  const data: ReportData = {
    run: escapeText(document.run.id),
    cells: [...cellAt.keys()].map((id) => escapeDeep<CellEntry>(cells.get(id) ?? { id })),
    questions: questions.map((question) => escapeDeep(question)),
    known: document.known.map((issue) => escapeDeep({ ...issue, remedy: remedyText(issue.remedy) })),
    embedded: embedded.map((id) => cellAt.get(id) ?? -1),
    kept,
    of,
    places,
    texts: texts.map((text) => text && escapeText(text)),
    layerLists: layerLists.map((layers) => layers && escapeDeep(layers)),
  };
  return [textBlock('data', JSON.stringify(data)), bytesBlock('columns', bytes)];
}

/** JSON that cannot end its script element, whatever it holds. */
export function textBlock(id: string, json: string): Markup {
  if (Buffer.byteLength(json) > plainLimit) return bytesBlock(id, Buffer.from(json));
  const body = json.replace(/[<>&\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return trusted(`<script type="application/json" id="${id}" data-encoding="plain">${body}</script>\n`);
}

function bytesBlock(id: string, bytes: Uint8Array): Markup {
  const body = gzipSync(bytes).toString('base64');
  return trusted(`<script type="application/json" id="${id}" data-encoding="gzip">${body}</script>\n`);
}
