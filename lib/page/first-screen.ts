import type { Document, Verdict } from '../model/document.ts';
import { blockages, waitingText } from '../report/blocked.ts';
import { type Cause, extent, type Section, sections, sentence } from '../report/causes.ts';
import { remedyText } from '../report/verdicts.ts';
import { comparison } from './comparison.ts';
import { drawerLink, limited, onlyLink } from './parts.ts';
import { citation, html, type Markup } from './template.ts';

/** What a reader wants first: what weakens isolation, what broke, what could not run, and what changed. */
export function firstScreen(document: Document): Markup {
  return html`<div id="findings" tabindex="-1">
    ${sections(document).map(cards)}${blocked(document)}${document.baseline === null ? undefined : comparison(document, document.baseline)}
  </div>`;
}

function cards({ title, causes }: Section, nth: number): Markup {
  return html`<section class="found" aria-labelledby="found-${nth}">
    <h2 id="found-${nth}">${title} <span class="quiet">${causes.length}</span></h2>
    ${limited('causes', causes.map(card))}
  </section>`;
}

function card(cause: Cause): Markup {
  const { issue, verdict, verdicts, questions, cells, layer } = cause;
  const isExplained = issue !== undefined && verdict !== 'fixed';
  const only = `question=${questions.join(',')} verdict=${verdict}`;
  return html`<li class="cause v-${verdict === 'pass' ? 'known' : verdict}">
    <h3>${cause.headline}</h3>
    ${isExplained ? html`<p>${issue.impact}</p>` : verdict === 'pass' ? undefined : html`<p class="said">${sentence(cause)}</p>`}
    ${isExplained ? html`<p><b>Remedy</b> ${remedyText(issue.remedy)}</p>` : undefined}
    <p class="where">
      ${onlyLink(only, extent(cause))}
      ${cells.slice(0, 2).map((id) => evidenceLink(verdicts, id))}${cells.length > 2 ? html`<span class="quiet">and ${cells.length - 2} more</span>` : undefined}
      ${issue === undefined ? undefined : html`<span>${citation(issue.url, 'upstream')}</span>`}
      ${!isExplained || layer === undefined ? undefined : html`<span class="quiet">changed at the ${layer}</span>`}
    </p>
  </li>`;
}

function evidenceLink(verdicts: readonly Verdict[], cell: string): Markup | undefined {
  const verdict = verdicts.find((each) => each.cell === cell);
  return verdict && drawerLink(verdict, cell);
}

/** Each reason once, with all that wait for it. */
function blocked(document: Document): Markup | undefined {
  const all = blockages(document);
  if (all.length === 0) return undefined;
  return html`<section aria-labelledby="blocked-title">
    <h2 id="blocked-title">Could not run</h2>
    ${limited(
      'causes',
      all.map(
        ({ reason, remedy, ...waiting }) =>
          html`<li class="cause v-blocked">
            <h3>${waitingText(waiting)}</h3>
            <p class="said">${reason}</p>
            ${remedy === undefined ? undefined : html`<p><b>Remedy</b> ${remedy}</p>`}
            <p class="where">
              ${waiting.cells.slice(0, 4).map((cell) => drawerLink({ cell, suite: 'cell', question: 'CELL' }, cell))}
            </p>
          </li>`,
      ),
    )}
  </section>`;
}
