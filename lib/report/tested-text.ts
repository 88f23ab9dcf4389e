import type { Document } from '../model/document.ts';
import { ownTitle } from './own-name.ts';

/** `CRI-O 1.36.3 · crun 1.21, runc 1.1.15 · debian-13`, with the kubelet before the host where one asked for the pods; by number where they are many. */
export function testedText({ cells, hosts }: Document): string {
  const some = <Row>(noun: string, rows: readonly Row[], nameOf: (row: Row) => string | undefined): string => {
    const names = [...new Set(rows.map(nameOf))].filter((name) => name !== undefined);
    return names.length > 4 ? `${names.length} ${noun}` : names.join(', ');
  };
  const parts = [
    some('engines', cells, ({ engine }) => ownTitle(engine)),
    some('runtimes', cells, ({ runtime }) => ownTitle(runtime)),
    some('kubelets', cells, ({ kubelet }) => kubelet && `kubelet ${kubelet.version}`),
    some('hosts', hosts, ({ id }) => id),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
