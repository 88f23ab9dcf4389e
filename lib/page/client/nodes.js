import { h } from './dom.js';

/**
 * A device node as ls(1) would say it: `c 10:229 1000:2000 0640 /dev/xchar`.
 * @param {any} node of an observation's /dev listing
 */
export function nodeLine(node) {
  const numbers = node.major === undefined ? '' : `${node.major}:${node.minor}`;
  return [
    node.type,
    numbers,
    `${node.uid}:${node.gid}`,
    node.mode,
    node.path,
    node.target === undefined ? '' : `-> ${node.target}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * A device of the OCI specification in the same form; what the engine left open says so.
 * @param {any} device
 */
export function specLine(device) {
  const mode = device.fileMode === undefined ? 'no mode' : (device.fileMode & 0o7777).toString(8).padStart(4, '0');
  return `${device.type} ${device.major}:${device.minor} ${device.uid ?? 'no uid'}:${device.gid ?? 'no gid'} ${mode} ${device.path}`;
}

/**
 * For each device that the CRI was asked for, the lines of every layer that speak of it.
 * @param {any} observation
 * @returns {HTMLElement | undefined}
 */
export function deviceTable(observation) {
  const asked = observation.request.devices ?? [];
  if (asked.length === 0) return undefined;
  /** @param {any[] | undefined} list @param {string} path */
  const below = (list, path) => (list ?? []).filter((node) => node.path === path || node.path.startsWith(`${path}/`));
  return h(
    'div',
    {},
    asked.map((/** @type {any} */ device) => {
      /** @type {Array<[string, string[]]>} */
      const rows = [
        ['CRI request', [`${device.hostPath} -> ${device.containerPath} ${device.permissions}`]],
        ['OCI specification', below(observation.spec?.linux?.devices, device.containerPath).map(specLine)],
        ['Host', below(observation.host?.dev, device.hostPath).map(nodeLine)],
        ['Guest', below(observation.guest?.dev, device.containerPath).map(nodeLine)],
        [
          'open(2)',
          below(observation.guest?.opens, device.containerPath).map((open) => `${open.access}: ${open.error ?? 'works'}`),
        ],
      ];
      return h(
        'table',
        { class: 'plain lines' },
        h('caption', {}, device.containerPath),
        h(
          'tbody',
          {},
          rows.map(([name, lines]) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, name),
              h(
                'td',
                { class: 'mono' },
                lines.length === 0 ? h('span', { class: 'quiet' }, 'nothing') : lines.map((line) => h('div', {}, line)),
              ),
            ),
          ),
        ),
      );
    }),
  );
}
