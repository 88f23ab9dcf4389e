import type { Document } from '../model/document.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { canonical } from '../report/canonical.ts';
import { dataBlocks } from './blocks.ts';
import { bundle } from './bundle.ts';
import { embeddedEvidence, leaseBlock } from './evidence.ts';
import { excluded } from './excluded.ts';
import { firstScreen } from './first-screen.ts';
import { explained } from './legend.ts';
import { counts, runDetails, runHead, topBar } from './head.ts';
import { offlinePage } from './offline-page.ts';
import { html, type Markup } from './template.ts';
import { timeline } from './timeline.ts';

export { evidenceBudget, podsByVerdict } from './evidence.ts';

export interface PageOptions {
  /** Observations by `evidenceKey`. */
  evidence?: ReadonlyMap<string, Observation>;
  leases?: readonly LeaseRecord[];
  /** How many pods were observed, where `evidence` has only some of them. */
  pods?: number;
}

/** The report as one offline file. */
export function renderHtml(
  document: Document,
  { evidence = new Map(), leases = [], pods = evidence.size }: PageOptions = {},
): string {
  const ordered = canonical(document);
  const { blocks, cells, kept, of } = embeddedEvidence(ordered, evidence, { of: pods });
  const body = html`<a class="skip" href="#matrix" data-section>Skip to the matrix</a>
    ${topBar(ordered)}
    <main>
      ${runHead(ordered)} ${firstScreen(ordered)} ${matrixFrame(ordered)} ${runDetails(ordered)} ${timeline(ordered)}
      ${excluded(ordered)}
    </main>
    <aside id="drawer" role="dialog" aria-labelledby="drawer-title" tabindex="-1" hidden></aside>
    ${dataBlocks(ordered, { embedded: cells, kept, of })}${blocks}${leaseBlock(leases)}`;
  const title = `${ordered.run.profile}, ${ordered.run.id}`;
  return offlinePage({ title, style: bundle('styles/report.css'), script: bundle('client/report.ts'), body });
}

function matrixFrame(document: Document): Markup {
  return html`<section id="matrix" aria-labelledby="matrix-title" tabindex="-1">
    <h2 id="matrix-title">Matrix</h2>
    <noscript
      ><p class="warning">
        The matrix is built by the script of this page, which is switched off. report.md and report.json have the same verdicts.
      </p></noscript
    >
    ${counts(document)}
    <form class="filter" role="search">
      <label for="only">Filter</label>
      <input
        id="only"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder="runtime=kata verdict=fail,known question=OWN-* permission denied"
        aria-describedby="filter-help filter-state"
      />
      <label class="switch" ${explained('cell')}><input id="every-cell" type="checkbox" /> Every cell</label>
      <output id="filter-state" aria-live="polite"></output>
    </form>
    <p id="filter-help" class="quiet hint">
      Keys: host, engine, runtime, cell, suite, question, scenario, answer, harm, verdict. <span class="mono">*</span> matches
      anything, commas are alternatives, <span class="mono">engine=containerd&gt;=1.7</span> compares versions; other words are
      searched in texts. Equal neighbouring versions share a column. Arrow keys move through the matrix, Enter opens the evidence,
      Escape closes it.
    </p>
    <div id="grid" class="grid"></div>
  </section>`;
}
