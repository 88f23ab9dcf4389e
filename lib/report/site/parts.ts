import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { VerdictName } from '../../record/document.ts';
import { palette } from '../html/client.ts';
import { glyph, glyphSheet } from '../html/parts.ts';
import { html, type Markup, trusted } from '../html/template.ts';
import type { Answer, Track } from '../history.ts';
import { type PairRange, rangeText } from '../ranges.ts';
import { runtimeName, slug, type Facts } from './facts.ts';

/** What an answer is in one or two words. */
const words: Record<Answer['verdict'], string> = {
  pass: 'holds',
  fixed: 'holds again',
  known: 'known issue',
  fail: 'deviates',
  unsupported: 'n/a',
};

/** Glyph and words of an answer. */
export function answer({ verdict }: { verdict: Answer['verdict'] }): Markup {
  return html`<span class="verdict v-${verdict}">${glyph(verdict)}${words[verdict]}</span>`;
}

/** Glyph and name of a verdict. */
export function verdictMark(verdict: VerdictName): Markup {
  return html`<span class="verdict v-${verdict}">${glyph(verdict)}${verdict}</span>`;
}

/** `containerd 1.6.20 – 2.1.9`, with the tested versions one by one for who wants to know. */
export function versions(name: string, tested: readonly string[]): Markup {
  const title = tested.length > 1 ? html` title="tested: ${tested.join(', ')}"` : undefined;
  return html`<span class="versions" ${title}>${name} <b>${rangeText(tested)}</b></span>`;
}

/** The ranges of a track as rows: engine versions, runtime versions, answer. */
export function rangeRows(track: Track, facts: Facts, root: string): Markup[] {
  return track.ranges.map(
    (range, index) => html`<tr${index === 0 ? html` id="${trackAnchor(track)}"` : undefined}>
      <td>${link(root, 'engines', track.engine, versions(track.engine, range.engines))}</td>
      <td>${link(root, 'runtimes', runtimeName(track.runtime), versions(track.runtime, range.runtimes))}</td>
      <td>${answer(range.value)}</td>
      <td>${knownLinks(range, facts)}</td>
    </tr>`,
  );
}

export function knownLinks({ value }: PairRange<Answer>, facts: Facts): Markup[] {
  return value.known.map((id) => {
    const issue = facts.known.get(id);
    return html`<p class="issue">
      ${issue?.title ?? id}${issue?.security === true ? html` <span class="tag">security</span>` : undefined}
    </p>`;
  });
}

export function trackAnchor({ engine, runtime }: Pick<Track, 'engine' | 'runtime'>): string {
  return slug(`${engine} ${runtime}`);
}

/** A link within the site; `root` is the way to its first page. */
export function link(
  root: string,
  folder: 'rules' | 'engines' | 'runtimes',
  name: string,
  text: Markup | string,
  anchor = '',
): Markup {
  return html`<a href="${root}${folder}/${slug(name)}.html${anchor === '' ? '' : `#${anchor}`}">${text}</a>`;
}

/** One page. Nothing in it reaches the network, and no data can become markup or script. */
export function page(options: {
  title: string;
  root: string;
  trail?: Markup | undefined;
  body: Markup;
  facts: Facts;
  script?: string;
}): string {
  const { title, root, trail, body, facts, script } = options;
  const style = palette() + read('styles.css');
  const { runs } = facts.history;
  const accelerators = [...new Set(facts.documents.flatMap(({ hosts }) => hosts.map(({ accelerator }) => accelerator)))].sort();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(style, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: podproof</title>
        <link rel="icon" href="data:," />
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        ${glyphSheet()}
        <header>
          <nav aria-label="Site"><a class="home" href="${root}index.html">podproof</a>${trail}</nav>
        </header>
        <main id="content">${body}</main>
        <footer>
          <p>
            From ${runs.length} recorded ${runs.length === 1 ? 'run' : 'runs'}, ${day(runs[0]?.started)} to
            ${day(runs.at(-1)?.started)}. Hosts ran under accelerator${accelerators.length > 1 ? 's' : ''}
            ${accelerators.join(', ') || 'unknown'}. Versions between tested ones are not claimed.
            <a href="${root}index.html#runs">The runs</a>
          </p>
        </footer>
        ${script === undefined ? undefined : trusted(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}

/** `2026-11-21` of a time. */
export function day(time: string | undefined): string {
  return time === undefined || time === '' ? 'unknown' : time.slice(0, 10);
}

/** A file of this folder. */
export function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function policy(style: string, script: string | undefined): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${script === undefined ? "'none'" : hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
