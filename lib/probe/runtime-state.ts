import { runtimes, type RuntimeFacts } from '../runtimes/facts.ts';
import { keysOf } from '../util/keys-of.ts';
import { filesOf, valuesOf, type Row } from './rows.ts';

/** Where an engine's runtimes and shims tell which of them a container has: paths on the host, `{id}` for that of the container. */
export interface RuntimePlaces {
  /** Directory of an OCI runtime's state of the container. */
  runtimeState: string;
  /** File in which a shim says whom it calls. */
  runtimeFile?: string | undefined;
}

/** What they tell of one container. */
export interface RuntimeTraces {
  /** The program that its shim says it calls, empty where it says nothing; undefined where shims do not. */
  named: string | undefined;
  /** Whose state of it there is, by the file that each runtime leaves; null of none. */
  stateOf: string | null;
}

/** The same places for one container. */
export function placesOf({ runtimeState, runtimeFile }: RuntimePlaces, containerId: string): RuntimePlaces {
  const of = (path: string): string => path.replace('{id}', containerId);
  return { runtimeState: of(runtimeState), ...(runtimeFile === undefined ? {} : { runtimeFile: of(runtimeFile) }) };
}

/** What a sweep that was told the places of a container found there. */
export function runtimeTraces(rows: readonly Row[], { runtimeFile }: RuntimePlaces): RuntimeTraces {
  const left = valuesOf(rows, 'state');
  const keeps = ({ state }: RuntimeFacts): boolean => {
    if (state === undefined) return false;
    return 'inside' in state ? left.includes(`/${state.inside}`) : left.some((path) => path.startsWith(state.beside));
  };
  return {
    named: runtimeFile === undefined ? undefined : (filesOf(rows).get(runtimeFile) ?? []).join('\n').trim(),
    stateOf: keysOf(runtimes).find((name) => keeps(runtimes[name])) ?? null,
  };
}

/** Which runtime a running container really has. `planned` is what its handler is meant to run, with its checksum. */
export function runtimeOf(
  { named, stateOf }: RuntimeTraces,
  planned: { path: string; sha256: string } | undefined,
): { runtimePath: string; runtimeSha256: string; stateOf: string | null } {
  const runtimePath = named ?? planned?.path ?? '';
  return { runtimePath, runtimeSha256: runtimePath === planned?.path ? planned.sha256 : '', stateOf };
}
