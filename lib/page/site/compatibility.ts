import type { QuestionText } from '../../model/document.ts';
import { RuntimeName } from '../../model/matrix/matrix.ts';
import { hasGuest } from '../../runtimes/facts.ts';
import { partsOf } from '../../model/flavour.ts';
import { groupBy } from '../../util/group-by.ts';
import { harmMark } from '../parts.ts';
import { html, type Markup } from '../template.ts';
import type { Track } from '../../report/history.ts';
import { shortText, worstOfSeen } from '../../report/answer.ts';
import { currentOf, sinceText, urgencyOf } from '../../report/current.ts';
import { runtimeName, type Facts, type Pairing } from './facts.ts';
import { ownName } from '../../report/own-name.ts';
import { answer, link, trackAnchor } from './parts.ts';

/** Whether a question is about the run itself, not about what a pod can touch. */
export function isProof({ suite }: QuestionText): boolean {
  return suite === 'identity' || suite === 'hygiene';
}

/** The questions of which an answer with the newest versions weakens isolation or deviates: worst first, then most frequent in the first columns. */
export function urgentQuestions(facts: Facts): QuestionText[] {
  return facts.questions
    .map((question) => {
      const tracks = facts.tracksOf(question.id).map((track) => ({ track, urgency: urgencyOf(currentOf(track)?.value) }));
      const worst = Math.max(0, ...tracks.map(({ urgency }) => urgency));
      const often = tracks.filter(({ urgency }) => urgency === worst);
      return { question, worst, often: often.length, first: often.filter(({ track }) => groupOf(track) === 0).length };
    })
    .filter(({ worst }) => worst > 0)
    .sort((a, b) => b.worst - a.worst || b.first - a.first || b.often - a.often)
    .map(({ question }) => question);
}

/** Questions against every engine with every runtime that has an answer to one of them; `folded` until it is asked for. */
export function compatibility(
  id: string,
  title: string,
  questions: readonly QuestionText[],
  facts: Facts,
  { folded = false }: { folded?: boolean } = {},
): Markup | undefined {
  if (questions.length === 0) return undefined;
  const answered = questions.flatMap((question) => facts.tracksOf(question.id).filter(currentOf).map(trackAnchor));
  const answersIn = new Map([...groupBy(answered, (anchor) => anchor)].map(([anchor, own]) => [anchor, own.length]));
  // Those that most is known of are seen without scrolling.
  const columns = facts.pairings
    .map((pairing) => ({ pairing, group: groupOf(pairing), answers: answersIn.get(trackAnchor(pairing)) ?? 0 }))
    .filter(({ answers }) => answers > 0)
    .sort((a, b) => a.group - b.group || b.answers - a.answers)
    .map(({ pairing }) => pairing);
  const table = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
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
        ${questions.map((question) => row(question, columns, facts))}
      </tbody>
    </table>
  </div>`;
  return html`<section class="suite" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${
      folded
        ? html`<details>
            <summary>Show the ${questions.length} questions</summary>
            ${table}
          </details>`
        : table
    }
  </section>`;
}

function row(question: QuestionText, columns: readonly Pairing[], facts: Facts): Markup {
  const tracks = facts.tracksOf(question.id);
  const text = [
    question.id,
    question.asks,
    question.suite,
    ...facts.guide.suites.flatMap(({ id, title }) => (id === question.suite ? [title] : [])),
  ];
  return html`<tr data-question="${question.id}" data-text="${text.join(' ').toLowerCase()}">
    <th scope="row">${link('', 'questions', question.id, question.asks)} <span class="id">${question.id}</span></th>
    ${columns.map((column) => {
      const track = tracks.find((each) => trackAnchor(each) === trackAnchor(column));
      return html`<td data-text="${placeOf(column)}" ${track === undefined ? html` data-none` : undefined}>
        ${track === undefined ? notRun(question, column, tracks) : cell(question, track)}
      </td>`;
    })}
  </tr>`;
}

/** Runtimes with a guest come after those of plain containers of all engines, and kubelets last: each is asked other questions. */
function groupOf({ runtime }: Pick<Pairing, 'runtime'>): 0 | 1 | 2 {
  const { name, behind } = partsOf(runtime);
  if (behind !== undefined) return 2;
  const known = RuntimeName.safeParse(name);
  return known.success && hasGuest({ name: known.data }) ? 1 : 0;
}

/** The words by which somebody asks for a column. */
function placeOf({ engine, runtime }: Pairing): string {
  return `${engine} ${runtime}`.toLowerCase();
}

function cell(question: QuestionText, track: Track): Markup {
  const current = currentOf(track);
  if (current === undefined) return html`<span class="where">does not apply</span>`;
  return html`${link('', 'questions', question.id, answer(current.value), trackAnchor(track))}
    <span class="where">${sinceText(current, track.runtime)}</span>
    ${current.before.map((value) => html`<span class="where">before: ${shortText(value)}${harmMark(worstOfSeen(value))}</span>`)}`;
}

/** With the same runtime under another engine, or else another flavour of it; of another runtime nothing can be concluded. */
function notRun(question: QuestionText, column: Pairing, tracks: readonly Track[]): Markup {
  const run = tracks.filter(
    (track) => currentOf(track) !== undefined && runtimeName(track.runtime) === runtimeName(column.runtime),
  );
  const nearest = run.find(({ runtime }) => runtime === column.runtime) ?? run[0];
  return html`<span class="where">not run</span>${
      nearest === undefined
        ? undefined
        : html`<span class="where"
            >nearest:
            ${link('', 'questions', question.id, `${ownName(nearest.engine)} with ${ownName(nearest.runtime)}`, trackAnchor(nearest))}</span
          >`
    }`;
}
