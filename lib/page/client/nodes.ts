import type { DeviceNode, PodEvidence, SpecDevice } from '../pod-evidence.ts';
import { h } from './dom.ts';

/** A device node as ls(1) would say it: `c 10:229 1000:2000 0640 /dev/xchar`. */
export function nodeLine({ type, major, minor, uid, gid, mode, path, target }: DeviceNode): string {
  const numbers = major === undefined ? '' : ` ${major}:${minor}`;
  return `${type}${numbers} ${uid}:${gid} ${mode} ${path}${target === undefined ? '' : ` -> ${target}`}`;
}

/** A device of the OCI specification in the same form; what the engine left open says so. */
export function specLine({ type, major, minor, uid, gid, fileMode, path }: SpecDevice): string {
  const mode = fileMode === undefined ? 'no mode' : (fileMode & 0o7777).toString(8).padStart(4, '0');
  return `${type} ${major}:${minor} ${uid ?? 'no uid'}:${gid ?? 'no gid'} ${mode} ${path}`;
}

/** For each device that the CRI was asked for, the lines of every layer that speak of it; undefined without one. */
export function deviceTable({ request, spec, host, guest }: PodEvidence): HTMLElement | undefined {
  if (request.devices.length === 0) return undefined;
  const tables = request.devices.map(({ hostPath, containerPath, permissions }) => {
    const opens = below(guest?.opens, containerPath);
    const rows: Array<[layer: string, lines: string[]]> = [
      ['CRI request', [`${hostPath} -> ${containerPath} ${permissions}`]],
      ['OCI specification', below(spec?.linux?.devices, containerPath).map(specLine)],
      ['Host', below(host?.dev, hostPath).map(nodeLine)],
      ['Guest', below(guest?.dev, containerPath).map(nodeLine)],
      ['open(2)', opens.map(({ access, error }) => `${access}: ${error ?? 'works'}`)],
    ];
    return h('table', { class: 'plain lines' }, h('caption', {}, containerPath), h('tbody', {}, rows.map(layerRow)));
  });
  return h('div', {}, tables);
}

function layerRow([layer, lines]: readonly [layer: string, lines: readonly string[]]): HTMLElement {
  const content = lines.length === 0 ? h('span', { class: 'quiet' }, 'nothing') : lines.map((line) => h('div', {}, line));
  return h('tr', {}, h('th', { scope: 'row' }, layer), h('td', { class: 'mono' }, content));
}

/** What is at this path, or in this directory. */
function below<T extends { path: string }>(list: readonly T[] = [], path: string): T[] {
  return list.filter((each) => each.path === path || each.path.startsWith(`${path}/`));
}
