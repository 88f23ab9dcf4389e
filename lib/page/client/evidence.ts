import { PodEvidence } from '../pod-evidence.ts';
import { anything, record } from '../shape.ts';
import { readBlock } from './blocks.ts';
import { h } from './dom.ts';
import { type Model, textAt } from './model.ts';
import { observationView } from './observation.ts';
import { reproView } from './repro.ts';

/** The observation of a verdict, read when it is unfolded; or where it is, when the page does not carry it. */
export function evidenceView(model: Model, verdict: number, open: boolean): HTMLElement {
  const { cell, line } = model.columns;
  const at = cell[verdict] ?? -1;
  const nth = line[verdict] ?? 0;
  const path = nth > 0 ? `cells/${model.cells[at]?.id}/observations.ndjson#${nth}` : textAt(model, 'evidence', verdict);
  const source = h('p', { class: 'mono quiet path' }, path);
  const block = model.embedded.indexOf(at);
  if (block === -1) {
    const missing = `The observation is not part of this page, which has ${model.kept} of ${model.of}; it is in the run folder:`;
    return h('div', {}, h('p', { class: 'quiet' }, missing), source);
  }
  const body = h('div', { class: 'evidence' });
  const details = h('details', { open }, h('summary', {}, 'Evidence'), source, body);
  const fill = async (): Promise<void> => {
    if (!details.open || body.childElementCount > 0) return;
    body.append(h('p', { class: 'quiet' }, 'Reading'));
    body.replaceChildren(...(await contentOf(model, verdict, block)));
  };
  details.addEventListener('toggle', () => void fill());
  void fill();
  return details;
}

async function contentOf(model: Model, verdict: number, block: number): Promise<HTMLElement[]> {
  const observations = await readBlock(`evidence-${block}`, record(anything));
  const key = `${model.questions[model.columns.question[verdict] ?? 0]?.suite} ${textAt(model, 'scenario', verdict)}`;
  const found = observations && Object.hasOwn(observations, key) ? observations[key] : undefined;
  return PodEvidence(found)
    ? observationView(found, await reproView(model, verdict, found))
    : [h('p', { class: 'quiet' }, 'No observation was recorded for this scenario.')];
}
