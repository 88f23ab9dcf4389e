import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { messageOf, UsageError } from '../../util/errors.ts';
import { findJsonFlaw } from './json.ts';
import { Matrix } from './matrix.ts';
import { checkReferences } from './references.ts';
import { sentenceOf } from './sentence.ts';

/** Reads matrix.json. Throws UsageError: one sentence with line and column, or the path inside the file, and what was expected. */
export async function loadMatrix(path: string): Promise<Matrix> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`Cannot read the matrix ${path}: ${messageOf(error)}`, { cause: error });
  });
  const near = relative(process.cwd(), path);
  return parseMatrix(text, near.startsWith('..') ? path : near);
}

/** Parses the text of a matrix.json; `file` is what errors call it. */
export function parseMatrix(text: string, file = 'matrix.json'): Matrix {
  const plain = text.replace(/^\uFEFF/, '');
  const flaw = findJsonFlaw(plain);
  if (flaw) throw new UsageError(`${file}:${flaw.line}:${flaw.column}: ${flaw.message}`);
  const data: unknown = JSON.parse(plain);
  const result = Matrix.safeParse(data);
  if (!result.success) throw new UsageError(`${file}: ${sentenceOf(Matrix, data, result.error.issues)}`, { cause: result.error });
  try {
    checkReferences(result.data);
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`, { cause: error });
  }
  return result.data;
}
