/** A place in a text, both from 1, the column in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** Where and why a text is not JSON, or names a key twice (which JSON.parse would drop silently). */
export interface JsonFlaw extends Place {
  message: string;
}

const deepest = 100;
const blanks = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids just these in a string
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Flaw extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Where the key or list entry at `path` of a JSON text begins, or the nearest one around it that there is. */
export function placeInJson(text: string, path: readonly PropertyKey[]): Place {
  const scanner = new Scanner(text);
  scanner.value(0);
  for (let depth = path.length; depth > 0; depth--) {
    const at = scanner.places.get(JSON.stringify(path.slice(0, depth)));
    if (at !== undefined) return placeOf(text, at);
  }
  return { line: 1, column: 1 };
}

function placeOf(text: string, at: number): Place {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The first flaw of a JSON text. JSON.parse of Node 20 gives no position for short texts and accepts a key that is defined twice. */
export function findJsonFlaw(text: string): JsonFlaw | undefined {
  try {
    const scanner = new Scanner(text);
    scanner.value(0);
    scanner.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return { ...placeOf(text, error.at), message: error.message };
  }
}

class Scanner {
  /** Path, as JSON → where its key or list entry begins. */
  readonly places = new Map<string, number>();
  readonly #path: PropertyKey[] = [];
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): void {
    if (depth > deepest) throw new Flaw(this.#at, `nested deeper than ${deepest} levels`);
    this.#take(blanks);
    const char = this.#text[this.#at];
    if (char === '{') this.#members(depth);
    else if (char === '[') this.#entries(depth);
    else if (this.#take(char === '"' ? string : literal) === undefined) this.#refuse('a value');
    this.#take(blanks);
  }

  end(): void {
    if (this.#at < this.#text.length) this.#refuse('the end');
  }

  #entries(depth: number): void {
    let index = 0;
    this.#list(']', () => this.#within(index++, this.#at, depth));
  }

  #within(key: PropertyKey, at: number, depth: number): void {
    this.#path.push(key);
    this.places.set(JSON.stringify(this.#path), at);
    this.value(depth + 1);
    this.#path.pop();
  }

  #members(depth: number): void {
    const keys = new Set<unknown>();
    this.#list('}', () => {
      const start = this.#at;
      const raw = this.#take(string) ?? this.#refuse('a key in double quotes');
      const key = String(JSON.parse(raw));
      if (keys.has(key)) throw new Flaw(start, `the key ${raw} is defined twice`);
      keys.add(key);
      this.#take(blanks);
      if (this.#text[this.#at] !== ':') this.#refuse('":"');
      this.#at++;
      this.#within(key, start, depth);
    });
  }

  #list(close: string, item: () => void): void {
    this.#at++;
    this.#take(blanks);
    if (this.#text[this.#at] === close) return void this.#at++;
    for (;;) {
      this.#take(blanks);
      item();
      this.#take(blanks);
      const char = this.#text[this.#at];
      if (char !== ',' && char !== close) this.#refuse(`"," or "${close}"`);
      this.#at++;
      if (char === close) return;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #refuse(expected: string): never {
    const found = this.#text.codePointAt(this.#at);
    const what = found === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(found));
    throw new Flaw(this.#at, `expected ${expected}, found ${what}`);
  }
}
