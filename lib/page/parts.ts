import type { Verdict } from '../model/document.ts';
import type { VerdictName } from '../model/verdict.ts';
import { writeAddress } from './address.ts';
import { escapeText } from '../report/escape.ts';
import { type Content, html, type Markup, trusted } from './template.ts';

/** Strokes on a 16 × 16 field: each verdict has a shape of its own, so that colour never carries it alone. */
const shapes: Record<VerdictName, string> = {
  pass: '<path d="M3.5 8.5l3 3 6-7"/>',
  known: '<path d="M2.5 9.5c1.6-3.4 3.6-3.4 5.5-1.5s3.9 1.9 5.5-1.5"/>',
  fixed: '<path d="M8 13V4M4.2 7.5L8 3.7l3.8 3.8"/>',
  fail: '<path d="M4 4l8 8M12 4l-8 8"/>',
  void: '<circle cx="8" cy="8" r="5.5"/><path d="M4.2 11.8l7.6-7.6"/>',
  blocked: '<circle cx="8" cy="8" r="5.5"/><path d="M5.2 8h5.6"/>',
  error: '<path d="M8 2.5L14 13H2zM8 6.5v3M8 11.1v.2"/>',
  missing: '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.3 2"/>',
  unsupported: '<path d="M5 8h6"/>',
};

/** The shapes once, for every `use` of the page. */
export function glyphSheet(): Markup {
  const symbols = Object.entries(shapes).map(
    ([name, shape]) => `<symbol id="glyph-${name}" viewBox="0 0 16 16">${shape}</symbol>`,
  );
  return trusted(`<svg class="sheet" width="0" height="0" aria-hidden="true">${symbols.join('')}</svg>`);
}

export function glyph(name: VerdictName): Markup {
  return trusted(`<svg class="glyph" aria-hidden="true"><use href="#glyph-${name}"/></svg>`);
}

/** Glyph and word of a verdict. */
export function badge(name: VerdictName): Markup {
  return html`<span class="verdict v-${name}">${glyph(name)}${name}</span>`;
}

/** A share of the whole as SVG has it. */
export function percent(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
}

/** A bar of which each part has its share of `total`, in the colours of its class. */
export function shareBar(of: string, total: number, parts: ReadonlyArray<readonly [name: string, amount: number]>): Markup {
  let from = 0;
  const bars = parts.map(([name, amount]) => {
    const bar = html`<rect class="${name}" x="${percent(from / total)}" width="${percent(amount / total)}" height="100%" />`;
    from += amount;
    return bar;
  });
  return html`<svg class="share" role="img" aria-label="Share of each ${of}; the numbers follow">${bars}</svg>`;
}

/** The head of a table with one heading a column. */
export function headings(names: readonly Content[]): Markup {
  return html`<thead>
    <tr>
      ${names.map((name) => html`<th scope="col">${name}</th>`)}
    </tr>
  </thead>`;
}

/** Terms with what is said of them; one of which nothing is said is left out. `about` makes an attribute of a term. */
export function facts(
  entries: ReadonlyArray<readonly [name: string, value: Content]>,
  about: (name: string) => Content = () => undefined,
): Markup {
  return html`<dl class="facts">
    ${entries.map(([name, value]) =>
      value === undefined
        ? undefined
        : html`<div>
            <dt${about(name)}>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`;
}

/** What an answer or a change does to its user, marked where it weakens. */
export function harmMark(harm: string | undefined): Markup | undefined {
  return harm === undefined ? undefined : html` <span class="harm ${harm}">${harm === 'weakens' ? '⚠ weakens' : harm}</span>`;
}

/** A link to a verdict's drawer; the synthetic verdict of a whole cell leads to the cell. */
export function drawerLink({ cell, suite, question }: Pick<Verdict, 'cell' | 'suite' | 'question'>, text: string): Markup {
  const within = question === 'CELL' ? {} : { suite: escapeText(suite), question: escapeText(question) };
  return html`<a class="mono" data-drawer href="${writeAddress({ cell: escapeText(cell), ...within })}">${text}</a>`;
}

/** A link that narrows the matrix by a filter. */
export function onlyLink(only: string, text: string): Markup {
  return html`<a data-only="${escapeText(only)}" href="${writeAddress({ only: escapeText(only) })}">${text}</a>`;
}

/** Items of one heading that are open. */
const most = 12;

/** A list of which what is too much is folded. */
export function limited(name: string, items: readonly Markup[]): Markup {
  const rest = items.slice(most, 500);
  return html`<ul class="${name}">
      ${items.slice(0, most)}
    </ul>
    ${
      rest.length === 0
        ? undefined
        : html`<details>
            <summary>${items.length - most} more</summary>
            <ul class="${name}">
              ${rest}
            </ul>
          </details>`
    }`;
}
