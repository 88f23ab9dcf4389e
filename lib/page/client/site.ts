import { byId } from './dom.ts';

/** The first page of the site: shows the rules that hold every word that was asked for, and of engines and runtimes the columns that were named. */

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
  const written = input.value.toLowerCase().split(/\s+/);
  const asked = written.filter((word) => word !== '').map((word) => aliases.get(word) ?? word);
  const words = asked.filter((word) => !places.has(word));
  const named = asked.filter((word) => places.has(word));
  for (const { cell, names } of cells) cell.hidden = !named.every((word) => names.includes(word));
  let shown = 0;
  for (const { row, text } of rows) {
    const hit = words.every((word) => text.includes(word)) && row.querySelector('td:not([hidden]):not([data-none])') !== null;
    row.hidden = asked.length > 0 && !hit;
    if (hit) shown++;
  }
  for (const suite of all('section.suite'))
    suite.hidden = suite.querySelector('tr[data-text]:not([hidden]) td:not([hidden])') === null;
  found.textContent = asked.length === 0 ? '' : `${shown} of ${rows.length} questions`;
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
