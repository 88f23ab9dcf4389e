import { isHttps } from './https.ts';
import { escapeText } from '../report/escape.ts';

/** Markup that is ready to be written; only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | undefined | readonly Content[];

/**
 * Template tag: every value but Markup is untrusted text, escaped for content and for attributes in
 * double quotes. Never put a value into a tag name, an unquoted attribute, a script or a style.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + write(values[index - 1]) + part));
}

/** Markup of our own, such as a style sheet: never data. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function write(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return escape(escapeText(String(content)));
}

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (found) => `&#${found.charCodeAt(0)};`);
}

/** A link where the address is an https one, with `text` for a label, and the bare address otherwise. */
export function citation(address: string, text = address): Markup {
  return isHttps(address)
    ? html`<a href="${address}" rel="noreferrer noopener" target="_blank">${text}</a>`
    : html`<span>${address}</span>`;
}
