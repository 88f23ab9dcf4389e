import type { Document, Span } from '../model/document.ts';
import { naturalOrder } from '../report/order.ts';
import { wallTime, wallTimeText } from '../report/wall-time.ts';
import { duration } from './duration.ts';
import { percent, shareBar } from './parts.ts';
import { html, type Markup } from './template.ts';
import { shares, wallMs } from './shares.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';

/** Bars that one page draws; the longest ones are kept. */
const most = 1500;
const laneHeight = 12;
const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Where the wall time went: in sum by phase, then by host and engine. Pieces that overlap are in lanes of their own. */
export function timeline(document: Document): Markup {
  // The whole run, the time of all pods of an engine and the single calls say nothing that these do not.
  const spans = document.spans.filter(({ phase }) => !['run', 'pods', 'cri'].includes(phase));
  const drawn = spans.length > most ? [...spans].sort((a, b) => b.durationMs - a.durationMs).slice(0, most) : spans;
  const end = wallMs(document);
  const step = steps.find((candidate) => end / candidate <= 10) ?? end;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  const hosts = [...groupBy(drawn, (span) => hostOf(span, document))].sort(([a], [b]) => naturalOrder(a, b));
  return html`<section id="timeline" aria-labelledby="timeline-title" tabindex="-1">
    <h2 id="timeline-title">Timeline</h2>
    ${spans.length === 0 ? html`<p class="quiet">The run recorded no times.</p>` : account(document)}
    ${spans.length > drawn.length ? html`<p class="quiet">The ${most} longest of ${spans.length} pieces are drawn.</p>` : undefined}
    <table class="timeline">
      <caption class="sr">
        Wall time by host and engine
      </caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col" class="number">Sum</th>
          <th scope="col">
            <svg class="ticks" aria-hidden="true">
              ${ticks.map((tick) => html`<text x="${percent(tick / end)}" y="11">${tick === 0 ? '0' : duration(tick).replace(' 0 s', '')}</text>`)}
            </svg>
          </th>
        </tr>
      </thead>
      ${hosts.map(
        ([host, list]) =>
          html`<tbody>
            ${
              host === ''
                ? undefined
                : html`<tr class="host">
                    <th scope="rowgroup" colspan="3">${host}</th>
                  </tr>`
            }
            ${[...groupBy(list, (span) => rowOf(span, document))].map(([row, pieces]) => rowMarkup(row, pieces, end))}
          </tbody>`,
      )}
    </table>
  </section>`;
}

/** The whole wall time, parted: at each moment what was most specific counts. */
function account(document: Document): Markup {
  const time = wallTime(document);
  const parts = time?.phases ?? shares(document);
  const total = wallMs(document);
  return html`${shareBar(
      'phase',
      total,
      parts.map(({ phase, ms }) => [`t-${phaseClass(phase)}`, ms]),
    )}
    <ul class="phases">
      ${parts.map(
        ({ phase, ms }) =>
          html`<li>
            <svg class="key" aria-hidden="true"><rect class="t-${phaseClass(phase)}" width="100%" height="100%" rx="2" /></svg>
            <b>${duration(ms)}</b> ${phaseNames[phase] ?? phase} <span class="quiet">${Math.round((ms / total) * 100)} %</span>
          </li>`,
      )}
    </ul>
    ${time === undefined ? undefined : html`<p class="quiet">${wallTimeText(time)}</p>`}`;
}

function hostOf({ name, phase }: Span, { hosts }: Document): string {
  if (!['host', 'engine', 'pod', 'teardown'].includes(phase)) return '';
  const named = name.split(/[/:]/)[0] ?? '';
  return hosts.some((host) => host.id === named) ? named : '';
}

/** `containerd-1.7.24` and its pods are in one row each; what concerns the whole host in another. */
function rowOf({ name, phase }: Span, document: Document): string {
  if (phase === 'host') return 'host';
  const [, engine] = name.split('/');
  if (hostOf({ name, phase, startMs: 0, durationMs: 0 }, document) === '' || engine === undefined) return phase;
  return `${engine.split(' ')[0]}: ${phase === 'engine' ? 'start' : phase === 'pod' ? 'pods' : phase}`;
}

function rowMarkup(row: string, spans: readonly Span[], end: number): Markup {
  const lanes: number[] = [];
  const bars = [...spans]
    .sort((a, b) => a.startMs - b.startMs)
    .map((span) => {
      const free = lanes.findIndex((until) => until <= span.startMs);
      const lane = free === -1 ? lanes.length : free;
      lanes[lane] = span.startMs + span.durationMs;
      const title = html`<title>${span.name}: ${duration(span.durationMs)} from ${duration(span.startMs)}</title>`;
      return html`<rect
        class="t-${phaseClass(span.phase)}"
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
    <th scope="row">${row}</th>
    <td class="number">${duration(sum)}</td>
    <td>
      <svg height="${Math.max(1, lanes.length) * laneHeight + 2}" role="img" aria-label="${count(spans.length, 'piece')}">
        ${bars}
      </svg>
    </td>
  </tr>`;
}

/** What is under way; of several the first that is named counts. */
const phaseNames: Record<string, string> = {
  host: 'hosts coming up',
  engine: 'engines starting',
  cri: 'calls to engines',
  pod: 'pods',
  teardown: 'taking down',
  pods: 'between pods',
  artifact: 'artifacts',
  rest: 'between them',
};

/** A record may hold a phase that we do not know: it becomes part of a class name. */
function phaseClass(phase: string): string {
  return ['artifact', 'host', 'engine', 'cri', 'pod', 'teardown'].includes(phase) ? phase : 'other';
}
