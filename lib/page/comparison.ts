import { type Baseline, type ChangeKind, changeKinds } from '../model/baseline.ts';
import type { Document } from '../model/document.ts';
import type { VerdictName } from '../model/verdict.ts';
import { changeTitles, headlines, type Outcome, outcomesOf, remarks, totals } from '../report/comparison-text.ts';
import { explained } from './legend.ts';
import { badge, drawerLink, limited } from './parts.ts';
import { html, type Markup } from './template.ts';

/** Changes that are listed one by one; the others are only counted. */
const shownKinds: readonly ChangeKind[] = ['newly-weaker', 'newly-broken', 'newly-unjudged', 'mended', 'changed-evidence'];
/** The verdict whose colours a kind has. */
const shownAs: Partial<Record<ChangeKind, `v-${VerdictName}`>> = {
  ...{ 'newly-weaker': 'v-fail', 'newly-broken': 'v-fail', 'newly-unjudged': 'v-blocked' },
  ...{ 'changed-evidence': 'v-known', mended: 'v-fixed' },
};
/** Pairs of versions that have a line. */
const most = 12;

/** What became of the answers since the baseline: a headline for each pair of versions, then what turned. */
export function comparison(document: Document, baseline: Baseline): Markup {
  const counts = totals(baseline);
  const quiet = shownKinds.every((kind) => counts[kind] === 0) && baseline.gone.length + baseline.goneCells.length === 0;
  return html`<section aria-labelledby="changes-title">
    <h2 id="changes-title" ${explained('baseline')}>Since <span class="mono">${baseline.run}</span></h2>
    <ul class="changes">
      ${changeKinds.flatMap((kind) =>
        counts[kind] === 0
          ? []
          : [html`<li class="${shownAs[kind]}"><b>${counts[kind]}</b> ${changeTitles[kind].toLowerCase()}</li>`],
      )}
    </ul>
    ${quiet ? html`<p>Nothing changed.</p>` : undefined}
    <ul>
      ${[...headlines(document).slice(0, most), ...remarks(document)].map((line) => html`<li>${line}</li>`)}
    </ul>
    ${shownKinds.map((kind) => group(document, kind))}
  </section>`;
}

function group(document: Document, kind: ChangeKind): Markup | undefined {
  const outcomes = outcomesOf(document, kind);
  if (outcomes.length === 0) return undefined;
  return html`<h3>${changeTitles[kind]}</h3>
    ${limited('findings', outcomes.map(item))}`;
}

function item({ question, asks, before, after, harm, verdicts, cells }: Outcome): Markup {
  const [first] = verdicts;
  const links = cells.slice(0, 4).flatMap((id) => verdicts.find(({ cell }) => cell === id) ?? []);
  return html`<li>
    <div class="lead">${first && badge(first.verdict)}${harm && html`<span class="tag">${harm}</span>`}</div>
    <div class="what">
      <p class="sentence">${asks} <span class="mono quiet">${question}</span></p>
      <p>${after}</p>
      ${before === '' ? undefined : html`<p class="before"><span>Before</span><span>${before}</span></p>`}
      <p class="where">
        ${links.map((verdict) => drawerLink(verdict, verdict.cell))}${cells.length > 4 ? html` <span class="quiet">and ${cells.length - 4} more</span>` : undefined}
      </p>
    </div>
  </li>`;
}
