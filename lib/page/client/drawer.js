import { badgeOf, citationOf, h } from './dom.js';
import { entryAt, labelOf, readBlock } from './model.js';
import { observationView } from './observation.js';
import { reproView } from './repro.js';
import { writeState } from './state.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * Content of the drawer for a rule in a cell: every scenario's verdict, with its evidence.
 * @param {Model} model
 * @param {number} rule
 * @param {number} cell
 * @param {number[]} like the cells that share its column
 * @returns {HTMLElement}
 */
export function verdictView(model, rule, cell, like) {
  const text = model.rules[rule];
  const where = model.cells[cell];
  const entry = entryAt(model, rule, cell);
  const verdicts = Array.from({ length: entry.count }, (_, index) => entry.from + index).sort(
    (a, b) => (model.columns.verdict[b] ?? 0) - (model.columns.verdict[a] ?? 0),
  );
  return h(
    'div',
    {},
    head(text?.title || text?.id || '', `${text?.id ?? ''} in ${where?.id ?? ''}`),
    h(
      'dl',
      { class: 'facts' },
      fact('Suite', text?.suite),
      fact('Applies to', text?.range),
      text?.citation ? h('div', {}, h('dt', {}, 'Citation'), h('dd', {}, citationOf(text.citation))) : undefined,
    ),
    likeView(model, cell, like, model.rules[rule]),
    entry.inherited && where
      ? h(
          'section',
          { class: 'case' },
          h('h3', {}, badgeOf(where.verdict ?? 'missing'), 'The whole cell'),
          h('p', {}, where.reason ?? 'No reason was recorded.'),
        )
      : undefined,
    entry.count === 0 && !entry.inherited ? h('p', { class: 'quiet' }, 'This rule was not planned for this cell.') : undefined,
    verdicts.map((i, index) => caseView(model, i, index === 0)),
  );
}

/**
 * Content of the drawer for a cell: what it was made of.
 * @param {Model} model
 * @param {number} cell
 * @param {number[]} like the cells that share its column
 */
export function cellView(model, cell, like) {
  const where = model.cells[cell];
  return h(
    'div',
    {},
    head(where?.id ?? '', 'Cell'),
    where?.verdict ? h('p', {}, badgeOf(where.verdict)) : undefined,
    where?.reason ? h('p', {}, where.reason) : undefined,
    h(
      'dl',
      { class: 'facts stacked' },
      fact('Host', where?.host),
      fact('Engine', where?.engine && `${where.engine.name} ${where.engine.version}`),
      fact('Engine came from', where?.engine?.source),
      fact('Engine sha256', where?.engine?.sha256, 'mono'),
      fact('Runtime', where?.runtime && `${where.runtime.name} ${labelOf(where.runtime)}`),
      fact('Runtime came from', where?.runtime?.source),
      fact('Runtime sha256', where?.runtime?.sha256, 'mono'),
      fact('CNI plugins', where?.cni?.version),
      fact('CNI plugins came from', where?.cni?.source),
      fact('CNI plugins sha256', where?.cni?.sha256, 'mono'),
    ),
    likeView(model, cell, like, undefined),
  );
}

/**
 * The other cells of a column: a range shows the same in all of them, and each has evidence of its own.
 * @param {Model} model @param {number} cell @param {number[]} like @param {import('./model.js').RuleEntry | undefined} rule
 */
function likeView(model, cell, like, rule) {
  const others = like.filter((other) => other !== cell);
  if (others.length === 0) return undefined;
  const links = others.slice(0, 60).map((other) => {
    const id = model.cells[other]?.id ?? '';
    const state = { only: '', cells: '', cell: id, suite: rule?.suite ?? '', rule: rule?.id ?? '' };
    return h('li', {}, h('a', { class: 'mono', 'data-drawer': true, href: writeState(state) }, id));
  });
  return h(
    'details',
    { class: 'like' },
    h('summary', {}, `The same in ${others.length} other ${others.length === 1 ? 'cell' : 'cells'} of this column`),
    h('ul', {}, links),
    others.length > 60 ? h('p', { class: 'quiet' }, `and ${others.length - 60} more`) : undefined,
  );
}

/** @param {string} title @param {string} line */
function head(title, line) {
  return h(
    'header',
    {},
    h('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, 'Close'),
    h('p', { class: 'mono quiet' }, line),
    h('h2', { id: 'drawer-title' }, title),
  );
}

/** @param {string} name @param {string | undefined} value @param {string} [style] */
function fact(name, value, style) {
  return value ? h('div', {}, h('dt', {}, name), h('dd', { class: style }, value)) : undefined;
}

/** @param {Model} model @param {number} i @param {boolean} open */
function caseView(model, i, open) {
  const { columns } = model;
  /** @param {number | undefined} at */
  const text = (at) => model.texts[at ?? 0] ?? undefined;
  const name = model.verdictNames[columns.verdict[i] ?? 0] ?? '';
  const marks = columns.marks[i] ?? 0;
  const knownId = text(columns.known[i]);
  const trail = model.trails[columns.trail[i] ?? 0];
  const layer = text(columns.layer[i]);
  const reason = text(columns.reason[i]);
  return h(
    'section',
    { class: 'case' },
    h(
      'h3',
      {},
      badgeOf(name),
      h('span', {}, text(columns.scenario[i])),
      marks & 2 ? h('span', { class: 'tag' }, 'security') : undefined,
      marks & 1 ? h('span', { class: 'tag' }, 'flaky') : undefined,
    ),
    reason ? h('p', {}, reason) : undefined,
    h(
      'dl',
      { class: 'contrast' },
      h('div', {}, h('dt', {}, 'Expected'), h('dd', { class: 'mono' }, text(columns.expected[i]))),
      h('div', {}, h('dt', {}, 'Observed'), h('dd', { class: 'mono' }, text(columns.observed[i]))),
    ),
    knownId ? knownView(model, knownId) : undefined,
    trail ? trailView(model, trail) : layer ? h('p', {}, `Changed at the ${layerWords(model, layer)}`) : undefined,
    evidenceView(model, i, open),
  );
}

/** @param {Model} model @param {string} id */
function knownView(model, id) {
  const issue = model.known.find((known) => known.id === id);
  return h(
    'div',
    { class: 'note' },
    h('b', {}, 'Known issue '),
    h('span', { class: 'mono' }, id),
    issue
      ? [
          h('p', {}, issue.title),
          h('p', { class: 'quiet' }, `${issue.range}${issue.security ? '; weakens isolation' : ''}`),
          h('p', {}, citationOf(issue.url)),
        ]
      : undefined,
  );
}

/** @param {Model} model @param {Array<{ layer: string, value: string, changed: boolean }>} trail */
function trailView(model, trail) {
  const first = trail.findIndex((hop) => hop.changed);
  return h(
    'ol',
    { class: 'trail', 'aria-label': 'Way of the value through the layers' },
    trail.map((hop, index) =>
      h(
        'li',
        { class: index === first ? 'first' : hop.changed ? 'changed' : undefined },
        h('span', { class: 'layer' }, layerWords(model, hop.layer)),
        h('span', { class: 'mono' }, hop.value),
        index === first ? h('span', { class: 'tag' }, 'changed first here') : undefined,
      ),
    ),
  );
}

/** @param {Model} model @param {number} i @param {boolean} open */
function evidenceView(model, i, open) {
  const { columns } = model;
  const line = columns.line[i] ?? 0;
  const path =
    line > 0
      ? `cells/${model.cells[columns.cell[i] ?? 0]?.id}/observations.ndjson#${line}`
      : (model.texts[columns.evidence[i] ?? 0] ?? '');
  const block = model.embedded.indexOf(columns.cell[i] ?? -1);
  const source = h('p', { class: 'mono quiet path' }, path);
  if (block === -1)
    return h(
      'div',
      {},
      h(
        'p',
        { class: 'quiet' },
        `The observation is not part of this page, which has ${model.kept} of ${model.of}; it is in the run folder:`,
      ),
      source,
    );
  const body = h('div', { class: 'evidence' });
  const details = h('details', { open }, h('summary', {}, 'Evidence'), source, body);
  const fill = async () => {
    if (!details.open || body.childElementCount > 0) return;
    body.append(h('p', { class: 'quiet' }, 'Reading'));
    const observations = await readBlock(`evidence-${block}`);
    const key = `${model.rules[columns.rule[i] ?? 0]?.suite} ${model.texts[columns.scenario[i] ?? 0]}`;
    const found = Object.hasOwn(observations, key) ? observations[key] : undefined;
    body.replaceChildren(
      ...(found
        ? observationView(found, await reproView(model, i, found))
        : [h('p', { class: 'quiet' }, 'No observation was recorded for this scenario.')]),
    );
  };
  details.addEventListener('toggle', () => void fill());
  void fill();
  return details;
}

/** @param {Model} model @param {string} layer */
function layerWords(model, layer) {
  return Object.hasOwn(model.layerNames, layer) ? model.layerNames[layer] : layer;
}
