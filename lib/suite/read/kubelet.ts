import type { DeviceNode } from '../../model/device-node.ts';
import { differenceText } from '../../model/kubelet-record.ts';
import { podReading, type Reading } from '../reading.ts';
import { entryAt, numbers } from './node.ts';

/** Whether the kubelet asked the engine for exactly what podproof's own translation of the manifest does, of a pod that ran. */
export function kubeletRequest(): Reading<'as podproof'> {
  return podReading(['as podproof'], (_, __, { observation: { kubelet } }) => {
    if (kubelet === undefined || kubelet.pod.requests.length === 0) return undefined;
    const { pod, differences } = kubelet;
    if (differences.length === 0) return { word: 'as podproof', text: `all fields of ${pod.requests.length} requests` };
    return { word: 'other', text: differences.map(differenceText).join('; ') };
  });
}

/** Whether the container has the devices that its plugins offer, each at its path and with its type and numbers on the host. */
export function pluginDevices(): Reading<'offered'> {
  return podReading(['offered'], ({ dev }, host, { observation: { kubelet } }) => {
    const offered = (kubelet?.pod.allocations ?? []).flatMap(({ devices }) => devices);
    if (offered.length === 0) return undefined;
    const wrong = offered.flatMap(({ hostPath, containerPath }) => {
      const [seen, wanted] = [entryAt(dev, containerPath), entryAt(host.dev, hostPath)].map((node) =>
        node === undefined ? 'absent' : numbers(node),
      );
      return seen === wanted && seen !== 'absent' ? [] : [`${containerPath} is ${seen}, offered was ${wanted}`];
    });
    if (wrong.length > 0) return { word: 'other', text: wrong.join('; ') };
    return { word: 'offered', text: `the ${offered.length} nodes that the plugin offers` };
  });
}

/** Whether the pod may take a whole CPU, by the control groups of its processes on the host, or no more than a hundredth. */
export function cpuTime(): Reading<'whole' | 'hundredth'> {
  return podReading(['whole', 'hundredth'], (_, { processes }) => {
    const lines = processes.flatMap(({ role, cpuMax = [] }) => (role === 'container' ? cpuMax : []));
    if (lines.length === 0) return undefined;
    // That of the sandbox alone has no limit.
    const least = Math.min(...lines.map(shareOf));
    const text =
      least === Infinity ? 'no control group limits it' : `cpu.max allows ${Number((least * 100).toFixed(2))} % of a CPU`;
    return { word: least >= 1 ? 'whole' : least <= 0.01 ? 'hundredth' : 'less', text };
  });
}

/** Of a CPU, by a line of cpu.max. */
function shareOf(line: string): number {
  const [, quota = '', period = ''] = /^(max|\d+) (\d+)$/.exec(line) ?? [];
  return quota === 'max' ? Infinity : Number(quota) / Number(period);
}

/** Whether an entry of /dev is as ls(1) is printed to show it: `drwxrwsr-x 0 3000`. */
export function listed(path: string, line: string): Reading<'as printed' | 'absent'> {
  return podReading(['as printed', 'absent'], ({ dev }) => {
    const seen = entryAt(dev, path);
    if (seen === undefined) return { word: 'absent', text: `${path} is absent` };
    const text = listingOf(seen);
    return { word: text === line ? 'as printed' : text, text: `${path} is ${text}`, about: { path, field: 'mode' } };
  });
}

function listingOf({ type, mode, uid, gid }: DeviceNode): string {
  const bits = Number.parseInt(mode, 8);
  const special = [bits & 0o4000, bits & 0o2000, bits & 0o1000];
  const classes = [6, 3, 0].map((shift, index) => {
    const [r, w, x] = [4, 2, 1].map((bit) => ((bits >> shift) & bit) !== 0);
    const mark = index === 2 ? 't' : 's';
    const last = special[index] === 0 ? (x ? 'x' : '-') : x ? mark : mark.toUpperCase();
    return `${r ? 'r' : '-'}${w ? 'w' : '-'}${last}`;
  });
  return `${type}${classes.join('')} ${uid} ${gid}`;
}
