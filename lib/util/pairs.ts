/** What lines `key=value` say, by key and without blanks around the value; lines of another form are dropped. */
export function pairsIn(text: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );
}
