import { folded, h, pre } from './dom.js';
import { readBlock } from './model.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * How the pod of a verdict is launched again, and the engine that it ran in.
 * @param {Model} model
 * @param {number} i the verdict
 * @param {any} observation
 * @returns {Promise<Node[]>}
 */
export async function reproView(model, i, observation) {
  const { replay } = observation;
  const { columns } = model;
  const rule = model.rules[columns.rule[i] ?? 0];
  const cell = model.cells[columns.cell[i] ?? 0]?.id;
  const id = `${cell}/${rule?.suite}/${model.texts[columns.scenario[i] ?? 0]}/${rule?.id}`;
  const leases = await readBlock('leases');
  const engine = leases !== null && Object.hasOwn(leases, observation.lease) ? leases[observation.lease] : undefined;
  return [
    h('h4', {}, 'Engine'),
    engine ? keyTable(engine) : h('p', { class: 'quiet' }, 'Its configuration is in the journal of the run.'),
    ...Object.entries(engine?.files ?? {}).map(([path, text]) => folded(path, [String(text)])),
    h('h4', {}, 'How to reproduce'),
    ...(replay
      ? [
          h('p', {}, 'A folder with the configuration, the pod, the images and a script that runs it all with crictl:'),
          pre(`npx podproof report ${word(model.run)} --repro ${word(id)} --out repro`),
          folded('Pod sandbox, as crictl reads it', [JSON.stringify(replay.sandbox, undefined, 2)]),
          folded('Container, as crictl reads it', [JSON.stringify(replay.container, undefined, 2)]),
          folded('What the probe tried', replay.probe.length === 0 ? ['nothing: it only looked'] : replay.probe),
        ]
      : [h('p', { class: 'quiet' }, 'The run was recorded before pods were kept in full: run it again to get a bundle.')]),
  ];
}

/** Planned keys beside what became effective; one that did not is marked. @param {any} engine */
function keyTable(engine) {
  const rows = Object.entries(engine.planned).map(([key, planned]) => {
    const effective = Object.hasOwn(engine.effective, key) ? String(engine.effective[key]) : 'not effective';
    return h(
      'tr',
      { class: effective === String(planned) ? undefined : 'failed' },
      h('th', { scope: 'row', class: 'mono' }, key),
      h('td', { class: 'mono' }, String(planned)),
      h('td', { class: 'mono' }, effective),
    );
  });
  return h(
    'details',
    {},
    h('summary', {}, `Planned and effective configuration, ${rows.length} keys`),
    h(
      'table',
      { class: 'plain keys' },
      h('thead', {}, h('tr', {}, ...['Key', 'Planned', 'Effective'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows),
    ),
  );
}

/** A word that a POSIX shell takes as it is. @param {string} text */
function word(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
