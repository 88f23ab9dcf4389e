/** What the address of a report page says. An empty text is nothing. */
export interface Address {
  /** The filter. */
  only: string;
  /** Where the drawer is open: on a question of a suite in a cell, or on the cell alone. */
  cell: string;
  suite: string;
  question: string;
  /** `all` gives each cell a column of its own. */
  cells: string;
  /** Which folded rows are open, separated by commas. */
  open: string;
}

const nowhere: Address = { only: '', cell: '', suite: '', question: '', cells: '', open: '' };

/** Reads the part of an address after `#`, whatever it is. */
export function readAddress(hash: string): Address {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const of = (key: keyof Address): string => parameters.get(key) ?? '';
  const cells = of('cells') === 'all' ? 'all' : '';
  return { only: of('only'), cell: of('cell'), suite: of('suite'), question: of('question'), cells, open: of('open') };
}

/** The part of an address from `#` on. */
export function writeAddress(address: Partial<Address>): string {
  const parts = Object.entries({ ...nowhere, ...address }).filter(([, value]) => value !== '');
  return `#${parts.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}
