import { asItIs, isWhole, works } from '../model/trial-answer.ts';
import { helpsOf, type Help } from '../model/trial-help.ts';
import type { Trial } from '../model/trial.ts';
import { ownLabel } from '../report/own-name.ts';
import { reasonsOf, reasonsTitle } from '../report/trial-reasons.ts';
import { askedText, kubeletsOf } from '../report/trial-kubelet.ts';
import { bundle } from './bundle.ts';
import { offlinePage } from './offline-page.ts';
import { html, type Markup } from './template.ts';
import { fixDetails, processDetails } from './trial-details.ts';
import { answerTable, deviceTable } from './trial-tables.ts';

/** Trials of the pods of one manifest, as one offline file. */
export function renderTrials(trials: readonly Trial[]): string {
  const names = trials.map(({ manifest }) => `${manifest.kind} ${manifest.name}`);
  const accelerators = new Set(trials.flatMap(({ cells }) => cells.flatMap(({ host }) => host?.accelerator ?? [])));
  const body = html`<header class="top">
      <span class="brand">podproof</span><span class="mono run-id">try ${trials[0]?.manifest.file}</span>
      <span class="accelerators"
        >${[...accelerators].map((name) => html`<span class="accelerator a-${name}">${name === 'tcg' ? 'emulated' : name}</span>`)}</span
      >
    </header>
    <main>${contents(trials)}${trials.map(trialSection)}</main>`;
  return offlinePage({ title: `try ${names.join(', ')}`, style: bundle('styles/trial.css'), body });
}

function trialSection(trial: Trial, nth: number): Markup {
  const { manifest, cells } = trial;
  const id = `trial-${nth}`;
  const names = (of: 'engine' | 'runtime'): string => [...new Set(cells.map((cell) => ownLabel(cell[of])))].join(', ');
  return html`<article class="trial">
    <section class="head" aria-labelledby="${id}">
      <p class="quiet">${[...kubeletsOf(trial), names('engine'), names('runtime')].join(' · ')}</p>
      <h1 id="${id}">${manifest.kind} ${manifest.name}: ${headline(trial)}</h1>
    </section>
    ${found(trial)} ${answerTable(trial, id)} ${deviceTable(trial)} ${processDetails(trial)} ${asked(trial)}
    ${fixDetails(trial, id)} ${leftOut(trial)}
  </article>`;
}

/** How a kubelet asked for the pod, beside podproof's own requests. */
function asked(trial: Trial): Markup | undefined {
  const [title, ...fields] = askedText(trial);
  if (title === undefined) return undefined;
  return html`<section>
    <p>${title}</p>
    ${fields.length === 0 ? undefined : html`<pre>${fields.map((field) => field.trim()).join('\n')}</pre>`}
  </section>`;
}

/** Each pod with what came out, where there are several. */
function contents(trials: readonly Trial[]): Markup | undefined {
  if (trials.length < 2) return undefined;
  return html`<nav class="trials" aria-label="Pods">
    <ul>
      ${trials.map(
        (trial, nth) =>
          html`<li>
            <a href="#trial-${nth}">${trial.manifest.kind} ${trial.manifest.name}</a>
            <span class="quiet">${headline(trial)}</span>
          </li>`,
      )}
    </ul>
  </nav>`;
}

/** What came out, in one line. */
function headline(trial: Trial): string {
  const bare = asItIs(trial);
  const failing = bare.filter((attempt) => !works(attempt)).length;
  if (bare.length === 0) return 'nothing could be tried';
  if (failing === 0)
    return bare.every(isWhole)
      ? 'it can use all its devices as it is'
      : 'it opens its devices as it is, without a capability that it adds';
  const where = failing === bare.length ? '' : ` in ${failing} of ${bare.length} cells`;
  return `it cannot use its devices${where}`;
}

/** Why it fails, and what to change. */
function found(trial: Trial): Markup | undefined {
  const reasons = reasonsOf(trial);
  if (reasons.length === 0) return undefined;
  const bare = asItIs(trial);
  const helps = helpsOf(trial);
  return html`<section class="found" aria-label="What was found">
    <ul class="causes">
      <li class="cause v-${bare.every(works) ? 'known' : 'fail'}">
        <h2>${reasonsTitle(trial)}</h2>
        ${reasons.map(({ says, where }) => html`<p>${where.length === 0 ? undefined : html`<b>${where.join(', ')}</b> `}${says}</p>`)}
      </li>
      ${helps.map(helpCard)}
      ${helps.length === 0 ? html`<li class="cause v-known"><h2>Nothing that was tried helps</h2></li>` : undefined}
    </ul>
  </section>`;
}

function helpCard({ aim, fix, cells, of, elsewhere }: Help): Markup {
  return html`<li class="cause v-pass">
    <h2>${aim}: ${fix.title}${fix.by === 'node' ? ' (on the node)' : ''}</h2>
    ${cells === of ? undefined : html`<p>Helps in ${cells} of ${of} cells; ${elsewhere}.</p>`}
    <p><b>Costs</b> ${fix.costs}</p>
    ${fix.since === undefined ? undefined : html`<p><b>Since</b> ${fix.since}</p>`}
    <p><b>Patch</b> <span class="mono">${fix.file}</span></p>
    <pre>${fix.text}</pre>
  </li>`;
}

function leftOut({ notLookedAt, cells }: Trial): Markup | undefined {
  const blocked = cells.filter((cell) => cell.blocked !== undefined);
  if (notLookedAt.length + blocked.length === 0) return undefined;
  return html`<section>
    <h2>Not looked at</h2>
    <ul>
      ${blocked.map(({ id, blocked: reason }) => html`<li><span class="mono">${id}</span>: ${reason}</li>`)}
      ${notLookedAt.map(({ path, why: reason }) => html`<li><span class="mono">${path}</span>: ${reason}</li>`)}
    </ul>
  </section>`;
}
