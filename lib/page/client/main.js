import { h } from './dom.js';
import { cellView, verdictView } from './drawer.js';
import { makeMatrix } from './matrix.js';
import { readModel } from './model.js';
import { collapsed, familyOrder } from './ranges.js';
import { selectEntries } from './select.js';
import { readState, writeState } from './state.js';

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

async function start() {
  const model = await readModel();
  const drawer = byId('drawer');
  const input = /** @type {HTMLInputElement} */ (byId('only'));
  const cellAt = new Map(model.cells.map((cell, index) => [cell.id, index]));
  const ruleAt = new Map(model.rules.map((rule, index) => [`${rule.suite} ${rule.id}`, index]));
  let state = readState(location.hash);
  const families = familyOrder(model);
  const everyCell = /** @type {HTMLInputElement} */ (byId('every-cell'));
  let shownFilter = '\n';
  /** @type {(() => HTMLElement | null) | undefined} where the focus goes when the drawer closes */
  let origin;

  const matrix = makeMatrix(byId('grid'), model, (rule, cell) => {
    const text = rule < 0 ? undefined : model.rules[rule];
    origin = () => matrix.activeButton();
    go({ ...state, cell: model.cells[cell]?.id ?? '', suite: text?.suite ?? '', rule: text?.id ?? '' });
  });

  /** @param {import('./state.js').State} next */
  const go = (next) => {
    state = next;
    history.replaceState(null, '', writeState(state));
    show();
  };

  const showFilter = () => {
    if (shownFilter === `${state.cells} ${state.only}`) return;
    shownFilter = `${state.cells} ${state.only}`;
    everyCell.checked = state.cells === 'all';
    if (input.value.trim() !== state.only) input.value = state.only;
    const selection = selectEntries(model, state.only);
    const columns = state.cells === 'all' ? selection.columns.map((cell) => [cell]) : collapsed(model, selection, families);
    matrix.show({ ...selection, columns });
    const total = model.columns.verdict.length.toLocaleString('en');
    const found = state.only === '' ? `${total} verdicts` : `${selection.count.toLocaleString('en')} of ${total} verdicts`;
    byId('filter-state').replaceChildren(
      ...(selection.problems.length > 0 ? [h('span', { class: 'problem' }, selection.problems.join('; ')), ' '] : []),
      found,
    );
  };

  const showDrawer = () => {
    const cell = cellAt.get(state.cell);
    const rule = ruleAt.get(`${state.suite} ${state.rule}`);
    if (cell === undefined) {
      if (drawer.hidden) return;
      const inside = drawer.contains(document.activeElement);
      drawer.hidden = true;
      drawer.replaceChildren();
      if (inside) (origin?.() ?? matrix.activeButton())?.focus();
      return;
    }
    const like = matrix.likeCell(cell);
    drawer.replaceChildren(
      state.rule !== '' && rule !== undefined ? verdictView(model, rule, cell, like) : cellView(model, cell, like),
    );
    drawer.hidden = false;
    drawer.scrollTop = 0;
    drawer.focus({ preventScroll: true });
  };

  let shownDrawer = '';
  const show = () => {
    showFilter();
    const key = writeState({ ...state, only: '', cells: '' });
    if (key === shownDrawer) return;
    shownDrawer = key;
    showDrawer();
  };
  const close = () => go({ ...state, cell: '', suite: '', rule: '' });

  let pending = 0;
  input.addEventListener('input', () => {
    // Keys that came in while the last answer was made come before timers: one answer is for all of them.
    clearTimeout(pending);
    pending = setTimeout(() => go({ ...state, only: input.value.trim() }));
  });
  everyCell.addEventListener('change', () => go({ ...state, cells: everyCell.checked ? 'all' : '' }));
  input.form?.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('hashchange', () => {
    state = readState(location.hash);
    show();
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !drawer.hidden) close();
  });
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('a, .close') : null;
    if (!(target instanceof HTMLElement)) return;
    if (target.matches('.close')) return close();
    if (target.matches('[data-section]')) {
      event.preventDefault();
      const section = byId((target.getAttribute('href') ?? '').slice(1));
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    } else if (target.matches('[data-only]')) {
      event.preventDefault();
      go({ ...state, only: target.dataset['only'] ?? '' });
      byId('matrix').scrollIntoView();
    } else if (target.matches('[data-drawer]')) {
      event.preventDefault();
      origin = () => target;
      go({ ...readState(target.getAttribute('href') ?? ''), only: state.only, cells: state.cells });
    }
  });

  show();
  if (state.only !== '') byId('matrix').scrollIntoView();
}

void start();
