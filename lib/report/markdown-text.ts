import { clip, escapeLine } from './escape.ts';

/** Longest value in a table, in characters. */
const longest = 600;

/**
 * Untrusted text as a code element. Every character with a meaning in Markdown or HTML is a character reference, which
 * can form no structure; inside of code GitHub links neither mentions nor numbers.
 */
export function code(text: string): string {
  const inert = encode(text);
  return inert === '' ? '' : `<code>${inert}</code>`;
}

/** Untrusted text as running text, for sentences; never at the start of a line. */
export function prose(text: string): string {
  return encode(text);
}

/** A link where the address is an https one of plain characters; otherwise the address as text. */
export function link(address: string, text: string): string {
  return /^https:\/\/[\w.-]+\/[\w./#%?=~-]*$/.test(address) ? `<a href="${address}">${code(text)}</a>` : code(address);
}

function encode(text: string): string {
  return clip(escapeLine(text), longest)
    .trim()
    .replace(/[^\p{L}\p{N} ,.;()/?…→⏎“”’-]/gu, (found) => `&#${found.codePointAt(0) ?? 0xfffd};`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}
