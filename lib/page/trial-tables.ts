import { asItIs, attemptAnswer, hasSeveral, isWhole, isWider, notHeld, sightsOf, works } from '../model/trial-answer.ts';
import type { Attempt, Trial } from '../model/trial.ts';
import type { VerdictName } from '../model/verdict.ts';
import { ownLabel } from '../report/own-name.ts';
import { moreText } from '../report/trial-reach.ts';
import { modeText } from '../report/trial-text.ts';
import { glyph, headings } from './parts.ts';
import { html, type Markup } from './template.ts';

export function deviceTable(trial: Trial): Markup | undefined {
  const all = trial.devices;
  if (all.length === 0) return undefined;
  const several = hasSeveral(trial);
  const containers = asItIs(trial).find(({ outcome }) => outcome === 'ran')?.containers ?? [];
  return html`<section>
    <h2>Devices</h2>
    <table class="plain devices">
      ${headings(['In the container', 'On the node', 'Asked for by', ...(several ? ['Container'] : [])])}
      <tbody>
        ${all.map((device) => {
          const { path, container, from, description, assumed } = device;
          const seen = sightsOf(device, containers);
          return html`<tr>
            <th scope="row" class="mono">${seen.length === 0 ? path : seen.map((sight) => html`${sight.path}<br />`)}</th>
            <td class="mono">
              ${seen.some(({ host }) => host !== undefined) ? seen.map(({ host }) => html`${host === undefined ? '' : `${modeText(host)} ${host.owner}`}<br />`) : (description ?? 'a spare device')}${assumed ? html` <span class="quiet">assumed</span>` : undefined}
            </td>
            <td>${from}</td>
            ${several ? html`<td>${container}</td>` : undefined}
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

/** A row for the pod as it is and for each fix, a column for each cell. */
export function answerTable(trial: Trial, id: string): Markup {
  const cells = trial.cells.filter(({ blocked }) => blocked === undefined);
  const of = (cell: string, fix: string | undefined): Attempt | undefined =>
    trial.attempts.find((attempt) => attempt.cell === cell && attempt.fix === fix);
  const row = (title: string | Markup, fix: string | undefined): Markup =>
    html`<tr>
      <th scope="row">${title}</th>
      ${cells.map(
        ({ id: cell, engine, runtime }) =>
          html`<td data-cell="${ownLabel(engine)} ${runtime}">
            ${answer(of(cell, fix), fix === undefined ? undefined : of(cell, undefined))}
          </td>`,
      )}
    </tr>`;
  return html`<section>
    <h2>What opens</h2>
    <table class="plain answers">
      ${headings(['Pod', ...cells.map(({ engine, runtime, kubelet }) => html`${ownLabel(engine)}<br />${runtime}${kubelet && html`<br />${kubelet}`}`)])}
      <tbody>
        ${row('as it is', undefined)}
        ${trial.fixes.map((fix) =>
          row(
            html`<a href="#${id}-${fix.id}">${fix.title}</a
              >${fix.by === 'node' ? html` <span class="quiet">(on the node)</span>` : undefined}`,
            fix.id,
          ),
        )}
      </tbody>
    </table>
  </section>`;
}

function answer(attempt: Attempt | undefined, before: Attempt | undefined): Markup {
  if (attempt === undefined) return html`<span class="quiet">not tried</span>`;
  const verdict = verdictOf(attempt);
  const more = before === undefined ? '' : moreText(before, attempt);
  const missing = notHeld(attempt).join(', ');
  return html`<span class="verdict v-${verdict}">${glyph(verdict)}${attemptAnswer(attempt)}</span
    >${missing === '' ? undefined : html`<br /><span class="quiet">without ${missing}</span>`}${more === '' ? undefined : html`<br /><span class="quiet">and then reaches ${more}</span>`}`;
}

/** Shape and colour of an answer: `known` where devices open, to everybody or without a capability that the pod adds. */
function verdictOf(attempt: Attempt): VerdictName {
  if (!works(attempt)) return attempt.outcome === 'error' ? 'error' : 'fail';
  const wide = attempt.containers.some(({ devices: sights }) => sights.some(isWider));
  return wide || !isWhole(attempt) ? 'known' : 'pass';
}
