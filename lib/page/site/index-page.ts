import { textBlock } from '../blocks.ts';
import { bundle } from '../bundle.ts';
import { headings } from '../parts.ts';
import { html, type Markup } from '../template.ts';
import { versionOrder } from '../../report/ranges.ts';
import { compatibility, isProof, urgentQuestions } from './compatibility.ts';
import { runPath, runtimeName, type Facts } from './facts.ts';
import { day, link, page, versions } from './parts.ts';

/** The first page: what a pod can touch, every question against every engine with every runtime, and what was run. */
export function indexPage(facts: Facts): string {
  const { questions, pairings, documents } = facts;
  const urgent = urgentQuestions(facts);
  const others = questions.filter((question) => !urgent.includes(question) && !isProof(question));
  const body = html` <h1>What can a pod really touch?</h1>
    <p class="lead">
      Each cell is what pods on real hosts showed with the newest version that was tested, and since which tested version. It
      leads to all versions, what helps and the evidence.
    </p>
    <form id="ask-form" class="ask" role="search" hidden>
      <label for="ask">Ask</label>
      <input id="ask" type="search" autocomplete="off" spellcheck="false" placeholder="paste an error, or ask" />
      <output id="found" aria-live="polite"></output>
    </form>
    <div id="answer"></div>
    ${compatibility('deviate', `Weakens isolation, or is not as documented (${urgent.length})`, urgent, facts)}
    ${compatibility('documented', `As documented (${others.length})`, others, facts, { folded: true })}
    <p><a href="proof.html">Proof that the right versions were tested and nothing was left behind</a></p>
    <section aria-labelledby="tested">
      <h2 id="tested">Tested versions</h2>
      <nav class="chips" aria-labelledby="tested">
        ${[...new Set(pairings.map(({ engine }) => engine))].map((name) => link('', 'engines', name, chip(name, facts)))}
        ${[...new Set(pairings.map(({ runtime }) => runtimeName(runtime)))].map((name) => link('', 'runtimes', name, chip(name, facts)))}
      </nav>
    </section>
    <section id="runs" aria-labelledby="runs-title">
      <h2 id="runs-title">The runs</h2>
      <details>
        <summary>Show the ${documents.length} runs</summary>
        <div class="scroll" tabindex="0" role="group" aria-labelledby="runs-title">
          <table>
            ${headings(['Run', 'Day', 'Profile', 'Hosts', 'Cells'])}
            <tbody>
              ${documents.map(
                ({ run, hosts, cells }) =>
                  html`<tr>
                    <th scope="row"><a class="mono" href="${runPath(run.id)}">${run.id}</a></th>
                    <td>${day(run.started)}</td>
                    <td>${run.profile}</td>
                    <td>
                      ${hosts.map((host) => html`<p>${host.id}, kernel ${host.facts?.kernel ?? 'unknown'}, accelerator ${host.accelerator}</p>`)}
                    </td>
                    <td>${cells.map(({ id }) => html`<p class="mono">${id}</p>`)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    </section>
    ${entriesBlock(facts)}`;
  return page({ title: 'What can a pod really touch?', root: '', body, facts, script: bundle('client/site.ts') });
}

/** What the search of the page finds by words; of questions only those that have a page. */
function entriesBlock({ guide, questions }: Facts): Markup {
  const pages = new Set(questions.map(({ id }) => id));
  const entries = guide.entries.map((entry) => ({ ...entry, questions: entry.questions.filter((id) => pages.has(id)) }));
  return textBlock('entries', JSON.stringify(entries));
}

/** What shows that a run tested what it names: the planned versions ran, and nothing of an older pod was in the way. */
export function proofPage(facts: Facts): string {
  const questions = facts.questions.filter(isProof);
  const body = html` <h1>Was the right thing tested?</h1>
    <p class="lead">
      Before a run is believed, it shows that the planned engine, runtime and VMM ran the pods, and that none of them left
      anything behind for the next.
    </p>
    ${compatibility('proof', `Identity and hygiene (${questions.length})`, questions, facts)}`;
  return page({ title: 'Was the right thing tested?', root: '', crumb: html`<span>Proof</span>`, body, facts });
}

/** A name with its tested versions, over all flavours of a runtime. */
function chip(name: string, { versions: tested }: Facts): Markup {
  const own = [...tested].flatMap(([key, each]) => (runtimeName(key) === name ? each : []));
  return versions(name, [...new Set(own)].sort(versionOrder));
}
