/** @typedef {Node | string | number | undefined | null | false | ReadonlyArray<Node | string | number | undefined | null | false>} Child */

/**
 * Makes an element. Children that are no nodes become text: no data ever becomes markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * The shape of a verdict, drawn once in the page.
 * @param {string} name
 */
export function glyphOf(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'glyph');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#glyph-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Glyph and word of a verdict.
 * @param {string} name
 */
export function badgeOf(name) {
  return h('span', { class: `verdict v-${name}` }, glyphOf(name), name);
}

/**
 * A link where the text is an https address, and the bare text otherwise.
 * @param {string} text
 */
export function citationOf(text) {
  if (!/^https:\/\/[^\s"'<>\\@]+$/.test(text)) return h('span', {}, text);
  return h('a', { href: text, rel: 'noreferrer noopener', target: '_blank' }, text);
}

/**
 * Milliseconds for people.
 * @param {number} ms
 */
export function millis(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Lines behind a summary; none is said in one line. @param {string} title @param {string[]} lines */
export function folded(title, lines) {
  return lines.length === 0
    ? h('p', { class: 'quiet' }, title)
    : h('details', {}, h('summary', {}, title), pre(lines.join('\n')));
}

/** @param {string} text */
export function pre(text) {
  return h('pre', { tabindex: '0' }, text);
}
