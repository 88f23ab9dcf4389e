import { count } from '../../util/words.ts';
import { bundle } from '../bundle.ts';
import { offlinePage } from '../offline-page.ts';
import { glyph, harmMark } from '../parts.ts';
import { html, type Markup } from '../template.ts';
import { worstOfSeen, type Answer } from '../../report/answer.ts';
import type { Track } from '../../report/history.ts';
import { type PairRange, rangeText } from '../../report/ranges.ts';
import { slug, type Facts } from './facts.ts';
import { ownName } from '../../report/own-name.ts';

/** What an answer is in one or two words. */
const words: Record<Answer['verdict'], string> = {
  pass: 'holds',
  fixed: 'holds again',
  known: 'known issue',
  fail: 'deviates',
  unsupported: 'n/a',
};

/** Glyph and short words of an answer: the names of what was seen, and a mark where it harms. */
export function answer(value: Answer): Markup {
  const { verdict, answers } = value;
  const short = answers.map((each) => each.short).join('; ');
  const says = answers.map((each) => each.says).join('; ');
  return html`<span class="verdict v-${verdict}" title="${says}">${glyph(verdict)}${short === '' ? words[verdict] : short}</span
    >${harmMark(worstOfSeen(value))}`;
}

/** `containerd 1.6.20 · 2.1.9`: the tested versions one by one. */
export function versions(name: string, tested: readonly string[]): Markup {
  return html`<span class="versions">${ownName(name)} <b>${rangeText(tested)}</b></span>`;
}

export function knownLinks({ value }: PairRange<Answer>, facts: Facts): Markup[] {
  return value.known.map((id) => {
    const issue = facts.known.get(id);
    return html`<p class="issue">${issue?.title ?? id}</p>`;
  });
}

export function trackAnchor({ engine, runtime }: Pick<Track, 'engine' | 'runtime'>): string {
  return slug(`${engine} ${runtime}`);
}

/** A link within the site; `root` is the way to its first page. */
export function link(
  root: string,
  folder: 'questions' | 'engines' | 'runtimes',
  name: string,
  text: Markup | string,
  anchor = '',
): Markup {
  return html`<a href="${root}${folder}/${slug(name)}.html${anchor === '' ? '' : `#${anchor}`}">${text}</a>`;
}

/** One page of the site, an offline file like the report. */
export function page(options: {
  title: string;
  root: string;
  crumb?: Markup | undefined;
  body: Markup;
  facts: Facts;
  script?: string;
}): string {
  const { title, root, crumb, body, facts, script } = options;
  const { runs } = facts.history;
  const accelerators = [...new Set(facts.documents.flatMap(({ hosts }) => hosts.map(({ accelerator }) => accelerator)))].sort();
  const framed = html`<a class="skip" href="#content">Skip to the content</a>
    <header>
      <nav aria-label="Site"><a class="home" href="${root}index.html">podproof</a>${crumb}</nav>
    </header>
    <main id="content">${body}</main>
    <footer>
      <p>
        From ${count(runs.length, 'recorded run')}, ${day(runs[0]?.started)} to ${day(runs.at(-1)?.started)}. Hosts ran under
        accelerator${accelerators.length > 1 ? 's' : ''} ${accelerators.join(', ') || 'unknown'}. Versions between tested ones are
        not claimed.
        <a href="${root}index.html#runs">The runs</a>
      </p>
    </footer>`;
  return offlinePage({ title, style: bundle('styles/site.css'), script, body: framed });
}

/** `2026-11-21` of a time. */
export function day(time: string | undefined): string {
  return time === undefined || time === '' ? 'unknown' : time.slice(0, 10);
}
