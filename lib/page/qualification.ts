import { arrow, countText, effect, exitText, record, remedyOf, restTexts, title } from '../report/qualification/words.ts';
import type { Qualification, QualifiedChange } from '../report/qualification/qualification.ts';
import { writeAddress } from './address.ts';
import { escapeText } from '../report/escape.ts';
import { bundle } from './bundle.ts';
import { offlinePage } from './offline-page.ts';
import { facts, harmMark } from './parts.ts';
import { citation, html, type Markup } from './template.ts';

/** What a version changed, as one offline file beside the report of its run; without `report` no verdict is linked. */
export function qualificationPage(result: Qualification, { report }: { report?: string } = {}): string {
  const body = html`<a class="skip" href="#content">Skip to the content</a>
    <header>
      <nav aria-label="Run">
        <span class="home">podproof</span
        ><span>qualify</span>${report === undefined ? undefined : html`<a href="${report}">All answers of the run</a>`}
      </nav>
    </header>
    <main id="content">
      <h1>${title(result)}</h1>
      <p class="lead">${countText(result)}. Exit ${result.exit}: ${exitText(result)}.</p>
      <section aria-labelledby="changed">
        <h2 id="changed">Changed</h2>
        ${result.changes.length === 0 ? html`<p>Nothing that a pod can reach.</p>` : result.changes.map((change) => card(change, result, report))}
      </section>
      <section aria-labelledby="rest">
        <h2 id="rest">Not changed</h2>
        <ul>
          ${restTexts(result).map((text) => html`<li>${text}</li>`)}
        </ul>
      </section>
      ${also(result)}
    </main>
    <footer>
      <p>Run <span class="mono">${result.run}</span>, ${result.started}</p>
    </footer>`;
  return offlinePage({ title: `${result.name} ${result.version}`, style: bundle('styles/site.css'), body });
}

function card(change: QualifiedChange, { against, version }: Qualification, report: string | undefined): Markup {
  const { asks, question, before, after, known } = change;
  const does = effect(change);
  const remedy = remedyOf(change);
  return html`<article class="card">
    <h3>${asks} <span class="id">${question}</span></h3>
    <p>${harmMark(does || undefined)} ${arrow(change)}: ${record(change)}</p>
    ${facts([
      [against, before?.says ?? 'not asked'],
      [version, after.says],
      ['What helps', remedy || undefined],
      ['Known', known && citation(known.url, known.id)],
      ['Where', where(change, report)],
    ])}
  </article>`;
}

function where({ cells, verdicts }: QualifiedChange, report: string | undefined): Markup[] {
  return cells.map((cell) => {
    const verdict = verdicts.find((each) => each.cell === cell);
    if (report === undefined || verdict === undefined) return html`<span class="mono">${cell}</span> `;
    const { suite, question } = verdict;
    const address = writeAddress({ cell: escapeText(cell), suite: escapeText(suite), question: escapeText(question) });
    return html`<a class="mono" href="${report}${address}">${cell}</a> `;
  });
}

function also({ alsoWeakens, version }: Qualification): Markup | undefined {
  if (alsoWeakens.length === 0) return undefined;
  return html`<section aria-labelledby="also">
    <h2 id="also">No news, and weakens isolation with ${version}</h2>
    <ul>
      ${alsoWeakens.map((headline) => html`<li>${headline}</li>`)}
    </ul>
  </section>`;
}
