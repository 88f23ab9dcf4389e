import { verdictNames } from '../../model/verdict.ts';
import { layerText } from '../../report/layers.ts';
import { type Hop, marks } from '../data.ts';
import { badgeOf, citationOf, h } from './dom.ts';
import { evidenceView } from './evidence.ts';
import { type Model, textAt } from './model.ts';

/** One verdict: what was expected and observed, where the value changed, and the evidence, unfolded when it is `open`. */
export function caseView(model: Model, verdict: number, open: boolean): HTMLElement {
  const { columns } = model;
  const marked = columns.marks[verdict] ?? 0;
  const known = textAt(model, 'known', verdict);
  const trail = model.trails[columns.trail[verdict] ?? 0];
  const layer = textAt(model, 'layer', verdict);
  const reason = textAt(model, 'reason', verdict);
  return h(
    'section',
    { class: 'case' },
    h(
      'h3',
      {},
      badgeOf(verdictNames[columns.verdict[verdict] ?? 0] ?? ''),
      h('span', {}, textAt(model, 'scenario', verdict)),
      (marked & marks.security) !== 0 && h('span', { class: 'tag' }, 'security'),
      (marked & marks.flaky) !== 0 && h('span', { class: 'tag' }, 'flaky'),
    ),
    reason !== undefined && h('p', {}, reason),
    h(
      'dl',
      { class: 'contrast' },
      h('div', {}, h('dt', {}, 'Expected'), h('dd', { class: 'mono' }, textAt(model, 'expected', verdict))),
      h('div', {}, h('dt', {}, 'Observed'), h('dd', { class: 'mono' }, textAt(model, 'observed', verdict))),
    ),
    known !== undefined && knownView(model, known),
    trail ? trailView(trail) : layer !== undefined && h('p', {}, `Changed at the ${layerText(layer)}`),
    evidenceView(model, verdict, open),
  );
}

function knownView(model: Model, id: string): HTMLElement {
  const issue = model.known.find((known) => known.id === id);
  const about = issue && [
    h('p', {}, issue.title),
    h('p', {}, issue.impact),
    h('p', { class: 'quiet' }, issue.range),
    h('p', {}, citationOf(issue.url)),
  ];
  return h('div', { class: 'note' }, h('b', {}, 'Known issue '), h('span', { class: 'mono' }, id), about);
}

function trailView(trail: readonly Hop[]): HTMLElement {
  const first = trail.findIndex((hop) => hop.changed);
  const hops = trail.map((hop, index) =>
    h(
      'li',
      { class: index === first ? 'first' : hop.changed ? 'changed' : undefined },
      h('span', { class: 'layer' }, layerText(hop.layer)),
      h('span', { class: 'mono' }, hop.value),
      index === first && h('span', { class: 'tag' }, 'changed first here'),
    ),
  );
  return h('ol', { class: 'trail', 'aria-label': 'The value, layer by layer' }, hops);
}
