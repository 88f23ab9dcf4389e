import { facts } from './parts.ts';
import { html, type Markup } from './template.ts';

/** Words of ours that a reader meets first in a report. */
const words: ReadonlyArray<readonly [word: string, meaning: string]> = [
  ['cell', 'one host with one engine version and one runtime version, where every question is asked'],
  ['known', 'an answer that is not the documented one, and that a known issue records; without such an issue it is new'],
  ['baseline', 'an older run that this one is compared with, each cell with its nearest older version'],
  ['lease', 'the time for which a run has a host, or an engine on it, to itself'],
  ['shard', 'a part of the plan that one of several machines runs; shards are merged into one report'],
];

/** What a word means, on hover of the element that has it, whether it stands for one or for many; nothing for any other. */
export function explained(text: string): Markup | undefined {
  const word = text.toLowerCase();
  const meaning = words.find(([each]) => word === each || word === `${each}s`)?.[1];
  return meaning === undefined ? undefined : html` title="${meaning}"`;
}

/** All of them, folded. */
export function legend(): Markup {
  return html`<details class="legend">
    <summary>What the words mean</summary>
    ${facts(words)}
  </details>`;
}
