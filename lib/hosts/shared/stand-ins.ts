import type { Remote } from '../host.ts';
import { change } from './changes.ts';

/** A device node on the host that stands for one of somebody's own. */
export interface StandIn {
  /** Where it is made. A node that is there already keeps its numbers. */
  path: string;
  type: 'c' | 'b';
  /** `MAJOR:MINOR`, or the path of a node that has them. */
  numbers: string;
  /** `UID:GID` and four octal digits; without them a node that is there keeps all that it has, and a new one is root's, 0660. */
  access?: { owner: string; mode: string };
}

/**
 * Makes the nodes with their directories. The host remembers each before it is made, so that `undoChanges`, the next lease and
 * `clean` remove them. Throws an Error where something that is no such node is in the way.
 */
export async function makeStandIns(remote: Remote, standIns: readonly StandIn[], memory?: string): Promise<void> {
  if (standIns.length === 0) return;
  const words = standIns.flatMap(({ path, type, numbers, access }) => [
    ...[path, type, numbers],
    ...(access === undefined ? ['', ''] : [access.owner, access.mode]),
  ]);
  await change(remote, `make the device nodes ${standIns.map(({ path }) => path).join(', ')}`, 'make', words, memory);
}
