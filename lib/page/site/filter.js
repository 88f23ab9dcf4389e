/* Shows the rules that hold every word that was asked for, and of engines and runtimes the columns that were named. */
(() => {
  const form = document.querySelector('form.ask');
  const input = document.getElementById('ask');
  const found = document.getElementById('found');
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement) || !found) return;
  /** @param {Element} element */
  const textOf = (element) => element.getAttribute('data-text') ?? '';
  const rows = [...document.querySelectorAll('tr[data-text]')].map((row) => ({ row, text: textOf(row) }));
  const cells = [...document.querySelectorAll('td[data-text], th[data-text]')].map((cell) => ({
    cell,
    names: textOf(cell).split(' '),
  }));
  const places = new Set(cells.flatMap(({ names }) => names));
  const aliases = new Map([
    ['cri-o', 'crio'],
    ['gvisor', 'runsc'],
  ]);

  const apply = () => {
    const asked = input.value
      .toLowerCase()
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => aliases.get(word) ?? word);
    const words = asked.filter((word) => !places.has(word));
    const named = asked.filter((word) => places.has(word));
    for (const { cell, names } of cells) {
      cell.toggleAttribute('hidden', !named.every((word) => names.includes(word)));
    }
    let shown = 0;
    for (const { row, text } of rows) {
      const hit = words.every((word) => text.includes(word)) && row.querySelector('td:not([hidden]):not([data-none])') !== null;
      row.toggleAttribute('hidden', asked.length > 0 && !hit);
      if (hit) shown++;
    }
    for (const suite of document.querySelectorAll('section.suite')) {
      const left = suite.querySelector('tr[data-text]:not([hidden]) td:not([hidden])');
      suite.toggleAttribute('hidden', left === null);
    }
    found.textContent = asked.length === 0 ? '' : `${shown} of ${rows.length} rules`;
  };
  const read = () => {
    const match = /^#q=(.*)$/.exec(location.hash);
    if (match) input.value = decodeURIComponent((match[1] ?? '').replace(/%(?![0-9a-f]{2})/gi, '%25'));
    apply();
  };
  input.addEventListener('input', () => {
    apply();
    history.replaceState(null, '', input.value === '' ? location.pathname : `#q=${encodeURIComponent(input.value)}`);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  window.addEventListener('hashchange', read);
  form.hidden = false;
  read();
})();
