import type { Expectation, Finding } from '../rule.ts';
import { containerPath, type NodeReference } from './node.ts';
import { ran } from './outcome.ts';

/** open(2) of the node works. */
export function opens(reference: NodeReference, access: 'read' | 'write'): Expectation {
  return attempt(reference, access, null);
}

/** open(2) of the node fails with this errno: EACCES is the file mode, EPERM the device cgroup, ENOENT an absent node. */
export function fails(reference: NodeReference, access: 'read' | 'write' | 'mknod', errno: string): Expectation {
  return attempt(reference, access, errno);
}

/** mknod(2) of a node like a host's, and open(2) of it, work. */
export function makesNode(path: string): Expectation {
  return attempt(path, 'mknod', null);
}

function attempt(reference: NodeReference, access: 'read' | 'write' | 'mknod', error: string | null): Expectation {
  return ran((guest, evidence) => {
    const path = containerPath(reference, evidence);
    const tried = guest.opens.find((entry) => entry.path === path && entry.access === access);
    return [
      {
        ok: tried !== undefined && tried.error === error,
        expected: `${access} of ${path} ${result(error)}`,
        observed: tried === undefined ? `${access} of ${path} was not tried` : `${access} of ${path} ${result(tried.error)}`,
        ...about(path, tried?.error),
      },
    ];
  });
}

/** What of the node an errno speaks of: EACCES of its mode, ENOENT of its presence. EPERM is the device cgroup's, which is no property of it. */
function about(path: string, error: string | null | undefined): Pick<Finding, 'about'> {
  if (error === 'EACCES') return { about: { path, field: 'mode' } };
  return error === 'ENOENT' ? { about: { path, field: 'presence' } } : {};
}

function result(error: string | null): string {
  return error === null ? 'works' : `fails with ${error}`;
}

/** The first bytes of the block device are the canary that was written on the host. */
export function readsCanary(reference: NodeReference, content: string): Expectation {
  return ran((guest, evidence) => {
    const path = containerPath(reference, evidence);
    const read = guest.canaries.find((entry) => entry.path === path);
    return [
      {
        ok: read?.content === content,
        expected: `${path} holds ${JSON.stringify(content)}`,
        observed: read === undefined ? `${path} was not read` : `${path} holds ${JSON.stringify(read.content ?? read.error)}`,
        ...about(path, read?.error),
      },
    ];
  });
}

/** A file can be made at this path. */
export function writable(path: string): Expectation {
  return ran((guest) => {
    const tried = guest.writable.find((entry) => entry.path === path);
    return [
      {
        ok: tried !== undefined && tried.error === null,
        expected: `${path} can be made`,
        observed:
          tried === undefined
            ? `${path} was not tried`
            : `${path} ${tried.error === null ? 'can be made' : `fails with ${tried.error}`}`,
      },
    ];
  });
}
