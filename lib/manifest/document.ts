import {
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import { ManifestError, type Place } from './error.ts';
import { type Path, short } from './path.ts';

/** One document of a manifest: its plain value, and where each part of it is. */
export interface ManifestDocument {
  data: unknown;
  /** The place of a value, or of the name of a field; of what is not there, that of the nearest value around it. */
  place: (path: Path, of?: 'value' | 'name') => Place;
}

/** More than the API server takes of one object, and enough for a list of many. */
const limit = 4 * 1024 * 1024;

/** Far more than any document of Kubernetes has, and far from the end of the stack. */
const deepest = 300;

/**
 * The documents of a YAML or JSON text, without the empty ones, as kubectl reads them: YAML 1.1, where `0660` is octal and `yes` is true,
 * but a time of day is a text (sigs.k8s.io/yaml, goyaml.v2/resolve.go). Throws ManifestError.
 */
export function readDocuments(text: string, file: string): ManifestDocument[] {
  const start = { line: 1, column: 1 };
  if (text.length > limit) throw new ManifestError(file, start, `the text is longer than ${limit} characters`);
  if (nesting(text) > deepest) throw new ManifestError(file, start, 'this is no manifest: values are nested too deep');
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? start : { line, column: col };
  };
  const documents = orRefused(file, start, () =>
    parseAllDocuments(text.replace(/^\uFEFF/, ''), {
      version: '1.1',
      customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !unlikeGo.test(`${tag.tag} ${tag.format ?? ''}`)),
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
      stringKeys: true,
    }),
  );
  return ('empty' in documents ? [] : documents).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new ManifestError(file, placeAt(error.pos[0]), `this is no YAML: ${sentence(error.message)}`);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    const root = placeAt(contents.range?.[0] ?? 0);
    const data: unknown = orRefused(
      file,
      root,
      () => document.toJS({ maxAliasCount: 100 }),
      () => unresolved(document, file, placeAt),
    );
    return [{ data, place: (path, of = 'value') => placeOf(document, path, of, placeAt) ?? root }];
  });
}

/** Types that YAML 1.1 has and Kubernetes' reader does not make of a text: `12:30` stays one. */
const unlikeGo = /TIME|timestamp|binary|omap|pairs|set/;

/** What the parser throws is about the text: aliases without end. */
function orRefused<T>(file: string, place: Place, read: () => T, otherwise?: () => void): T {
  try {
    return read();
  } catch (error) {
    otherwise?.();
    if (!(error instanceof Error)) throw error;
    throw new ManifestError(file, place, `this is no YAML: ${sentence(error.message)}`);
  }
}

/** Throws for the first alias of a document that refers to nothing. */
function unresolved(document: Document, file: string, placeAt: (offset: number) => Place): void {
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return;
      throw new ManifestError(file, placeAt(node.range?.[0] ?? 0), `there is no anchor &${short(node.source)} before the alias`);
    },
  });
}

function placeOf(document: Document, path: Path, of: 'value' | 'name', placeAt: (offset: number) => Place): Place | undefined {
  let offset = document.contents?.range?.[0];
  let here: Node | null | undefined = document.contents;
  for (const [at, key] of path.entries()) {
    if (isAlias(here)) here = here.resolve(document);
    if (isMap(here)) {
      const pair = here.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined || !isScalar(pair.key)) break;
      const value = nodeOf(pair.value);
      const wanted = of === 'name' && at === path.length - 1 ? pair.key : (value ?? pair.key);
      offset = wanted.range?.[0] ?? pair.key.range?.[0] ?? offset;
      here = value;
    } else if (isSeq(here)) {
      here = nodeOf(here.items[Number(key)]);
      offset = here?.range?.[0] ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : placeAt(offset);
}

function nodeOf(value: unknown): Node | undefined {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : undefined;
}

/**
 * How deep values can be nested at most: open brackets, and tokens that each stand to the right of the one before. The parser calls itself
 * once a level, and a stack that ends inside a regular expression ends the process.
 */
function nesting(text: string): number {
  const columns: number[] = [];
  let [column, brackets, most] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets++;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') brackets--;
    else if (brackets === 0 && type !== 'space' && type !== 'newline') {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
    }
    most = Math.max(most, brackets + columns.length);
    column = type === 'newline' ? 0 : column + token.length;
  }
  return most;
}

/** The parser's words in one line, as the end of a sentence. */
function sentence(message: string): string {
  const [line = ''] = message.split('\n');
  return line
    .slice(0, 200)
    .replace(/[.:]$/, '')
    .replace(/ at line \d+.*$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
