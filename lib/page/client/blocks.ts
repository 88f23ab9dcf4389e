import { ReportData } from '../data.ts';
import type { Shape } from '../shape.ts';
import { indexed, type Model } from './model.ts';

/** Reads a JSON block of this page; undefined when it is not there. */
export async function readBlock<T>(id: string, shape: Shape<T>): Promise<T | undefined> {
  const element = document.getElementById(id);
  if (element === null) return undefined;
  const json: unknown = element.dataset['encoding'] === 'gzip' ? await inflate(element).json() : JSON.parse(element.textContent);
  if (!shape(json)) throw new TypeError(`Cannot read #${id}: the page holds something else than its script expects`);
  return json;
}

export async function readModel(): Promise<Model> {
  const element = document.getElementById('columns');
  const bytes = element && inflate(element).arrayBuffer();
  const data = await readBlock('data', ReportData);
  if (bytes === null || data === undefined) throw new Error('Cannot build the matrix: the page has no #data or no #columns');
  return indexed(data, await bytes);
}

/** What a compressed block of this page holds. */
function inflate(element: Element): Response {
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}
