import { answerer, type Answer } from './answers.ts';
import { byId } from './dom.ts';

/**
 * The first page of the site: answers what was asked or pasted, shows the questions that tell of it, and of engines and
 * runtimes the columns that were named.
 */

/** Names as people write them, and as the site does. */
const aliases = new Map([
  ['cri-o', 'crio'],
  ['gvisor', 'runsc'],
]);
/** Stands for the end of a line, as a text field has none. */
const lineEnd = ' ⏎ ';

const form = byId('ask-form', HTMLFormElement);
const input = byId('ask', HTMLInputElement);
const found = byId('found', HTMLElement);
const place = byId('answer', HTMLElement);
const textOf = (element: HTMLElement): string => element.dataset['text'] ?? '';
const rows = all('tr[data-text]').map((row) => ({ row, text: textOf(row), id: row.dataset['question'] ?? '' }));
const cells = all('td[data-text], th[data-text]').map((cell) => ({ cell, names: textOf(cell).split(' ') }));
const places = new Set(cells.flatMap(({ names }) => names));
/** Nothing is asked before it is there. */
let answer: (query: string, words: readonly string[]) => Answer = () => nothing;
const nothing: Answer = { panel: undefined, questions: new Set(), isFailure: false };

function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}

function apply(): void {
  const query = input.value.replaceAll(lineEnd, '\n').trim();
  const written = query.toLowerCase().split(/[\s?!,;"()]+/);
  const asked = written.filter((word) => word !== '').map((word) => aliases.get(word) ?? word);
  const rest = asked.filter((word) => !places.has(word));
  const reply = query === '' ? nothing : answer(query, rest);
  place.replaceChildren(...(reply.panel === undefined ? [] : [reply.panel]));
  // A log names engines for other reasons.
  const [words, named] = reply.isFailure ? [[], []] : [rest, asked.filter((word) => places.has(word))];
  const has = ({ names }: { names: string[] }): boolean => named.every((word) => names.includes(word));
  // Where nothing was run with all that is named, what has some of it is nearer than an empty page.
  const isRunTogether = cells.some(has);
  const isPlace = isRunTogether ? has : ({ names }: { names: string[] }) => named.some((word) => names.includes(word));
  for (const { cell, names } of cells) cell.hidden = !isPlace({ names });
  const run = rows.map(({ row, text, id }) => ({
    row,
    isRun: row.querySelector('td:not([hidden]):not([data-none])') !== null,
    held: words.filter((word) => text.includes(word)).length,
    // An answer with what is named, or the nearest one where that was not run.
    isAnswered: reply.questions.has(id) && row.querySelector('td:not([hidden]) a') !== null,
  }));
  // What the index found; where none of it has an answer near what is named, what holds most of the words.
  const byIndex = run.some(({ isAnswered }) => isAnswered) && words.length + Number(reply.isFailure) > 0;
  const most = Math.max(0, ...run.filter(({ isRun }) => isRun).map(({ held }) => held));
  let shown = 0;
  for (const { row, isRun, held, isAnswered } of run) {
    const hit = byIndex ? isAnswered : isRun && held === most;
    row.hidden = query !== '' && !hit;
    if (hit) shown++;
  }
  for (const suite of all('section.suite')) {
    suite.hidden = suite.querySelector('tr[data-text]:not([hidden]) td:not([hidden])') === null;
    for (const folded of suite.querySelectorAll('details')) folded.open = query !== '';
  }
  const part = byIndex || most >= words.length ? '' : `, with ${most} of ${words.length} words`;
  const apart = isRunTogether ? '' : `; nothing was run with ${named.join(' and ')} together`;
  found.textContent = query === '' ? '' : `${shown} of ${rows.length} questions${part}${apart}`;
}

function read(): void {
  input.value = new URLSearchParams(location.hash.slice(1)).get('q') ?? input.value;
  apply();
}

function keep(): void {
  apply();
  history.replaceState(null, '', input.value === '' ? location.pathname : `#q=${encodeURIComponent(input.value)}`);
}

input.addEventListener('input', keep);
input.addEventListener('paste', (event) => {
  const pasted = event.clipboardData?.getData('text/plain').trim() ?? '';
  if (!pasted.includes('\n')) return;
  event.preventDefault();
  input.setRangeText(pasted.replaceAll(/\s*\n\s*/g, lineEnd), input.selectionStart ?? 0, input.selectionEnd ?? 0, 'end');
  keep();
});
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', read);

void answerer().then((ready) => {
  answer = ready;
  form.hidden = false;
  read();
});
