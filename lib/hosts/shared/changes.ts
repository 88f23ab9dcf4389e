import { readFileSync } from 'node:fs';
import { messageOf } from '../../util/errors.ts';
import type { Remote } from '../host.ts';
import type { Step } from './steps.ts';

/** Where a host remembers what was changed on it: forgotten together with it at a reboot, and found by whoever comes next. */
const memory = '/run/podproof/changes';

/** The same for what an engine loads into the kernel, which goes with it, and not with a pod. */
const ofEngines = '/run/podproof/changes-of-engines';

const script = readFileSync(new URL('changes.sh', import.meta.url), 'utf8');

/** Owner and mode of a node: `{ owner: 'root:root', mode: '0600' }`. */
export interface NodeState {
  owner: string;
  mode: string;
}

/** Sets owner and mode of a node. What was there is in the host's memory before anything is changed. */
export function changeNode(remote: Remote, path: string, to: NodeState, where: string = memory): Promise<void> {
  return change(remote, `set ${path} to ${to.owner} ${to.mode}`, 'node', [path, to.owner, to.mode], where);
}

/** Gives a PCI function to the host's own driver; undone, it goes back to its former driver. */
export function releaseFunction(remote: Remote, address: string, where: string = memory): Promise<void> {
  return change(remote, `give PCI function ${address} to the host's own driver`, 'release', [address], where);
}

/** Takes a symbolic link away; undone, it leads where it led. */
export function removeLink(remote: Remote, path: string, where: string = memory): Promise<void> {
  return change(remote, `remove the link ${path}`, 'unlink', [path], where);
}

/** Remembers that an engine loads an AppArmor profile, where there is none of this name yet. */
export function expectProfile(remote: Remote, name: string): Promise<void> {
  return change(remote, `look for the AppArmor profile ${name}`, 'profile', [name], ofEngines);
}

/** Takes the profiles of engines out of the kernel. Throws NotRestoredError. */
export function unloadProfiles(remote: Remote): Promise<void> {
  return undoChanges(remote, ofEngines);
}

/** The host is not as it was, and still remembers how to get there. */
export class NotRestoredError extends Error {}

/** Undoes every change that the host remembers, whoever made it, a run that was killed too. Idempotent. */
export const undoSteps: readonly Step[] = [memory, ofEngines].map((where) => ({
  ...{ name: 'restore what was changed', script, args: [where, 'undo'] },
}));

/** The same while a run goes on. Throws NotRestoredError. */
export async function undoChanges(remote: Remote, where: string = memory): Promise<void> {
  await change(remote, 'restore what was changed on the host', 'undo', [], where).catch((error: unknown) => {
    throw new NotRestoredError(messageOf(error), { cause: error });
  });
}

/** Runs a verb of changes.sh. `what` completes "Cannot …". */
export async function change(
  remote: Remote,
  what: string,
  verb: 'node' | 'make' | 'release' | 'unlink' | 'profile' | 'undo',
  words: readonly string[],
  where: string = memory,
): Promise<void> {
  const result = await remote.exec(['sh', '-c', script, 'changes', where, verb, ...words]);
  if (result.exitCode !== 0) throw new Error(`Cannot ${what}: ${result.stderr.trim() || result.failure}`);
}
