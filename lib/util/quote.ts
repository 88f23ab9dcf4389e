/** One POSIX shell word, for a remote `sh` that an argv must pass (ssh joins its arguments with blanks). */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** An argv as one POSIX shell line. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}
