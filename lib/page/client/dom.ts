import { isHttps } from '../https.ts';

type Leaf = Node | string | number | undefined | false;
export type Child = Leaf | readonly Leaf[];
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element. Children that are no nodes become text: no data ever becomes markup. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** The element of the page that has this id and is of this class. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no #${id} that is a ${type.name}`);
}

/** The shape of a verdict, drawn once in the page. */
export function glyphOf(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'glyph');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#glyph-${name}`);
  svg.append(use);
  return svg;
}

/** Glyph and word of a verdict. */
export function badgeOf(name: string): HTMLElement {
  return h('span', { class: `verdict v-${name}` }, glyphOf(name), name);
}

/** A link where the text is an https address, and the bare text otherwise. */
export function citationOf(text: string): HTMLElement {
  return isHttps(text) ? h('a', { href: text, rel: 'noreferrer noopener', target: '_blank' }, text) : h('span', {}, text);
}

/** Lines behind a summary; none is said in one line. */
export function folded(title: string, lines: readonly string[]): HTMLElement {
  return lines.length === 0
    ? h('p', { class: 'quiet' }, title)
    : h('details', {}, h('summary', {}, title), pre(lines.join('\n')));
}

export function pre(text: string): HTMLElement {
  return h('pre', { tabindex: 0 }, text);
}

/** A term of a list with its description; none without one. */
export function fact(name: string, value: Child, style?: string): HTMLElement | undefined {
  if (value === undefined || value === '') return undefined;
  return h('div', {}, h('dt', {}, name), h('dd', { class: style }, value));
}

/** A table with one heading for each column. */
export function table(style: string, heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const cells = heads.map((name) => h('th', { scope: 'col' }, name));
  return h('table', { class: `plain ${style}` }, h('thead', {}, h('tr', {}, cells)), h('tbody', {}, rows));
}
