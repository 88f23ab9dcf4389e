import { type Address, readAddress, writeAddress } from '../address.ts';
import { readModel } from './blocks.ts';
import { collapsed, familiesOf } from './columns.ts';
import { byId, h } from './dom.ts';
import { cellView, verdictView } from './drawer.ts';
import { MatrixView } from './matrix.ts';
import type { Model } from './model.ts';
import { selectEntries } from './select.ts';
import { arranged, foldable, urgencyOf } from './urgency.ts';
import { vocabularyOf } from './vocabulary.ts';

/** The report page: everything that is shown follows from the address. */
function start(model: Model): void {
  const drawer = byId('drawer', HTMLElement);
  const input = byId('only', HTMLInputElement);
  const everyCell = byId('every-cell', HTMLInputElement);
  const cellAt = new Map(model.cells.map((cell, index) => [cell.id, index]));
  const questionAt = new Map(model.questions.map((question, index) => [`${question.suite} ${question.id}`, index]));
  const families = familiesOf(model);
  const vocabulary = vocabularyOf(model);
  const urgency = urgencyOf(model);
  let address = readAddress(location.hash);
  let shown: { filter?: string; drawer?: string } = { drawer: writeAddress({}) };
  /** Where the focus goes when the drawer closes. */
  let origin: (() => HTMLElement | null) | undefined;

  const matrix = new MatrixView(byId('grid', HTMLElement), model, (question, cell) => {
    const text = model.questions[question];
    origin = () => matrix.activeButton();
    go({ cell: model.cells[cell]?.id ?? '', suite: text?.suite ?? '', question: text?.id ?? '' });
  });

  const go = (change: Partial<Address>): void => {
    address = { ...address, ...change };
    history.replaceState(null, '', writeAddress(address));
    show();
  };
  const close = (): void => go({ cell: '', suite: '', question: '' });

  const show = (): void => {
    const { only, cells, open, ...place } = address;
    const next = { filter: writeAddress({ only, cells, open }), drawer: writeAddress(place) };
    const before = shown;
    shown = next;
    if (next.filter !== before.filter) showFilter(address);
    if (next.drawer !== before.drawer) showDrawer(address);
  };

  const showFilter = ({ only, cells, open }: Address): void => {
    everyCell.checked = cells === 'all';
    if (input.value.trim() !== only) input.value = only;
    const selection = selectEntries(model, only, vocabulary);
    const columns = cells === 'all' ? selection.columns.map((cell) => [cell]) : collapsed(model, selection, families);
    // What was asked for is shown, whatever its class.
    const opened = selection.hits === undefined ? open.split(',') : foldable;
    matrix.show({ ...selection, columns, classOf: urgency.classOf, ...arranged(selection.rows, urgency, opened) });
    const total = model.columns.verdict.length.toLocaleString('en');
    const found = only === '' ? `${total} verdicts` : `${selection.count.toLocaleString('en')} of ${total} verdicts`;
    const problems = selection.problems.map((problem) => h('span', { class: 'problem' }, problem));
    byId('filter-state', HTMLElement).replaceChildren(...problems, found);
  };

  const showDrawer = (place: Address): void => {
    const cell = cellAt.get(place.cell);
    const question = questionAt.get(`${place.suite} ${place.question}`);
    if (cell === undefined) {
      const inside = drawer.contains(document.activeElement);
      drawer.hidden = true;
      drawer.replaceChildren();
      if (inside) (origin?.() ?? matrix.activeButton())?.focus();
      return;
    }
    const like = matrix.likeCell(cell);
    drawer.replaceChildren(question === undefined ? cellView(model, cell, like) : verdictView(model, question, cell, like));
    drawer.hidden = false;
    drawer.scrollTop = 0;
    drawer.focus({ preventScroll: true });
  };

  const follow = (link: HTMLElement, event: Event): void => {
    const href = link.getAttribute('href') ?? '';
    if (link.matches('.close')) close();
    else if (link.matches('[data-fold]')) {
      const name = link.dataset['fold'];
      const open = address.open.split(',');
      go({ open: foldable.filter((each) => open.includes(each) !== (each === name)).join(',') });
    } else if (link.matches('[data-section]')) {
      event.preventDefault();
      const section = byId(href.slice(1), HTMLElement);
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    } else if (link.matches('[data-only]')) {
      event.preventDefault();
      go({ only: link.dataset['only'] ?? '' });
      byId('matrix', HTMLElement).scrollIntoView();
    } else if (link.matches('[data-drawer]')) {
      event.preventDefault();
      origin = () => link;
      const { cell, suite, question } = readAddress(href);
      go({ cell, suite, question });
    }
  };

  let pending = 0;
  input.addEventListener('input', () => {
    // Keys that came in while the last answer was made come before timers: one answer is for all of them.
    clearTimeout(pending);
    pending = setTimeout(() => go({ only: input.value.trim() }));
  });
  input.form?.addEventListener('submit', (event) => event.preventDefault());
  everyCell.addEventListener('change', () => go({ cells: everyCell.checked ? 'all' : '' }));
  addEventListener('hashchange', () => {
    address = readAddress(location.hash);
    show();
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !drawer.hidden) close();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('a, .close, [data-fold]') : null;
    if (link !== null) follow(link, event);
  });

  show();
  // Whoever opens a link to a verdict continues from there.
  const named = cellAt.get(address.cell);
  if (named !== undefined) matrix.enter(questionAt.get(`${address.suite} ${address.question}`) ?? -1, named);
  if (address.only !== '') byId('matrix', HTMLElement).scrollIntoView();
}

void readModel().then(start);
