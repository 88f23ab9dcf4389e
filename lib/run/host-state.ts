import type { Remote } from '../host/host.ts';
import type { Fixtures } from '../record/fixtures.ts';
import type { HostNodeState, Scenario } from '../suite/scenario.ts';
import { Scope } from '../util/scope.ts';

/** Sets owner and mode of host nodes for one scenario; disposing restores what was there. */
export async function setHostState(remote: Remote, state: Scenario['hostState'], fixtures: Fixtures): Promise<AsyncDisposable> {
  const scope = new Scope();
  const nodes: Array<[string, HostNodeState | undefined]> = [
    ['/dev/kvm', state?.kvm],
    [fixtures.blockPlain, state?.blockPlain],
  ];
  try {
    for (const [path, wanted] of nodes) {
      if (wanted === undefined) continue;
      const before = (await stat(remote, path)).split(' ');
      scope.onRelease(`owner and mode of ${path}`, () => set(remote, path, { owner: before[0] ?? '', mode: before[1] ?? '' }));
      await set(remote, path, wanted);
    }
    return scope;
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}

async function stat(remote: Remote, path: string): Promise<string> {
  const { stdout, exitCode, stderr } = await remote.exec(['stat', '-L', '-c', '%u:%g %a', path]);
  if (exitCode !== 0) throw new Error(`Cannot read owner and mode of ${path}: ${stderr.trim()}`);
  return stdout.trim();
}

async function set(remote: Remote, path: string, { owner, mode }: HostNodeState): Promise<void> {
  const { exitCode, stderr } = await remote.exec(['sh', '-euc', 'chown "$2" "$1"; chmod "$3" "$1"', 'sh', path, owner, mode]);
  if (exitCode !== 0) throw new Error(`Cannot set ${path} to ${owner} ${mode}: ${stderr.trim()}`);
}
