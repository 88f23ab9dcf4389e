import { type Document } from '../model/document.ts';
import { colourOf, exitMeaning, meaning, verdictNames } from '../model/verdict.ts';
import { headline } from '../report/causes.ts';
import { testedText } from '../report/tested-text.ts';
import { duration } from './duration.ts';
import { explained, legend } from './legend.ts';
import { facts, glyph, headings, shareBar } from './parts.ts';
import { html, type Markup } from './template.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';

/** The bar that stays: which run this is, and what executed it. */
export function topBar({ run, hosts }: Document): Markup {
  return html`<header class="top">
    <span class="brand">podproof</span>
    <span class="mono run-id">${run.id}</span>
    <nav aria-label="Sections">
      <a href="#findings" data-section>Findings</a>
      <a href="#matrix" data-section>Matrix</a>
      <a href="#run" data-section>This run</a>
      <a href="#timeline" data-section>Timeline</a>
      <a href="#excluded" data-section>Left out</a>
    </nav>
    <span class="accelerators" aria-label="Accelerator of each host">
      ${[...groupBy(hosts, (host) => host.accelerator)].map(([accelerator, list]) => html`<span class="accelerator a-${acceleratorClass(accelerator)}">${hostNames(list.map(({ id }) => id))}: ${acceleratorText(accelerator)}</span>`)}
    </span>
  </header>`;
}

/** What was tested, and what was found in one line. */
export function runHead(document: Document): Markup {
  return html`<section class="head" aria-labelledby="title">
    <p class="quiet">${testedText(document)}</p>
    <h1 id="title">${headline(document)}</h1>
    ${document.run.complete ? undefined : html`<p class="warning">This run was interrupted. What follows is not all that was planned.</p>`}
  </section>`;
}

/** What was run, when, where, and how it ended. */
export function runDetails(document: Document): Markup {
  const { run } = document;
  const entries: Array<[string, string | undefined]> = [
    ['Run', run.id],
    ['Profile', run.profile],
    ['Cells', cellsText(document)],
    ['Started', `${run.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`],
    ['Took', duration(Date.parse(run.ended) - Date.parse(run.started))],
    ['Shard', run.shard && `${run.shard.index} of ${run.shard.count}`],
    ['podproof', run.podproof],
    ['Exit', `${run.exit}: ${exitMeaning(run.exit)}`],
  ];
  return html`<section id="run" aria-labelledby="run-title" tabindex="-1">
    <h2 id="run-title">This run</h2>
    ${facts(entries, explained)} ${hostTable(document)} ${legend()}
  </section>`;
}

/** How many of each verdict, each a filter of the matrix. */
export function counts(document: Document): Markup {
  const some = verdictNames.filter((name) => document.counts[name] > 0).reverse();
  const total = some.reduce((sum, name) => sum + document.counts[name], 0);
  return html`<div class="counts">
    ${shareBar(
      'verdict',
      total,
      some.map((name) => [`v-${name}`, document.counts[name]]),
    )}
    <ul>
      ${some.map(
        (name) =>
          html`<li>
            <a
              class="count v-${name} c-${colourOf(name)}"
              data-only="verdict=${name}"
              href="#only=verdict%3D${name}"
              title="${meaning[name]}"
              >${glyph(name)}<b>${document.counts[name]}</b> ${name}</a
            >
          </li>`,
      )}
    </ul>
  </div>`;
}

function hostTable({ hosts }: Document): Markup {
  const summary = `${count(hosts.length, 'host')}: ${hosts.map(({ id, facts }) => `${id}${facts === undefined ? '' : `, kernel ${facts.kernel}`}`).join('; ')}`;
  return html`<details class="hosts">
    <summary>${summary}</summary>
    <table class="plain">
      <caption class="sr">
        Hosts
      </caption>
      ${headings(['Host', 'Kind', 'Accelerator', 'Kernel', 'System', '/dev/kvm', 'cgroup'])}
      <tbody>
        ${hosts.map(
          ({ id, kind, accelerator, facts }) =>
            html`<tr>
              <th scope="row" class="mono">${id}</th>
              <td>${kind}</td>
              <td>
                <span class="accelerator a-${acceleratorClass(accelerator)}">${acceleratorText(accelerator)}</span>
                <span class="quiet">${facts?.acceleratorReason}</span>
                ${
                  facts?.acceleratorDetail === undefined
                    ? undefined
                    : html`<details>
                        <summary>What was said</summary>
                        <pre>${facts.acceleratorDetail}</pre>
                      </details>`
                }
                <span class="quiet"
                  >${facts?.qemu === undefined ? undefined : `QEMU ${facts.qemu}${facts.qemuOrigin === undefined ? '' : `, ${facts.qemuOrigin}`}`}</span
                >
              </td>
              <td class="mono">${facts?.kernel ?? 'unknown'}</td>
              <td>${facts?.os}</td>
              <td class="mono">
                ${facts === undefined ? undefined : facts.kvm.present ? `${facts.kvm.owner} ${facts.kvm.mode}` : 'absent'}
              </td>
              <td>${facts?.cgroup}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

function hostNames(ids: readonly string[]): string {
  return ids.length > 3 ? `${ids.length} hosts` : ids.join(', ');
}

function cellsText({ cells }: Document): string {
  const lost = cells.filter((cell) => colourOf(cell.verdict) === 'infrastructure').length;
  return lost === 0 ? String(cells.length) : `${cells.length}, ${lost} of them blocked, in error or missing`;
}

function acceleratorText(name: string): string {
  return name === 'tcg' ? 'tcg, fully emulated' : name === 'kvm' ? 'KVM' : name === 'none' ? 'none, bare metal or unknown' : name;
}

function acceleratorClass(name: string): string {
  return name === 'tcg' || name === 'kvm' ? name : 'none';
}
