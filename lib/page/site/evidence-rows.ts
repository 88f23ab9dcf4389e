import type { QuestionText, Verdict } from '../../model/document.ts';
import { severity, type VerdictName } from '../../model/verdict.ts';
import type { Answer } from '../../report/answer.ts';
import { flavourOf } from '../../model/flavour.ts';
import type { Track } from '../../report/history.ts';
import { clip, escapeText } from '../../report/escape.ts';
import { naturalOrder } from '../../report/order.ts';
import type { PairRange } from '../../report/ranges.ts';
import { groupBy } from '../../util/group-by.ts';
import { count } from '../../util/words.ts';
import { writeAddress } from '../address.ts';
import { badge, headings } from '../parts.ts';
import { html, type Markup } from '../template.ts';
import { runPath, type Facts } from './facts.ts';
import { day } from './parts.ts';

/** How much of an observation a row shows; report.json of its run has all. */
const longest = 400;

/** A link to the newest run that shows a range: to its page, open at the verdict. */
export function rangeEvidence(range: PairRange<Answer>, { question, engine, runtime }: Track, facts: Facts): Markup | undefined {
  const newest = facts
    .evidenceOf(question)
    .findLast(
      ({ cell, verdict }) =>
        cell.engine.name === engine &&
        flavourOf(cell) === runtime &&
        range.engines.includes(cell.engine.version) &&
        range.runtimes.includes(cell.runtime.version) &&
        verdict.verdict === range.value.verdict,
    );
  return newest && html`<a href="${evidenceAddress(newest.verdict, newest.run.id)}">evidence</a>`;
}

/** The newest observation of each pod, folded by verdict, worst first: there are hundreds. */
export function evidence(question: QuestionText, facts: Facts): Markup | undefined {
  const rows = [...facts.evidenceOf(question.id)].sort(
    (a, b) =>
      severity(b.verdict.verdict) - severity(a.verdict.verdict) ||
      naturalOrder(a.cell.id, b.cell.id) ||
      naturalOrder(a.verdict.scenario, b.verdict.scenario),
  );
  if (rows.length === 0) return undefined;
  return html`<section aria-labelledby="evidence">
    <h2 id="evidence">Evidence</h2>
    ${[...groupBy(rows, ({ verdict }) => verdict.verdict).values()].map((group) => evidenceGroup(group, group[0].verdict.verdict))}
  </section>`;
}

function evidenceGroup(rows: ReturnType<Facts['evidenceOf']>, name: VerdictName): Markup {
  return html`<details>
    <summary>${badge(name)} ${count(rows.length, 'pod')}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Pods with verdict ${name}">
      <table class="stack">
        ${headings(['Cell and pod', 'Expected', 'Observed', 'Run'])}
        <tbody>
          ${rows.map(
            ({ verdict, run }) =>
              html`<tr>
                <th scope="row"><span class="mono">${verdict.cell}</span><br />${verdict.scenario}</th>
                <td>${clip(verdict.expected, longest)}</td>
                <td>${clip(verdict.observed, longest)}</td>
                <td><a class="mono" href="${evidenceAddress(verdict, run.id)}">${run.id}</a><br />${day(run.started)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** The page of the run, open at this verdict. */
function evidenceAddress({ cell, suite, question }: Verdict, run: string): string {
  return `../${runPath(run)}${writeAddress({ cell: escapeText(cell), suite: escapeText(suite), question: escapeText(question) })}`;
}
