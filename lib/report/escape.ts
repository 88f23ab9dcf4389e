/** Longest text that a derived report shows in full; report.json has all of it. In UTF-16 units. */
const longest = 16_384;

const plain = /^[\n\t\x20-\x7e]*$/;

/* C0 and C1 controls but tab and newline; line and paragraph separators; marks that hide or reorder text; lone surrogates. */
const hidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

/**
 * Untrusted text with all that does not print escaped (`\x1b`, `\u202e`), so that no escape sequence, direction mark or
 * hidden tag acts on the reader. Tabs and newlines stay. Longer texts are cut, and say so.
 */
export function escapeText(text: string): string {
  // Most texts are plain, and a large run has millions of them.
  if (text.length <= longest && plain.test(text)) return text;
  return clip(text, longest).replace(hidden, spell);
}

/** The same on one line. */
export function escapeLine(text: string): string {
  return escapeText(text).replaceAll('\n', ' ⏎ ').replaceAll('\t', ' ');
}

/** `escapeLine` for a terminal: a runner of GitHub takes `##[` for a command wherever it is, and `::` at the start of a line. */
export function commandless(text: string): string {
  return escapeLine(text)
    .replaceAll('##[', '## [')
    .replace(/^\s*::/, ': :');
}

/** At most `length` characters, with a remark on how many are missing. Never splits a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** Every text of a value of plain data, keys included, through `escapeText`. */
export function escapeDeep<T>(value: T): T;
export function escapeDeep(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map((child) => escapeDeep(child));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [escapeText(key), escapeDeep(child)]));
}

function spell(found: string): string {
  return Array.from({ length: found.length }, (_, index) => {
    const code = found.charCodeAt(index).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  }).join('');
}
