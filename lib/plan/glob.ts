/** A matcher for a pattern in which `*` stands for any text, upper and lower case being equal. */
export function glob(pattern: string): (text: string) => boolean {
  const source = pattern
    .split(/\*+/)
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 'is');
  return (text) => expression.test(text);
}
