/**
 * A matcher for a pattern in which `*` stands for any text, upper and lower case being equal. Takes time in proportion to the
 * text: as a regular expression, `*a*a*a*a*a*a*a*` against a long name would not end.
 */
export function glob(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split(/\*+/);
  const last = rest.pop();
  if (last === undefined) return (text) => text.toLowerCase() === first;
  return (name) => {
    const text = name.toLowerCase();
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
