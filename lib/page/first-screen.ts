import type { Document, KnownIssueText, Verdict } from '../model/document.ts';
import type { Baseline, Change, ChangeKind } from '../model/baseline.ts';
import { changeCounts, changesOf } from '../report/compare.ts';
import { changeTitles } from '../report/changes.ts';
import { cellsOf, type Finding, findings, isContrast, securityFindings, sentence, worstFindings } from '../report/findings.ts';
import { layerText } from '../report/layers.ts';
import { remedyText } from '../report/verdicts.ts';
import { badge, drawerLink } from './parts.ts';
import { html, type Markup } from './template.ts';

/** What a reader wants first: what changed, or, without a baseline, what is worst. */
export function firstScreen(document: Document): Markup {
  return document.baseline === null ? worst(document) : changes(document, document.baseline);
}

/** Everything that weakens isolation, known or not. */
export function security(document: Document): Markup {
  const list = securityFindings(document);
  return html`<section id="security" aria-labelledby="security-title" tabindex="-1">
    <h2 id="security-title">Security findings</h2>
    ${list.length === 0 ? html`<p class="quiet">No verdict of this run is marked as weakening isolation.</p>` : findingList(document, list)}
  </section>`;
}

function worst(document: Document): Markup {
  const list = worstFindings(document);
  if (list.length > 0)
    return html`<section aria-labelledby="worst-title">
      <h2 id="worst-title">Worst findings</h2>
      ${findingList(document, list)}
    </section>`;
  const known = findings(
    document,
    document.verdicts.filter((verdict) => verdict.verdict === 'known'),
  );
  return html`<section aria-labelledby="worst-title">
    <h2 id="worst-title">Known deviations</h2>
    <p class="quiet">Nothing deviates beyond what known issues say.</p>
    ${findingList(document, known, { shown: 3 })}
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

function changeGroup(document: Document, kind: ChangeKind): Markup | undefined {
  const list = changesOf(document, kind);
  if (list.length === 0) return undefined;
  const before = new Map(list.map(({ change, verdict }) => [verdict, change.before]));
  return html`<h3>${changeTitles[kind]}</h3>
    ${findingList(
      document,
      findings(
        document,
        list.map(({ verdict }) => verdict),
      ),
      { before: (verdict) => before.get(verdict) },
    )}`;
}

function nameList(title: string, names: readonly string[]): Markup | undefined {
  if (names.length === 0) return undefined;
  return html`<h3>${title}</h3>
    <ul class="names">
      ${names.slice(0, 50).map((name) => html`<li class="mono">${name}</li>`)}
    </ul>
    ${names.length > 50 ? html`<p class="quiet">and ${names.length - 50} more</p>` : undefined}`;
}

function findingList(
  document: Document,
  list: readonly Finding[],
  options: { before?: (verdict: Verdict) => Change['before']; shown?: number } = {},
): Markup {
  const { before, shown = 12 } = options;
  const item = (finding: Finding): Markup => findingItem(document, finding, before);
  const rest = list.slice(shown, 500);
  return html`<ul class="findings">
      ${list.slice(0, shown).map(item)}
    </ul>
    ${
      rest.length === 0
        ? undefined
        : html`<details>
            <summary>${list.length - shown} more</summary>
            <ul class="findings">
              ${rest.map(item)}
            </ul>
          </details>`
    }`;
}

function findingItem(document: Document, finding: Finding, before?: (verdict: Verdict) => Change['before']): Markup {
  const first = finding.verdicts[0];
  const was = first && before?.(first);
  const cells = cellsOf(finding);
  const issue = document.known.find((known) => known.id === finding.known);
  const isCell = finding.rule === 'CELL';
  return html`<li>
    <div class="lead">${badge(finding.verdict)}${finding.harm && html`<span class="tag">${finding.harm}</span>`}</div>
    <div class="what">
      <p class="sentence">
        ${isCell ? 'The cell never came up' : finding.asks || finding.rule}
        ${isCell ? undefined : html`<span class="mono quiet">${finding.rule}</span>`}
      </p>
      ${contrast(finding)}
      ${
        issue === undefined
          ? undefined
          : html`<p class="detail">Known: ${issue.title} <span class="quiet">(${issue.range})</span></p>
              ${consequences(issue)}`
      }
      ${was === undefined ? undefined : html`<p class="before"><span>Before</span><span>${badge(was.verdict)} ${was.observed}</span></p>`}
      <p class="where">
        ${cells.slice(0, 4).map((id) => {
          const verdict = finding.verdicts.find((candidate) => candidate.cell === id);
          return verdict === undefined ? undefined : drawerLink(verdict, id);
        })}${cells.length > 4 ? html` <span class="quiet">and ${cells.length - 4} more</span>` : undefined}
      </p>
    </div>
  </li>`;
}

/** What an issue means to its user, and what ends it at which cost. */
function consequences({ impact, remedy }: KnownIssueText): Markup {
  return html`<p class="detail">${impact}</p>
    <p class="detail">Remedy: ${remedyText(remedy)}</p>`;
}

/** Expected and observed under one another, or the sentence where there is nothing to hold against each other. */
function contrast(finding: Finding): Markup {
  if (!isContrast(finding)) return html`<p class="detail">${sentence(finding)}</p>`;
  const layer =
    finding.layer === undefined
      ? undefined
      : html`<div>
          <dt>Changed at</dt>
          <dd>${layerText(finding.layer)}</dd>
        </div>`;
  return html`<dl class="pair">
    <div>
      <dt>Expected</dt>
      <dd>${finding.expected}</dd>
    </div>
    <div>
      <dt>Observed</dt>
      <dd>${finding.observed}</dd>
    </div>
    ${layer}
  </dl>`;
}
