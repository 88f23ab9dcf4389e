import type { Track } from '../../report/history.ts';
import { html, type Markup } from '../template.ts';
import { rangeEvidence } from './evidence-rows.ts';
import { runtimeName, type Facts } from './facts.ts';
import { answer, knownLinks, link, trackAnchor, versions } from './parts.ts';

/** The ranges of a track as rows: engine versions, runtime versions, answer, and a run that shows it. */
export function rangeRows(track: Track, facts: Facts, root: string): Markup[] {
  return track.ranges.map(
    (range, index) =>
      html`<tr class="tight" ${index === 0 ? html` id="${trackAnchor(track)}"` : undefined}>
        <td>${link(root, 'engines', track.engine, versions(track.engine, range.engines))}</td>
        <td>${link(root, 'runtimes', runtimeName(track.runtime), versions(track.runtime, range.runtimes))}</td>
        <td>${answer(range.value)}</td>
        <td>${knownLinks(range, facts)}</td>
        <td>${rangeEvidence(range, track, facts)}</td>
      </tr>`,
  );
}
