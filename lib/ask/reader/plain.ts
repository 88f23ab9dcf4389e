/** What colours a terminal: real escapes, and those that a log or an issue wrote out as `\u001b[31m`, `#033[31m`, `^[[31m`. */
const colour =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]{0,500}(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]|(?:\\+u001[bB]|\\+x1[bB]|\\+0?33|\\+e|#033|\^\[|\bESC)\[[\d;]{0,20}[mKGH]/g;

/** Typographic marks by what they stand for. */
const plainMarks = { '"': '“”„«»', "'": '‘’‚‹›´`', ':': '：', ',': '，', '(': '（', ')': '）', '.': '。', '...': '…', '-': '–' };
const quotes = new Map(Object.entries(plainMarks).flatMap(([mark, all]) => Array.from(all, (each) => [each, mark] as const)));

const spelled: Record<string, string> = { n: '\n', r: '\n', t: ' ' };
const entities: Record<string, string> = { quot: '"', '#34': '"', '#39': "'", apos: "'", lt: '<', gt: '>', amp: '&' };

/**
 * The words of a text as its program meant them: without colours, escapes however often they were escaped, typographic
 * quotes and invisible characters. Newlines stay. Linear in the length.
 */
export function plain(text: string): string {
  return text
    .replace(colour, '')
    .replace(/\r\n?/g, '\n')
    .replace(/&(quot|#34|#39|apos|lt|gt|amp);/g, (_, name: string) => entities[name] ?? '')
    .replace(/\\+(?:u00([0-7][\da-fA-F])|x([2-7][\da-fA-F])|([nrt])(?![a-z]{3,}\.)|(["'`/]))/g, unescape)
    .replace(/[“”„«»‘’‚‹›´`：，（）。…–]/g, (mark) => quotes.get(mark) ?? mark)
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '');
}

function unescape(_: string, unicode?: string, hex?: string, letter?: string, mark?: string): string {
  const code = unicode ?? hex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (letter !== undefined) return spelled[letter] ?? letter;
  return mark ?? '';
}
