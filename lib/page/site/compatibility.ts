import type { RuleText } from '../../model/document.ts';
import { html, type Markup } from '../template.ts';
import type { Track } from '../../report/history.ts';
import { currentOf, urgencyOf, type Current } from './current.ts';
import { runtimeName, type Facts, type Pairing } from './facts.ts';
import { ownName } from '../../report/own-name.ts';
import { answer, harmMark, link, trackAnchor } from './parts.ts';

/** Whether a question is about the run itself, not about what a pod can touch. */
export function isProof({ suite }: RuleText): boolean {
  return suite === 'identity' || suite === 'hygiene';
}

/** The questions of which an answer with the newest versions weakens isolation or deviates, worst and most frequent first. */
export function urgentRules(facts: Facts): RuleText[] {
  return facts.rules
    .map((rule) => ({ rule, urgencies: facts.tracksOf(rule.id).map((track) => urgencyOf(currentOf(track)?.value)) }))
    .map(({ rule, urgencies }) => {
      const worst = Math.max(0, ...urgencies);
      return { rule, worst, often: urgencies.filter((urgency) => urgency === worst).length };
    })
    .filter(({ worst }) => worst > 0)
    .sort((a, b) => b.worst - a.worst || b.often - a.often)
    .map(({ rule }) => rule);
}

/** Questions against every engine with every runtime that has an answer to one of them. */
export function compatibility(id: string, title: string, rules: readonly RuleText[], facts: Facts): Markup | undefined {
  if (rules.length === 0) return undefined;
  const answered = new Set(rules.flatMap((rule) => facts.tracksOf(rule.id).filter(currentOf).map(trackAnchor)));
  const columns = facts.pairings
    .filter((pairing) => answered.has(trackAnchor(pairing)))
    .sort((a, b) => Number(hasOwnKernel(a)) - Number(hasOwnKernel(b)));
  return html`<section class="suite" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
      <table class="overview">
        <thead>
          <tr>
            <th scope="col">Question</th>
            ${columns.map(
              (column) =>
                html`<th scope="col" data-text="${placeOf(column)}">
                  ${link('', 'engines', column.engine, ownName(column.engine))} with
                  ${link('', 'runtimes', runtimeName(column.runtime), ownName(column.runtime))}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rules.map((rule) => row(rule, columns, facts))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(rule: RuleText, columns: readonly Pairing[], facts: Facts): Markup {
  const tracks = facts.tracksOf(rule.id);
  const text = [
    rule.id,
    rule.asks,
    rule.suite,
    ...facts.guide.suites.flatMap(({ id, title }) => (id === rule.suite ? [title] : [])),
  ];
  return html`<tr data-text="${text.join(' ').toLowerCase()}">
    <th scope="row">${link('', 'rules', rule.id, rule.asks)} <span class="id">${rule.id}</span></th>
    ${columns.map((column) => {
      const track = tracks.find((each) => trackAnchor(each) === trackAnchor(column));
      return html`<td data-text="${placeOf(column)}" ${track === undefined ? html` data-none` : undefined}>
        ${track === undefined ? notRun(rule, column, tracks) : cell(rule, track)}
      </td>`;
    })}
  </tr>`;
}

/** Kata and gVisor stand after the runtimes of plain containers of all engines, as they are asked other questions. */
function hasOwnKernel({ runtime }: Pairing): boolean {
  return ['kata', 'runsc'].includes(runtimeName(runtime));
}

/** The words by which somebody asks for a column. */
function placeOf({ engine, runtime }: Pairing): string {
  return `${engine} ${runtime}`.toLowerCase();
}

function cell(rule: RuleText, track: Track): Markup {
  const current = currentOf(track);
  if (current === undefined) return html`<span class="where">does not apply</span>`;
  return html`${link('', 'rules', rule.id, answer(current.value), trackAnchor(track))}
    <span class="where">${sinceText(current, track)}</span>
    ${current.before.map((value) => html`<span class="where">before: ${value.answers.map(({ name }) => name.replaceAll('-', ' ')).join('; ') || 'otherwise'}${harmMark(value)}</span>`)}`;
}

/** `since 2.2.7`; where nothing else was seen, how many versions were tested. */
function sinceText({ since: { along, version, tested, all } }: Current, { runtime }: Track): string {
  const name = along === 'engine' ? '' : `${ownName(runtimeName(runtime))} `;
  if (!all) return `since ${name}${version}`;
  return tested === 1 ? `${name}${version}` : `all ${tested} tested, from ${name}${version}`;
}

/** With the same runtime under another engine, or else another flavour of it; of another runtime nothing can be concluded. */
function notRun(rule: RuleText, column: Pairing, tracks: readonly Track[]): Markup {
  const run = tracks.filter(
    (track) => currentOf(track) !== undefined && runtimeName(track.runtime) === runtimeName(column.runtime),
  );
  const nearest = run.find(({ runtime }) => runtime === column.runtime) ?? run[0];
  return html`<span class="where">not run</span>${
      nearest === undefined
        ? undefined
        : html`<span class="where"
            >nearest:
            ${link('', 'rules', rule.id, `${ownName(nearest.engine)} with ${ownName(nearest.runtime)}`, trackAnchor(nearest))}</span
          >`
    }`;
}
