import { count } from '../util/words.ts';
import type { Attempt, Reach } from '../model/trial.ts';

/** `150 nodes, 4 disks of the host, all capabilities`: what the pod can touch that it could not before. */
export function moreText(before: Attempt | undefined, after: Attempt): string {
  if (after.outcome !== 'ran') return '';
  const [had, has] = [reachOf(before), reachOf(after)];
  const nodes = has.nodes - had.nodes;
  const disks = has.disks.filter((disk) => !had.disks.includes(disk));
  const capabilities = has.capabilities.filter((name) => !had.capabilities.includes(name));
  // Of a pod as it is, only what is no business of a container; its own ids and capabilities are shown elsewhere.
  if (before?.outcome !== 'ran' && disks.length === 0 && !has.madeDisk) return '';
  return [
    nodes > 0 ? `${count(nodes, before === undefined ? 'node' : 'more node')}` : '',
    disks.length > 0 ? `${count(disks.length, 'disk')} of the host` : '',
    has.madeDisk && !had.madeDisk && disks.length === 0 ? 'any disk of the host, by mknod' : '',
    capabilities.length > 0
      ? capabilityWords(capabilities)
      : has.bounding > had.bounding
        ? `${has.bounding} capabilities for setuid programs`
        : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The few by their names, many by their number. */
function capabilityWords(names: readonly string[]): string {
  return names.length >= 38 ? 'all capabilities' : names.length > 3 ? `${names.length} capabilities` : names.join(', ');
}

/** The widest of a pod's containers. */
function reachOf(attempt: Attempt | undefined): Reach {
  const all = attempt?.containers.map(({ reach }) => reach) ?? [];
  return {
    nodes: Math.max(0, ...all.map(({ nodes }) => nodes)),
    disks: [...new Set(all.flatMap(({ disks }) => disks))],
    madeDisk: all.some(({ madeDisk }) => madeDisk),
    groups: [...new Set(all.flatMap(({ groups }) => groups))],
    capabilities: [...new Set(all.flatMap(({ capabilities }) => capabilities))],
    bounding: Math.max(0, ...all.map(({ bounding }) => bounding)),
  };
}
