import type { Failure } from '../reader/failure.ts';

/** Nodes that every container has, and those of terminals: no pod asks for them. */
const everywhere = /^\/dev\/(?:std|fd\/|pts\/|ptmx|shm|mqueue|tty$|console$|null$|zero$|full$|u?random$)/;
const block = /^\/dev\/(?:[sv]d[a-z]|nvme\d|loop\d|dm-|mapper\/|xvd|md\d|ram\d|sr\d|zvol\/)/;

/**
 * The command that tries the pod with a stand-in for the node that it could not open, and every change that may help; undefined
 * where what failed is no device that a pod is given.
 */
export function tryIt({ object = '', errno }: Failure): string | undefined {
  // Untrusted, and a part of a command to copy.
  const isDevice = /^\/dev\/[\w./-]+$/.test(object) && !object.includes('..') && !everywhere.test(object);
  if (!isDevice || (errno !== 'EACCES' && errno !== 'EPERM')) return undefined;
  return `npx podproof try pod.yaml --device RESOURCE=${object}:${block.test(object) ? 'b' : 'c'}:UID:GID:MODE (as "podproof describe-devices ${object}" prints them on the node)`;
}
