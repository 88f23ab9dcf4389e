import { findNodeAtLocation, parseTree, printParseErrorCode, visit, type JSONPath } from 'jsonc-parser';

/** A place in a text, both from 1, the column in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** Where and why a text is not JSON, or names a key twice (which JSON.parse would drop silently). */
export interface JsonFlaw extends Place {
  message: string;
}

/** Far from the end of the stack, which the parser uses for each level. */
const deepest = 100;

/** By the parser's names of errors; whatever else is wrong, it expected a value. */
const expected = new Map([
  ['PropertyNameExpected', 'a key in double quotes'],
  ['ColonExpected', '":"'],
  ['CommaExpected', 'a comma'],
  ['CloseBraceExpected', '"}"'],
  ['CloseBracketExpected', '"]"'],
  ['EndOfFileExpected', 'the end'],
]);

class Flaw extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Where the key or list entry at `path` of a JSON text begins, or the nearest one around it that there is. */
export function placeInJson(text: string, path: readonly PropertyKey[]): Place {
  const root = parseTree(text);
  const steps: JSONPath = path.map((step) => (typeof step === 'symbol' ? '' : step));
  for (let depth = steps.length; root !== undefined && depth > 0; depth--) {
    const node = findNodeAtLocation(root, steps.slice(0, depth));
    if (node !== undefined) return placeOf(text, (node.parent?.type === 'property' ? node.parent : node).offset);
  }
  return { line: 1, column: 1 };
}

/** The first flaw of a JSON text. JSON.parse of Node 20 gives no position for short texts and accepts a key that is defined twice. */
export function findJsonFlaw(text: string): JsonFlaw | undefined {
  try {
    assertJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return { ...placeOf(text, error.at), message: error.message };
  }
}

/** Throws the first Flaw. */
function assertJson(text: string): void {
  const keys: Array<Set<string>> = [];
  const open = (offset: number): void => {
    if (keys.push(new Set()) > deepest) throw new Flaw(offset, `nested deeper than ${deepest} levels`);
  };
  visit(
    text,
    {
      onObjectBegin: open,
      onArrayBegin: open,
      onObjectEnd: () => void keys.pop(),
      onArrayEnd: () => void keys.pop(),
      onObjectProperty(key, offset, length) {
        if (keys.at(-1)?.has(key)) throw new Flaw(offset, `the key ${text.slice(offset, offset + length)} is defined twice`);
        keys.at(-1)?.add(key);
      },
      onError(code, offset) {
        const wanted = expected.get(printParseErrorCode(code)) ?? 'a value';
        throw new Flaw(offset, `expected ${wanted}, found ${characterAt(text, offset)}`);
      },
    },
    { disallowComments: true },
  );
}

function characterAt(text: string, offset: number): string {
  const found = text.codePointAt(offset);
  return found === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(found));
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
