import { shortAnswer } from '../../model/short-answer.ts';
import { verdictNames } from '../../model/verdict.ts';
import { layerText } from '../../report/layers.ts';
import { harmOf, type Hop, type KnownEntry, marks } from '../data.ts';
import { badgeOf, citationOf, h } from './dom.ts';
import { evidenceView } from './evidence.ts';
import { type Model, textAt } from './model.ts';

/** One verdict: what was expected and observed, where the value changed, and the evidence, unfolded when it is `open`. */
export function caseView(model: Model, verdict: number, open: boolean): HTMLElement {
  const { columns } = model;
  const marked = columns.marks[verdict] ?? 0;
  const harm = harmOf(marked);
  const known = textAt(model, 'known', verdict);
  const issue = model.known.find(({ id }) => id === known);
  const layers = model.layerLists[columns.layers[verdict] ?? 0];
  const layer = textAt(model, 'layer', verdict);
  const answer = textAt(model, 'answer', verdict);
  const answers = model.questions[columns.question[verdict] ?? 0]?.answers;
  const reason = textAt(model, 'reason', verdict);
  return h(
    'section',
    { class: 'case' },
    h(
      'h3',
      {},
      badgeOf(verdictNames[columns.verdict[verdict] ?? 0] ?? ''),
      h('span', {}, textAt(model, 'scenario', verdict)),
      harm !== undefined && h('span', { class: 'tag' }, harm),
      (marked & marks.flaky) !== 0 && h('span', { class: 'tag' }, 'flaky'),
    ),
    reason !== undefined && reason !== issue?.title && h('p', {}, reason),
    h(
      'dl',
      { class: 'contrast' },
      h('div', {}, h('dt', {}, 'Expected'), h('dd', { class: 'mono' }, textAt(model, 'expected', verdict))),
      h(
        'div',
        {},
        h('dt', {}, answer === undefined ? 'Observed' : `Observed: ${shortAnswer(answer, answers)}`),
        h('dd', { class: 'mono' }, textAt(model, 'observed', verdict)),
      ),
    ),
    known !== undefined && knownView(known, issue),
    layers ? layersView(layers) : layer !== undefined && h('p', {}, `Changed at the ${layerText(layer)}`),
    evidenceView(model, verdict, open),
  );
}

function knownView(id: string, issue: KnownEntry | undefined): HTMLElement {
  const about = issue && [
    h('p', {}, issue.title),
    h('p', {}, issue.impact),
    h('p', {}, `Remedy: ${issue.remedy}`),
    h('p', { class: 'quiet' }, issue.range),
    h('p', {}, citationOf(issue.url)),
  ];
  return h('div', { class: 'note' }, h('b', {}, 'Known issue '), h('span', { class: 'mono' }, id), about);
}

function layersView(layers: readonly Hop[]): HTMLElement {
  const first = layers.findIndex((hop) => hop.changed);
  const hops = layers.map((hop, index) =>
    h(
      'li',
      { class: index === first ? 'first' : hop.changed ? 'changed' : undefined },
      h('span', { class: 'layer' }, layerText(hop.layer)),
      h('span', { class: 'mono' }, hop.value),
      index === first && h('span', { class: 'tag' }, 'changed first here'),
    ),
  );
  return h('ol', { class: 'layers', 'aria-label': 'The value, layer by layer' }, hops);
}
