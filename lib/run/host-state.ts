import { changeNode, releaseFunction, removeLink, undoChanges } from '../hosts/shared/changes.ts';
import type { Remote } from '../hosts/host.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { HostNodeState, PodScenario } from '../suite/scenario.ts';

/** By the numbers of the fixture `char` (lib/hosts/shared/fixture-scripts.ts). */
const charLink = '/dev/char/10:229';

/** The nodes of the host that a scenario changes, and to what. */
export function stateNodes(state: PodScenario['hostState'], fixtures: Fixtures): Array<HostNodeState & { path: string }> {
  return [
    ...(state?.kvm === undefined ? [] : [{ path: '/dev/kvm', ...state.kvm }]),
    ...(state?.null === undefined ? [] : [{ path: '/dev/null', ...state.null }]),
    ...(state?.blockPlain === undefined ? [] : [{ path: fixtures.blockPlain, ...state.blockPlain }]),
  ];
}

/**
 * Changes the host for one scenario; disposing restores what was there. A run that is killed in between leaves the host's
 * own memory of it, which the next lease and `clean` undo. Only one scenario at a time may change a host.
 */
export async function setHostState(
  remote: Remote,
  state: PodScenario['hostState'],
  fixtures: Fixtures,
  memory?: string,
): Promise<AsyncDisposable> {
  const nodes = stateNodes(state, fixtures);
  const released = state?.spareFunction === 'released' ? fixtures.vfioAddress : null;
  const unlinked = state?.charLink === 'removed' ? charLink : null;
  const changes = nodes.length > 0 || released !== null || unlinked !== null;
  const restored = { [Symbol.asyncDispose]: () => (changes ? undoChanges(remote, memory) : Promise.resolve()) };
  try {
    for (const { path, ...wanted } of nodes) await changeNode(remote, path, wanted, memory);
    if (released !== null) await releaseFunction(remote, released, memory);
    if (unlinked !== null) await removeLink(remote, unlinked, memory);
    return restored;
  } catch (error) {
    // What cannot be undone now stays in the host's memory.
    await restored[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}
