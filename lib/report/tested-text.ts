import type { Document } from '../model/document.ts';
import { ownTitle } from './own-name.ts';

/** `CRI-O 1.36.3 · crun 1.21, runc 1.1.15 · debian-13`, with the kubelet before the host where one asked for the pods; by number where they are many. */
export function testedText({ cells, hosts }: Document): string {
  const some = (names: readonly string[], noun: string): string => {
    const distinct = [...new Set(names)];
    return distinct.length > 4 ? `${distinct.length} ${noun}` : distinct.join(', ');
  };
  return [
    some(
      cells.map(({ engine }) => ownTitle(engine)),
      'engines',
    ),
    some(
      cells.map(({ runtime }) => ownTitle(runtime)),
      'runtimes',
    ),
    some(
      cells.flatMap(({ kubelet }) => (kubelet === undefined ? [] : [`kubelet ${kubelet.version}`])),
      'kubelets',
    ),
    some(
      hosts.map(({ id }) => id),
      'hosts',
    ),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
