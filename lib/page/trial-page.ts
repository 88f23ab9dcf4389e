import { firstHelp, attemptAnswer, isWider, works } from '../model/trial-answer.ts';
import type { Attempt, ContainerSight, Trial } from '../model/trial.ts';
import { moreText } from '../report/trial-reach.ts';
import { modeText } from '../report/trial-text.ts';
import { bundle } from './bundle.ts';
import { offlinePage } from './offline-page.ts';
import { html, type Markup } from './template.ts';

/** Trials of the pods of one manifest, as one offline file. */
export function renderTrials(trials: readonly Trial[]): string {
  const names = trials.map(({ manifest }) => `${manifest.kind} ${manifest.name}`);
  const body = html`<header class="top">
      <span class="brand">podproof</span><span class="mono run-id">try ${trials[0]?.manifest.file}</span>
    </header>
    <main>${trials.map(trialSection)}</main>`;
  return offlinePage({ title: `try ${names.join(', ')}`, style: bundle('styles/report.css'), body });
}

function trialSection(trial: Trial, nth: number): Markup {
  const { manifest, cells } = trial;
  const id = `trial-${nth}`;
  return html`<section class="head" aria-labelledby="${id}">
      <p class="quiet">
        ${[...new Set(cells.map(({ engine }) => engine))].join(', ')} ·
        ${[...new Set(cells.map(({ runtime }) => runtime))].join(', ')}
      </p>
      <h1 id="${id}">${manifest.kind} ${manifest.name}: ${headline(trial)}</h1>
    </section>
    ${devices(trial)} ${answers(trial)} ${why(trial)} ${fixes(trial)} ${leftOut(trial)}`;
}

/** What came out, in one line. */
function headline(trial: Trial): string {
  const asItIs = trial.attempts.filter(({ fix }) => fix === undefined);
  const failing = asItIs.filter((attempt) => !works(attempt)).length;
  if (asItIs.length === 0) return 'nothing could be tried';
  if (failing === 0) return 'it can use all its devices as it is';
  const help = firstHelp(trial);
  const where = failing === asItIs.length ? '' : ` in ${failing} of ${asItIs.length} cells`;
  return `it cannot use its devices${where}; ${help === undefined ? 'nothing that was tried helps' : `${help.fix.title} helps`}`;
}

function devices({ devices: all, attempts }: Trial): Markup | undefined {
  if (all.length === 0) return undefined;
  const containers = attempts.find(({ fix, outcome }) => fix === undefined && outcome === 'ran')?.containers ?? [];
  return html`<section>
    <h2>Devices</h2>
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">In the container</th>
          <th scope="col">On the node</th>
          <th scope="col">Asked for by</th>
          <th scope="col">Container</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(({ path, container, from, description, assumed }) => {
          const host = containers.find(({ name }) => name === container)?.devices.find((device) => device.path === path)?.host;
          return html`<tr>
            <th scope="row" class="mono">${path}</th>
            <td class="mono">
              ${host === undefined ? (description ?? 'a spare device') : `${modeText(host)} ${host.owner}`}${assumed ? html` <span class="quiet">assumed</span>` : undefined}
            </td>
            <td>${from}</td>
            <td>${container}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

/** A row for the pod as it is and for each fix, a column for each cell. */
function answers(trial: Trial): Markup {
  const cells = trial.cells.filter(({ blocked }) => blocked === undefined);
  const of = (cell: string, fix: string | undefined): Attempt | undefined =>
    trial.attempts.find((attempt) => attempt.cell === cell && attempt.fix === fix);
  const row = (title: Content, fix: string | undefined): Markup =>
    html`<tr>
      <th scope="row">${title}</th>
      ${cells.map(({ id }) => html`<td>${answer(of(id, fix), fix === undefined ? undefined : of(id, undefined))}</td>`)}
    </tr>`;
  return html`<section>
    <h2>What opens</h2>
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Pod</th>
          ${cells.map(({ engine, runtime }) => html`<th scope="col">${engine}<br />${runtime}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${row('as it is', undefined)}
        ${trial.fixes.map((fix) => row(html`${fix.title}${fix.by === 'node' ? html` <span class="quiet">on the node</span>` : undefined}`, fix.id))}
      </tbody>
    </table>
  </section>`;
}

type Content = string | Markup;

function answer(attempt: Attempt | undefined, before: Attempt | undefined): Markup {
  if (attempt === undefined) return html`<span class="quiet">not tried</span>`;
  const wide = attempt.containers.some(({ devices: sights }) => sights.some(isWider));
  const verdict = works(attempt) ? (wide ? 'known' : 'pass') : attempt.outcome === 'error' ? 'error' : 'fail';
  const more = before === undefined ? '' : moreText(before, attempt);
  return html`<span class="verdict v-${verdict}"
      ><svg class="glyph" aria-hidden="true"><use href="#glyph-${verdict}" /></svg>${attemptAnswer(attempt)}</span
    >${more === '' ? undefined : html`<br /><span class="quiet">and then reaches ${more}</span>`}`;
}

/** For each cell, who each process is and what it found, with the way of the owner and the mode. */
function why({ attempts, cells }: Trial): Markup {
  const asItIs = attempts.filter(({ fix }) => fix === undefined);
  return html`<section>
    <h2>As it is</h2>
    ${asItIs.map(({ cell, containers, reason }) => {
      const own = cells.find(({ id }) => id === cell);
      return html`<details>
        <summary>${own?.engine} with ${own?.runtime}</summary>
        ${reason === undefined ? undefined : html`<pre>${reason}</pre>`} ${containers.map(containerPart)}
      </details>`;
    })}
  </section>`;
}

function containerPart({ name, id, seccomp, noNewPrivileges, reach, devices: sights }: ContainerSight): Markup {
  return html`<h3>Container ${name}</h3>
    <p>
      <span class="mono">${id}</span>; capabilities: ${reach.capabilities.join(', ') || 'none'}; seccomp
      ${seccomp ? 'filter' : 'off'}; no_new_privs ${noNewPrivileges ? 'on' : 'off'}; ${reach.nodes} device nodes; disks of the
      host: ${reach.disks.join(', ') || 'none'}${reach.madeDisk ? ', any by mknod' : ''}
    </p>
    ${sights.map(
      ({ path, says, layers }) =>
        html`<table class="lines plain">
          <caption>
            ${path}: ${says}
          </caption>
          <tbody>
            ${layers.map(
              ({ layer, value, changed }) =>
                html`<tr class="${changed ? 'failed' : ''}">
                  <th scope="row">${layer}</th>
                  <td class="mono">${value}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
    )}`;
}

function fixes({ fixes: all }: Trial): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section>
    <h2>Fixes, smallest first</h2>
    ${all.map(
      ({ title, by, since, costs, file, text }) =>
        html`<details>
          <summary>${title}${by === 'node' ? ' (on the node)' : ''}</summary>
          <p>Costs: ${costs}.${since === undefined ? '' : ` Since: ${since}.`} <span class="mono">${file}</span></p>
          <pre>${text}</pre>
        </details>`,
    )}
  </section>`;
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
