/** How wide a line may be: that of the terminal, and 80 where the reader is none. */
export function widthOf({ columns }: { columns?: number | undefined }): number {
  return columns === undefined || columns < 20 ? 80 : columns;
}

/**
 * `text` in lines of at most `width` characters, broken at blanks; the lines after the first begin with `indent` blanks. A word
 * that is longer, as a path or a URL may be, stays whole on a line of its own, so that it can be copied.
 */
export function wrap(text: string, width: number, indent = 0): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    const longer = `${line} ${word}`;
    // Blanks before the first word are the text's own indentation.
    // A runner of GitHub takes a line for a command that begins so, blanks aside.
    if (longer.length <= width || line.trim() === '' || word.startsWith('::')) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent) + word);
  }
  return lines;
}

/** Each line of `text` wrapped; what is broken off is indented by `indent` more than its line. */
export function wrapText(text: string, width: number, indent: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrap(line, width, line.length - line.trimStart().length + indent))
    .join('\n');
}
