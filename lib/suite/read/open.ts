import { canary } from '../../model/fixtures.ts';
import { agreed, podReading, type About, type Reading } from '../reading.ts';
import { containerPath, type NodeReference } from './node.ts';

/** How open(2) ends: EACCES is the file mode or a nodev mount, EPERM the device cgroup, ENXIO a kernel without the device. */
export const results = ['works', 'EACCES', 'EPERM', 'ENXIO', 'ENOENT'] as const;
export type Result = (typeof results)[number];

/** open(2) of the nodes. */
export function opening(access: 'read' | 'write', ...references: NodeReference[]): Reading<Result> {
  return attempt(access, references);
}

/** mknod(2) of a node like a host's, and open(2) of it. */
export function making(path: string): Reading<Result> {
  return attempt('mknod', [path]);
}

function attempt(access: 'read' | 'write' | 'mknod', references: readonly NodeReference[]): Reading<Result> {
  return podReading(results, (guest, _, evidence) => {
    const tries = references.map((reference) => {
      const path = containerPath(reference, evidence);
      const tried = guest.opens.find((entry) => entry.path === path && entry.access === access);
      if (tried === undefined) return { path, word: 'untried', text: `${access} of ${path} was not tried` };
      const { error } = tried;
      return { path, word: error ?? 'works', text: `${access} of ${path} ${error === null ? 'works' : `fails with ${error}`}` };
    });
    const first = tries[0];
    return {
      word: agreed(tries.map(({ word }) => word)),
      text: tries.map(({ text }) => text).join('; '),
      ...(first === undefined ? {} : aboutError(first.path, first.word)),
    };
  });
}

/** What of the node an errno speaks of: EACCES of its mode, ENOENT of its presence. EPERM is the device cgroup's, which is no property of it. */
function aboutError(path: string, error: string): { about?: About } {
  if (error === 'EACCES') return { about: { path, field: 'mode' } };
  return error === 'ENOENT' ? { about: { path, field: 'presence' } } : {};
}

/** Whether the first bytes of the block device are the canary that was written on the host. */
export function contentOf(reference: NodeReference): Reading<'ours' | 'EACCES' | 'ENXIO'> {
  return podReading(['ours', 'EACCES', 'ENXIO'], (guest, _, evidence) => {
    const path = containerPath(reference, evidence);
    const read = guest.canaries.find((entry) => entry.path === path);
    if (read === undefined) return { word: 'unread', text: `${path} was not read` };
    const { error } = read;
    if (error !== null) return { word: error, text: `${path} cannot be read: ${error}`, ...aboutError(path, error) };
    return { word: read.content === canary ? 'ours' : 'foreign', text: `${path} holds ${JSON.stringify(read.content)}` };
  });
}

/** Whether a file can be made at this path. */
export function creating(path: string): Reading<'works' | 'EACCES'> {
  return podReading(['works', 'EACCES'], (guest) => {
    const tried = guest.writable.find((entry) => entry.path === path);
    if (tried === undefined) return { word: 'untried', text: `${path} was not tried` };
    const { error } = tried;
    return { word: error ?? 'works', text: `${path} ${error === null ? 'can be made' : `fails with ${error}`}` };
  });
}
