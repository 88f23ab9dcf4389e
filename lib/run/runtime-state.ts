import type { EngineConfig } from '../engines/engine.ts';
import type { Remote } from '../hosts/host.ts';
import { runtimes, type RuntimeFacts } from '../runtimes/facts.ts';
import { keysOf } from '../util/keys-of.ts';

/** Where an engine's runtimes and shims tell which of them a container has, and what the handler is meant to run. */
export interface RuntimePlaces extends Pick<EngineConfig, 'runtimeState' | 'runtimeFile'> {
  planned: { path: string; sha256: string } | undefined;
}

/** Which runtime a running container really has, by what it left on the host. */
export async function runtimeOf(
  remote: Remote,
  containerId: string,
  { runtimeState, runtimeFile, planned }: RuntimePlaces,
): Promise<{ runtimePath: string; runtimeSha256: string; stateOf: string | null }> {
  const of = (path: string): string => path.replace('{id}', containerId);
  const [stateOf, named] = await Promise.all([
    whoseState(remote, of(runtimeState)),
    runtimeFile === undefined ? undefined : namedRuntime(remote, of(runtimeFile)),
  ]);
  const runtimePath = named ?? planned?.path ?? '';
  return { runtimePath, runtimeSha256: runtimePath === planned?.path ? planned.sha256 : '', stateOf };
}

/** The runtime that a container's shim says it calls: what it wrote into `file`; empty when there is none. */
export async function namedRuntime(remote: Remote, file: string): Promise<string> {
  return (await remote.exec(['cat', '--', file])).stdout.trim();
}

/** Which runtime keeps the state of the container in this directory, by the file that each leaves there; null of none. */
export async function whoseState(remote: Remote, directory: string): Promise<string | null> {
  const beside = directory.slice(0, directory.lastIndexOf('/'));
  const { stdout } = await remote.exec(['ls', '-1', '--', directory, beside]);
  const files = stdout.split('\n');
  const id = directory.slice(beside.length + 1);
  const left = ({ state }: RuntimeFacts): boolean => {
    if (state === undefined) return false;
    return 'inside' in state ? files.includes(state.inside) : files.some((file) => file.startsWith(`${id}${state.beside}`));
  };
  return keysOf(runtimes).find((name) => left(runtimes[name])) ?? null;
}
