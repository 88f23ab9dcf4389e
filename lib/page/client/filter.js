import { orderOfVersions, readVersion } from './version.js';

/**
 * @typedef {{ name: string, version: string, label: string }} Component an engine or runtime; the label is `3.30.0-go-qemu`
 * @typedef {(text: string | Component) => boolean} Test
 * @typedef {{ key: string, test: Test }} Term
 * @typedef {{ terms: Term[], words: string[], problems: string[] }} Filter
 */

export const filterKeys = ['host', 'engine', 'runtime', 'cell', 'suite', 'rule', 'scenario', 'verdict'];

/**
 * Reads the grammar of `--only`, with `verdict=` and free words beside it. What cannot be read is a problem, never ignored silently.
 * @param {string} text
 * @returns {Filter}
 */
export function parseFilter(text) {
  /** @type {Filter} */
  const filter = { terms: [], words: [], problems: [] };
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const match = /^([a-z]+)=(.*)$/i.exec(word);
    if (!match) {
      filter.words.push(word.toLowerCase());
      continue;
    }
    const key = (match[1] ?? '').toLowerCase();
    const values = (match[2] ?? '').split(',').filter((value) => value !== '');
    if (!filterKeys.includes(key)) filter.problems.push(`“${key}” is no key`);
    else if (values.length === 0) filter.problems.push(`${key}= has no value`);
    else filter.terms.push({ key, test: anyOf(values.map((value) => testOf(key, value, filter.problems))) });
  }
  return filter;
}

/**
 * A matcher for a pattern in which `*` stands for any text, upper and lower case being equal.
 * @param {string} pattern
 * @returns {(text: string) => boolean}
 */
export function globTest(pattern) {
  const source = pattern
    .split(/\*+/)
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 'is');
  return (text) => expression.test(text);
}

/**
 * @param {string} key
 * @param {string} value
 * @param {string[]} problems
 * @returns {Test}
 */
function testOf(key, value, problems) {
  if (key !== 'engine' && key !== 'runtime') {
    const matches = globTest(value);
    return (text) => typeof text === 'string' && matches(text);
  }
  const match = /^([^@<>=]*)(?:@(.+)|((?:(?:>=|<=|>|<|=)[^<>=]+)*))$/.exec(value);
  if (!match) {
    problems.push(`“${value}” is no version range`);
    return () => false;
  }
  const named = globTest(match[1] || '*');
  const versioned = match[2] === undefined ? undefined : globTest(match[2]);
  const range = [...(match[3] ?? '').matchAll(/(>=|<=|>|<|=)([^<>=]+)/g)].map(([, sign = '=', version = '']) => ({
    sign,
    version,
  }));
  for (const { version } of range) if (!readVersion(version)) problems.push(`“${version}” is no version`);
  return (component) => {
    if (typeof component === 'string') return false;
    const { name, version, label } = component;
    if (!named(name) && !(range.length === 0 && !versioned && named(`${name}-${label}`))) return false;
    if (versioned && !versioned(version) && !versioned(label)) return false;
    return range.every((part) => holds(orderOfVersions(version, part.version), part.sign));
  };
}

/**
 * @param {number | undefined} order
 * @param {string} sign
 */
function holds(order, sign) {
  if (order === undefined) return false;
  if (sign === '>=') return order >= 0;
  if (sign === '<=') return order <= 0;
  if (sign === '>') return order > 0;
  if (sign === '<') return order < 0;
  return order === 0;
}

/**
 * @param {Test[]} tests
 * @returns {Test}
 */
function anyOf(tests) {
  return (text) => tests.some((test) => test(text));
}
