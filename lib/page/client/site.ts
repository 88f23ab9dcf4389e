import { byId } from './dom.ts';

/** The first page of the site: shows the questions that hold most of the words that were asked for, and of engines and runtimes the columns that were named. */

/** Names as people write them, and as the site does. */
const aliases = new Map([
  ['cri-o', 'crio'],
  ['gvisor', 'runsc'],
]);

const form = byId('ask-form', HTMLFormElement);
const input = byId('ask', HTMLInputElement);
const found = byId('found', HTMLElement);
const textOf = (element: HTMLElement): string => element.dataset['text'] ?? '';
const rows = all('tr[data-text]').map((row) => ({ row, text: textOf(row) }));
const cells = all('td[data-text], th[data-text]').map((cell) => ({ cell, names: textOf(cell).split(' ') }));
const places = new Set(cells.flatMap(({ names }) => names));

function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}

function apply(): void {
  const written = input.value.toLowerCase().split(/[\s?!,;"()]+/);
  const asked = written.filter((word) => word !== '').map((word) => aliases.get(word) ?? word);
  const words = asked.filter((word) => !places.has(word));
  const named = asked.filter((word) => places.has(word));
  const has = ({ names }: { names: string[] }): boolean => named.every((word) => names.includes(word));
  // Where nothing was run with all that is named, what has some of it is nearer than an empty page.
  const isRunTogether = cells.some(has);
  const isPlace = isRunTogether ? has : ({ names }: { names: string[] }) => named.some((word) => names.includes(word));
  for (const { cell, names } of cells) cell.hidden = !isPlace({ names });
  const counted = rows.map(({ row, text }) => ({
    row,
    isRun: row.querySelector('td:not([hidden]):not([data-none])') !== null,
    held: words.filter((word) => text.includes(word)).length,
  }));
  const most = Math.max(0, ...counted.filter(({ isRun }) => isRun).map(({ held }) => held));
  let shown = 0;
  for (const { row, isRun, held } of counted) {
    const hit = isRun && held === most;
    row.hidden = asked.length > 0 && !hit;
    if (hit) shown++;
  }
  for (const suite of all('section.suite'))
    suite.hidden = suite.querySelector('tr[data-text]:not([hidden]) td:not([hidden])') === null;
  const part = most < words.length ? `, with ${most} of ${words.length} words` : '';
  const apart = isRunTogether ? '' : `; nothing was run with ${named.join(' and ')} together`;
  found.textContent = asked.length === 0 ? '' : `${shown} of ${rows.length} questions${part}${apart}`;
}

function read(): void {
  input.value = new URLSearchParams(location.hash.slice(1)).get('q') ?? input.value;
  apply();
}

input.addEventListener('input', () => {
  apply();
  history.replaceState(null, '', input.value === '' ? location.pathname : `#q=${encodeURIComponent(input.value)}`);
});
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', read);
form.hidden = false;
read();
