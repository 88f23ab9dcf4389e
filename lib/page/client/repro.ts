import { quote } from '../../util/quote.ts';
import { type LeaseEntry, LeaseEntries } from '../data.ts';
import type { PodEvidence } from '../pod-evidence.ts';
import { readBlock } from './blocks.ts';
import { folded, h, pre, table } from './dom.ts';
import { type Model, textAt } from './model.ts';

/** How the pod of a verdict is launched again, and the engine that it ran in. */
export async function reproView(model: Model, verdict: number, { lease, replay }: PodEvidence): Promise<HTMLElement[]> {
  const question = model.questions[model.columns.question[verdict] ?? 0];
  const cell = model.cells[model.columns.cell[verdict] ?? 0]?.id;
  const id = `${cell}/${question?.suite}/${textAt(model, 'scenario', verdict)}/${question?.id}`;
  const leases = (await readBlock('leases', LeaseEntries)) ?? {};
  const engine = Object.hasOwn(leases, lease) ? leases[lease] : undefined;
  return [
    h('h4', {}, 'Engine'),
    engine ? keyTable(engine) : h('p', { class: 'quiet' }, 'Its configuration is in the journal of the run.'),
    ...Object.entries(engine?.files ?? {}).map(([path, text]) => folded(path, [text])),
    h('h4', {}, 'How to reproduce'),
    ...(replay
      ? [
          h('p', {}, 'A folder with the configuration, the pod, the images and a script that runs it all with crictl:'),
          pre(`npx podproof report ${quote(model.run)} --repro ${quote(id)} --out repro`),
          folded('Pod sandbox, as crictl reads it', [JSON.stringify(replay.sandbox, undefined, 2)]),
          folded('Container, as crictl reads it', [JSON.stringify(replay.container, undefined, 2)]),
          folded('What the probe tried', replay.probe.length === 0 ? ['nothing: it only looked'] : replay.probe),
        ]
      : [h('p', { class: 'quiet' }, 'The run was recorded before pods were kept in full: run it again to get a bundle.')]),
  ];
}

/** Planned keys beside what became effective; one that did not is marked. */
function keyTable({ planned, effective }: LeaseEntry): HTMLElement {
  const rows = Object.entries(planned).map(([key, value]) => {
    const came = Object.hasOwn(effective, key) ? String(effective[key]) : 'not effective';
    return h(
      'tr',
      { class: came === String(value) ? undefined : 'failed' },
      h('th', { scope: 'row', class: 'mono' }, key),
      h('td', { class: 'mono' }, String(value)),
      h('td', { class: 'mono' }, came),
    );
  });
  const summary = h('summary', {}, `Planned and effective configuration, ${rows.length} keys`);
  return h('details', {}, summary, table('keys', ['Key', 'Planned', 'Effective'], rows));
}
