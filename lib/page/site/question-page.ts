import { shortAnswer } from '../../model/short-answer.ts';
import type { QuestionText } from '../../model/document.ts';
import { facts as factList, harmMark, headings } from '../parts.ts';
import { citation, html, type Markup } from '../template.ts';
import type { Track } from '../../report/history.ts';
import { turnText } from '../../report/history-text.ts';
import { naturalOrder } from '../../report/order.ts';
import { remedyText } from '../../report/verdicts.ts';
import { evidence, rangeEvidence } from './evidence-rows.ts';
import { runtimeName, slug, type Facts } from './facts.ts';
import { answer, knownLinks, link, page, trackAnchor, versions } from './parts.ts';

/** One question: with which versions it holds, what is known, what helps at which cost, and the evidence. */
export function questionPage(question: QuestionText, facts: Facts): string {
  const tracks = facts.tracksOf(question.id);
  const suite = facts.guide.suites.find(({ id }) => id === question.suite)?.title ?? question.suite;
  const turned = tracks.flatMap((track) => track.turns.map((turn) => turnText(track, turn)));
  const body = html` <p class="over"><span class="mono">${question.id}</span> · ${suite}</p>
    <h1>${question.asks}</h1>
    ${factList([
      ['Written in', citation(question.citation)],
      ['Applies to', question.range],
    ])}
    ${answersOf(question)}
    <section aria-labelledby="where">
      <h2 id="where">How it is answered, and where</h2>
      <div class="scroll" tabindex="0" role="group" aria-labelledby="where">
        <table class="ranges stack">
          ${headings(['Engine', 'Runtime', 'Answer', 'Known issue', 'Shown by'])}
          <tbody>
            ${tracks.map((track) => rangeRows(track, facts))}
          </tbody>
        </table>
      </div>
      ${
        turned.length === 0
          ? undefined
          : html`<ul class="turns">
              ${turned.map((text) => html`<li>${text}</li>`)}
            </ul>`
      }
    </section>
    ${issues(question, facts)} ${help(question, facts)} ${evidence(question, facts)}`;
  return page({ title: question.id, root: '../', crumb: html`<span>Questions</span>`, body, facts });
}

/** Everything that can come out, with what it does to its user. */
function answersOf({ answers }: QuestionText): Markup | undefined {
  if (answers.length === 0) return undefined;
  return html`<section aria-labelledby="answers">
    <h2 id="answers">Answers</h2>
    ${factList(answers.map(({ name, says, harm }) => [shortAnswer(name, answers), html`${says}${harmMark(harm)}`] as const))}
  </section>`;
}

function issues(question: QuestionText, facts: Facts): Markup | undefined {
  const ids = new Set(facts.tracksOf(question.id).flatMap(({ ranges }) => ranges.flatMap(({ value }) => value.known)));
  const found = [...ids].sort(naturalOrder).flatMap((id) => facts.known.get(id) ?? []);
  if (found.length === 0) return undefined;
  return html`<section aria-labelledby="issues">
    <h2 id="issues">Known issues</h2>
    ${found.map(
      (issue) =>
        html`<article class="card" id="issue-${slug(issue.id)}">
          <h3>${issue.title}</h3>
          <p>${issue.impact}</p>
          ${factList([
            ['Id', html`<span class="mono">${issue.id}</span>`],
            ['Happens on', issue.range],
            ['Remedy', remedyText(issue.remedy)],
            ['Link', citation(issue.url)],
          ])}
        </article>`,
    )}
  </section>`;
}

function help(question: QuestionText, facts: Facts): Markup | undefined {
  const found = facts.guide.help.filter(({ questions }) => questions.includes(question.id));
  if (found.length === 0) return undefined;
  return html`<section aria-labelledby="help">
    <h2 id="help">What helps, and what it costs</h2>
    ${found.map(
      ({ id, means, where, fix, cost }) =>
        html`<article class="card" id="help-${slug(id)}">
          <p>${means}</p>
          ${factList([
            ['Where', where],
            ['What helps', fix],
            ['It costs', cost],
          ])}
        </article>`,
    )}
  </section>`;
}

/** The ranges of a track as rows: engine versions, runtime versions, answer, and a run that shows it. */
function rangeRows(track: Track, facts: Facts): Markup[] {
  return track.ranges.map(
    (range, index) =>
      html`<tr class="tight" ${index === 0 ? html` id="${trackAnchor(track)}"` : undefined}>
        <td>${link('../', 'engines', track.engine, versions(track.engine, range.engines))}</td>
        <td>${link('../', 'runtimes', runtimeName(track.runtime), versions(track.runtime, range.runtimes))}</td>
        <td>${answer(range.value)}</td>
        <td>${knownLinks(range, facts)}</td>
        <td>${rangeEvidence(range, track, facts)}</td>
      </tr>`,
  );
}
