import type { Document, Span } from '../../record/document.ts';
import { groupBy } from '../order.ts';
import { duration } from './head.ts';
import { html, type Markup } from './template.ts';

/** Bars that one page draws; the longest ones are kept. */
const most = 1500;
const laneHeight = 12;
const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Wall time of the run by phase; pieces that overlap stand in lanes of their own. */
export function timeline({ spans }: Document): Markup {
  const drawn = spans.length > most ? [...spans].sort((a, b) => b.durationMs - a.durationMs).slice(0, most) : spans;
  const end = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), 1);
  const step = steps.find((candidate) => end / candidate <= 10) ?? end;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  const phases = [
    ...groupBy(
      [...drawn].sort((a, b) => a.startMs - b.startMs),
      (span) => span.phase,
    ),
  ];
  return html`<section id="timeline" aria-labelledby="timeline-title" tabindex="-1">
    <h2 id="timeline-title">Time-line</h2>
    ${spans.length === 0 ? html`<p class="quiet">The run recorded no times.</p>` : undefined}
    ${spans.length > drawn.length ? html`<p class="quiet">The ${most} longest of ${spans.length} pieces.</p>` : undefined}
    <table class="timeline">
      <caption class="sr">
        Wall time by phase
      </caption>
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col" class="number">Sum</th>
          <th scope="col">
            <svg class="ticks" aria-hidden="true">
              ${ticks.map((tick) => html`<text x="${percent(tick / end)}" y="11">${tick === 0 ? '0' : duration(tick).replace(' 0 s', '')}</text>`)}
            </svg>
          </th>
        </tr>
      </thead>
      <tbody>
        ${phases.map(([phase, list], index) => phaseRow(phase, list, end, index))}
      </tbody>
    </table>
  </section>`;
}

function phaseRow(phase: string, spans: readonly Span[], end: number, index: number): Markup {
  const lanes: number[] = [];
  const bars = spans.map((span) => {
    const free = lanes.findIndex((until) => until <= span.startMs);
    const lane = free === -1 ? lanes.length : free;
    lanes[lane] = span.startMs + span.durationMs;
    const title = html`<title>${span.name}: ${duration(span.durationMs)} from ${duration(span.startMs)}</title>`;
    return html`<rect
      class="bar-${index % 2}"
      x="${percent(span.startMs / end)}"
      y="${lane * laneHeight + 2}"
      width="${percent(Math.max(span.durationMs / end, 0.0015))}"
      height="${laneHeight - 3}"
      rx="1.5"
      >${title}</rect
    >`;
  });
  const sum = spans.reduce((total, span) => total + span.durationMs, 0);
  return html`<tr>
    <th scope="row">${phase}</th>
    <td class="number">${duration(sum)}</td>
    <td><svg height="${lanes.length * laneHeight + 2}" role="img" aria-label="${spans.length} pieces">${bars}</svg></td>
  </tr>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
