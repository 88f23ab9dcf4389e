import { wrap } from '../../util/wrap.ts';

/** How a reply is printed. */
export interface Sheet {
  /** Columns of the terminal. */
  width: number;
  /** Makes a label or a heading stand out; the identity where there is no terminal. */
  paint: (style: 'heading' | 'label', text: string) => string;
}

/** Without a terminal. */
export const plainSheet: Sheet = { width: 80, paint: (_, text) => text };

const indent = 2;
const labelWidth = 11;

/** A label and its text, broken at blanks; later lines are indented like the first. */
export function field(sheet: Sheet, name: string, text: string, column = indent + labelWidth): string {
  const wrapped = wrap(text, Math.max(20, sheet.width - column));
  const label = `${' '.repeat(indent)}${name}`;
  const gap = label.length >= column ? ' ' : ' '.repeat(column - label.length);
  return wrapped
    .map((line, index) => `${index === 0 ? `${sheet.paint('label', label)}${gap}` : ' '.repeat(column)}${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}

/** A line of its own, broken at the width; no line but the first begins with what may be of somebody else. */
export function heading(sheet: Sheet, text: string): string {
  return `${wrap(text, sheet.width - indent)
    .map((line, index) => sheet.paint('heading', index === 0 ? line : `${' '.repeat(indent)}${line}`))
    .join('\n')}\n`;
}
