/** A reader of untrusted text, to be tried with many. */
export interface Target {
  name: string;
  /** What the mutants are made of: real inputs. */
  corpus: () => Promise<string[]>;
  /** Prepares what all inputs share. `try` returns when the input was read or refused in words, and throws on a finding. */
  open: () => Promise<{ try: (input: string) => Promise<void> | void } & Partial<AsyncDisposable>>;
}

/** A target whose inputs share nothing. */
export function reader(name: string, corpus: readonly string[] | Target['corpus'], read: (input: string) => void): Target {
  const all = typeof corpus === 'function' ? corpus : async () => [...corpus];
  return { name, corpus: all, open: async () => ({ try: read }) };
}

/** Runs a reader that may refuse its input, by an Error whose message `words` accepts. Anything else that it throws is a finding. */
export function refusing<T>(words: RegExp, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    return refused(words, error);
  }
}

/** Throws an error again that is no refusal in these words. */
export function refused(words: RegExp, error: unknown): undefined {
  if (error instanceof Error && words.test(error.message) && !foreign(error)) return undefined;
  throw error;
}

/** What only a mistake throws. */
function foreign(error: Error): boolean {
  return (
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    /call stack|heap|Invalid (array|string) length/.test(error.message)
  );
}
