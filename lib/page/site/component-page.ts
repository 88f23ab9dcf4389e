import { headings } from '../parts.ts';
import { html, type Markup } from '../template.ts';
import type { Track } from '../../report/history.ts';
import { rangeText } from '../../report/ranges.ts';
import { runtimeName, type Facts, type Pairing } from './facts.ts';
import { ownName } from '../../report/own-name.ts';
import { answer, knownLinks, link, page, trackAnchor } from './parts.ts';
import { groupBy } from '../../util/group-by.ts';

/** One engine with all its runtimes, or one runtime with all its flavours under all engines. */
export function componentPage(kind: 'engine' | 'runtime', name: string, facts: Facts): string {
  const nameOf = (pairing: Pairing): string => (kind === 'engine' ? pairing.engine : runtimeName(pairing.runtime));
  const pairings = facts.pairings.filter((pairing) => nameOf(pairing) === name);
  const tested = kind === 'engine' ? [name] : [...new Set(pairings.map(({ runtime }) => runtime))];
  const body = html` <p class="over">${kind === 'engine' ? 'Container engine' : 'Runtime'}</p>
    <h1>${ownName(name)}</h1>
    <p class="lead">
      ${tested.map((each) => html`${tested.length > 1 ? `${ownName(each)} ` : ''}${rangeText(facts.versions.get(each) ?? [])}. `)}
    </p>
    <nav class="chips" aria-label="On this page">
      ${pairings.map((pairing) => html`<a href="#${trackAnchor(pairing)}">${kind === 'engine' ? `with ${ownName(pairing.runtime)}` : `${ownName(pairing.runtime)} under ${ownName(pairing.engine)}`}</a>`)}
    </nav>
    ${pairings.map((pairing) => section(pairing, facts))}`;
  return page({
    title: ownName(name),
    root: '../',
    crumb: html`<span>${kind === 'engine' ? 'Engines' : 'Runtimes'}</span>`,
    body,
    facts,
  });
}

function section(pairing: Pairing, facts: Facts): Markup {
  const id = trackAnchor(pairing);
  const rows = facts.questions.flatMap((question) => {
    const track = facts.tracksOf(question.id).find((each) => trackAnchor(each) === id);
    return track === undefined ? [] : [{ question, track }];
  });
  const isBare = ({ track }: { track: Track }): boolean => track.ranges.every(({ value }) => value.verdict === 'unsupported');
  const bare = rows.filter(isBare);
  const suites = [
    ...groupBy(
      rows.filter((row) => !isBare(row)),
      ({ question }) => question.suite,
    ),
  ];
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${ownName(pairing.engine)} with ${ownName(pairing.runtime)}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
      <table class="ranges stack">
        ${headings(['Question', 'Versions', 'Answer', 'Known issue'])}
        ${suites.map(
          ([suite, own]) =>
            html`<tbody>
              <tr class="group">
                <th colspan="4" scope="rowgroup">${facts.guide.suites.find((each) => each.id === suite)?.title ?? suite}</th>
              </tr>
              ${own.map(({ question, track }) =>
                track.ranges.map(
                  (range, index) =>
                    html`<tr>
                      ${index === 0 ? html`<th scope="row" rowspan="${track.ranges.length}">${link('../', 'questions', question.id, question.asks, id)} <span class="id">${question.id}</span></th>` : undefined}
                      <td>${rangeText(range.engines)} with ${rangeText(range.runtimes)}</td>
                      <td>${answer(range.value)}</td>
                      <td>${knownLinks(range, facts)}</td>
                    </tr>`,
                ),
              )}
            </tbody>`,
        )}
      </table>
    </div>
    ${bare.length === 0 ? undefined : html`<p class="quiet">Do not apply: ${bare.map(({ question }, index) => html`${index === 0 ? '' : ', '}${link('../', 'questions', question.id, question.id)}`)}.</p>`}
  </section>`;
}
