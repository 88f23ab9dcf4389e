/** Types of filter.js for the tests; the page has the script alone. */
export interface Component {
  name: string;
  version: string;
  label: string;
}
export interface Filter {
  terms: Array<{ key: string; test: (text: string | Component) => boolean }>;
  words: string[];
  problems: string[];
}
export const filterKeys: string[];
export function parseFilter(text: string): Filter;
export function globTest(pattern: string): (text: string) => boolean;
