import type { Document } from '../model/document.ts';
import { html, type Markup } from './template.ts';
import { groupBy } from '../util/group-by.ts';

/** Planned combinations that were left out, by reason: an absent column is never silent. */
export function excluded({ excluded: entries }: Document): Markup {
  return html`<section id="excluded" aria-labelledby="excluded-title" tabindex="-1">
    <h2 id="excluded-title">Left out of the plan</h2>
    ${entries.length === 0 ? html`<p class="quiet">Every combination of the profile was planned.</p>` : undefined}
    ${[...groupBy(entries, (entry) => entry.why)].map(
      ([why, rows]) =>
        html`<details ${rows.length <= 6 ? html`open` : undefined}>
          <summary>${why} <span class="quiet">(${rows.length})</span></summary>
          <ul class="names">
            ${rows.slice(0, 200).map((row) => html`<li class="mono">${row.cell}</li>`)}
          </ul>
          ${rows.length > 200 ? html`<p class="quiet">and ${rows.length - 200} more, see report.json</p>` : undefined}
        </details>`,
    )}
  </section>`;
}
