const token = 'f00dfeedf00dfeedf00dfeed';

/** Rows as the scripts of lib/probe print them; those of a file are given line by line. */
export function printRows(rows: ReadonlyArray<readonly string[]>): string {
  const printed = rows.map((row) => {
    const [kind = '', path = '', ...lines] = row;
    return kind === 'file' ? [kind, path, lines.map((line) => `${line}\n`).join('')] : row;
  });
  return [...printed, ['end']].map((row) => `${token}r${row.join(`${token}f`)}`).join('');
}
