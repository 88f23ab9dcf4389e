/** @typedef {{ only: string, cell: string, suite: string, rule: string, cells: string }} State what the address says: the filter, the open drawer, and `all` for a column for each cell */

const stateKeys = /** @type {const} */ (['only', 'cell', 'suite', 'rule', 'cells']);

/**
 * @param {string} hash
 * @returns {State}
 */
export function readState(hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    only: parameters.get('only') ?? '',
    cell: parameters.get('cell') ?? '',
    suite: parameters.get('suite') ?? '',
    rule: parameters.get('rule') ?? '',
    cells: parameters.get('cells') === 'all' ? 'all' : '',
  };
}

/**
 * @param {State} state
 * @returns {string}
 */
export function writeState(state) {
  const parts = stateKeys.filter((key) => state[key] !== '').map((key) => `${key}=${encodeURIComponent(state[key])}`);
  return parts.length === 0 ? '#' : `#${parts.join('&')}`;
}
