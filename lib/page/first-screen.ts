import type { Document, Verdict } from '../model/document.ts';
import type { Baseline, Change, ChangeKind } from '../model/baseline.ts';
import { blockages, waitingText } from '../report/blocked.ts';
import { type Cause, causesOf, extent, type Section, sections, sentence } from '../report/causes.ts';
import { changeCounts, changesOf } from '../report/compare.ts';
import { changeTitles } from '../report/changes.ts';
import { remedyText } from '../report/verdicts.ts';
import { badge, cellLink, drawerLink, onlyLink } from './parts.ts';
import { citation, html, type Markup } from './template.ts';

/** Cards of one heading that are open. */
const most = 12;

/** What a reader wants first: what weakens isolation, what broke, what could not run, and what changed. */
export function firstScreen(document: Document): Markup {
  return html`<div id="findings" tabindex="-1">
    ${sections(document).map(cards)}${blocked(document)}${document.baseline === null ? undefined : changes(document, document.baseline)}
  </div>`;
}

function cards({ title, causes }: Section, nth: number): Markup {
  return html`<section class="found" aria-labelledby="found-${nth}">
    <h2 id="found-${nth}">${title} <span class="quiet">${causes.length}</span></h2>
    ${limited('causes', causes.map(card))}
  </section>`;
}

/** A list of which what is too much is folded. */
function limited(name: string, items: readonly Markup[]): Markup {
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

function card(cause: Cause): Markup {
  const { issue, verdict, verdicts, rules, cells, layer } = cause;
  const told = issue !== undefined && verdict !== 'fixed';
  const only = `rule=${rules.join(',')} verdict=${verdict}`;
  return html`<li class="cause v-${verdict}">
    <h3>${cause.headline}</h3>
    ${told ? html`<p>${issue.impact}</p>` : verdict === 'pass' ? undefined : html`<p class="said">${sentence(cause)}</p>`}
    ${told ? html`<p><b>Remedy</b> ${remedyText(issue.remedy)}</p>` : undefined}
    <p class="where">
      ${onlyLink(only, extent(cause))}
      ${cells.slice(0, 2).map((id) => evidenceLink(verdicts, id))}${cells.length > 2 ? html`<span class="quiet">and ${cells.length - 2} more</span>` : undefined}
      ${issue === undefined ? undefined : html`<span>${citation(issue.url, 'upstream')}</span>`}
      ${!told || layer === undefined ? undefined : html`<span class="quiet">changed at the ${layer}</span>`}
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
            <p class="where">${waiting.cells.slice(0, 4).map(cellLink)}</p>
          </li>`,
      ),
    )}
  </section>`;
}

/** Changes that are told one by one; the others are only counted. */
const told: readonly ChangeKind[] = ['new-failure', 'newly-blocked', 'changed-evidence', 'new-known', 'fixed', 'unblocked'];

function changes(document: Document, baseline: Baseline): Markup {
  const gone = baseline.changes.filter(({ kind }) => kind === 'disappeared');
  const counts = changeCounts(baseline);
  const quiet = counts.every(([kind]) => kind.startsWith('still-')) && baseline.newCells.length + baseline.goneCells.length === 0;
  return html`<section aria-labelledby="changes-title">
    <h2 id="changes-title">Since <span class="mono">${baseline.run}</span></h2>
    <ul class="changes">
      ${counts.map(([kind, count]) => html`<li class="k-${kind}"><b>${count}</b> ${changeTitles[kind].toLowerCase()}</li>`)}
      <li><b>${baseline.newCells.length}</b> new cells</li>
      <li><b>${baseline.goneCells.length}</b> cells gone</li>
    </ul>
    ${quiet ? html`<p>Nothing changed.</p>` : undefined} ${told.map((kind) => changeGroup(document, kind))}
    ${nameList('New cells', baseline.newCells)} ${nameList('Cells that are gone', baseline.goneCells)}
    ${nameList(
      changeTitles.disappeared,
      gone.map(({ rule, scenario, cell }) => `${rule} ${scenario} in ${cell}`),
    )}
  </section>`;
}

/** By headline alone: the cards have the rest. */
function changeGroup(document: Document, kind: ChangeKind): Markup | undefined {
  const list = changesOf(document, kind);
  if (list.length === 0) return undefined;
  const before = new Map(list.map(({ change, verdict }) => [verdict, change.before]));
  const found = causesOf(
    document,
    list.map(({ verdict }) => verdict),
  );
  return html`<h3>${changeTitles[kind]}</h3>
    ${limited(
      'findings',
      found.map((cause) => changeItem(cause, before.get(cause.verdicts[0]))),
    )}`;
}

function changeItem(cause: Cause, was: Change['before']): Markup {
  const { cells, verdicts } = cause;
  return html`<li>
    <div class="lead">${badge(cause.verdict)}</div>
    <div class="what">
      <p class="sentence">${cause.headline}</p>
      ${was === undefined ? undefined : html`<p class="before"><span>Before</span><span>${badge(was.verdict)} ${was.observed}</span></p>`}
      <p class="where">
        ${cells.slice(0, 4).map((id) => evidenceLink(verdicts, id))}${cells.length > 4 ? html` <span class="quiet">and ${cells.length - 4} more</span>` : undefined}
      </p>
    </div>
  </li>`;
}

function nameList(title: string, names: readonly string[]): Markup | undefined {
  if (names.length === 0) return undefined;
  return html`<h3>${title}</h3>
    <ul class="names">
      ${names.slice(0, 50).map((name) => html`<li class="mono">${name}</li>`)}
    </ul>
    ${names.length > 50 ? html`<p class="quiet">and ${names.length - 50} more</p>` : undefined}`;
}
