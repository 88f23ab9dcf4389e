import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { messageOf, UsageError } from '../../util/errors.ts';
import { findJsonFlaw, placeInJson } from './json.ts';
import { Matrix } from './matrix.ts';
import { checkReferences, Misreference } from './references.ts';
import { sentenceOf } from './sentence.ts';

/** Reads matrix.json. Throws UsageError: one sentence with line and column, the path inside the file, and what was expected. */
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
  const refuse = (path: readonly PropertyKey[], sentence: string, cause: unknown): never => {
    const { line, column } = placeInJson(plain, path);
    throw new UsageError(`${file}:${line}:${column}: ${sentence}`, { cause });
  };
  if (!result.success) {
    const { issues } = result.error;
    const [issue] = issues;
    const key = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return refuse([...(issue?.path ?? []), ...key], sentenceOf(Matrix, data, issues), result.error);
  }
  try {
    checkReferences(result.data);
  } catch (error) {
    if (!(error instanceof Misreference)) throw error;
    refuse(error.path, error.message, error);
  }
  return result.data;
}
