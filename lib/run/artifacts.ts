import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import { packageIndexes } from '../artifacts/indexes.ts';
import { cniArtifact } from '../artifacts/cni-plugins.ts';
import { fileSha256 } from '../artifacts/inventory.ts';
import { resolveArtifact } from '../artifacts/resolve.ts';
import { runtimeDrivers } from '../runtimes/registry.ts';
import { binaryOf } from '../judge/planned-identity.ts';
import { componentKey, componentsOf, isRuntime, type Component, type PlannedCell } from '../model/cell.ts';
import { newest } from '../model/version.ts';
import type { JournalEvent } from '../model/journal.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import { cacheDirectory } from '../util/paths.ts';
import { distinctComponents } from './newest.ts';

/** An artifact that was resolved, or the reason why not. */
export type Resolved = { artifact: Artifact } | { reason: string };

/** Resolves every engine, every runtime and the CNI plugins of the plan, each once. One that is unavailable blocks its cells and nothing else. */
export async function resolveAll(
  cells: readonly PlannedCell[],
  options: {
    signal: AbortSignal;
    progress: (text: string) => void;
    append: (event: JournalEvent) => void;
    /** The journal of a run that is resumed, perhaps on another machine: its binaries must be these. */
    before?: readonly JournalEvent[];
  },
): Promise<Map<string, Resolved>> {
  const resolved = new Map<string, Resolved>();
  await using indexes = packageIndexes(cacheDirectory());
  // One after the other: each Debian source waits for the same package lists.
  for (const { key, component, allowExpiredRelease } of distinctComponents(cells)) {
    options.signal.throwIfAborted();
    try {
      if (component.version === newest) throw neverFound(component);
      const found = await resolveArtifact(component.name, component.version, component.source, {
        signal: options.signal,
        progress: options.progress,
        allowExpiredRelease,
        indexes,
        ...('shim' in component && component.shim !== undefined ? { shim: component.shim } : {}),
      });
      const artifact = component.name === 'cni' ? await cniArtifact(found) : found;
      const event = await artifactEvent(component, artifact);
      refuseOther(event, options.before ?? []);
      options.append(event);
      resolved.set(key, { artifact });
    } catch (error) {
      if (!(error instanceof BlockedError)) throw error;
      resolved.set(key, { reason: sentenceOf(error) });
    }
  }
  return resolved;
}

/** The cells are named, so that this run cannot take a version that it learns of now. */
function neverFound({ name, source }: Component): BlockedError {
  const where = source.kind === 'deb' ? `Debian ${source.suite}` : 'its source';
  return new BlockedError(`Which ${name} is the newest of ${where} could not be looked up when this run was planned`, {
    remedy: 'see why with "podproof plan --check-newest", and start a new run',
  });
}

/** Why a cell cannot be tried with what was resolved, or undefined. */
export function reasonNot(cell: PlannedCell, resolved: ReadonlyMap<string, Resolved>): string | undefined {
  const parts = componentsOf(cell).map((component) => resolved.get(componentKey(component)));
  const missing = parts.find((part) => part !== undefined && 'reason' in part);
  if (missing !== undefined && 'reason' in missing) return missing.reason;
  const runtime = resolved.get(componentKey(cell.runtime));
  if (runtime === undefined || 'reason' in runtime) return undefined;
  return runtimeDrivers[cell.runtime.name].reasonNot?.(cell, runtime.artifact);
}

/** What a run has observed with one binary is not to be judged by another. */
function refuseOther(now: ArtifactEvent, before: readonly JournalEvent[]): void {
  if (!before.some(({ event }) => event === 'lease')) return;
  const first = before.find((event): event is ArtifactEvent => event.event === 'artifact' && event.key === now.key);
  if (first === undefined) return;
  // What a record of another version of podproof did not name is not distinguished from another.
  const other = Object.keys(first.binaries).find((name) => now.binaries[name] !== first.binaries[name]);
  if (other === undefined) return;
  const short = (event: ArtifactEvent): string => event.binaries[other]?.slice(0, 12) ?? 'none';
  throw new BlockedError(
    `${now.name} ${now.version} from ${now.source} is not what this run began with: ${other} has sha256 ${short(now)}, then ${short(first)}`,
    { remedy: 'resume with the same binaries, or start a new run' },
  );
}

type ArtifactEvent = Extract<JournalEvent, { event: 'artifact' }>;

/** The executables by which an artifact is known again, and without which it is of no use. */
export function programsOf(component: Component, artifact: Artifact): readonly string[] {
  return component.name === 'cni' ? Object.keys(artifact.binaries) : [binaryOf(component)];
}

async function artifactEvent(component: Component, artifact: Artifact): Promise<ArtifactEvent> {
  const binaries: Record<string, string> = {};
  for (const [name, path] of Object.entries(await filesOf(component, artifact))) binaries[name] = await fileSha256(path);
  const { name, version, source } = artifact;
  return { event: 'artifact', key: componentKey(component), name, version, source, sha256: artifact.sha256, binaries };
}

/** The files by which an artifact is known again. */
async function filesOf(component: Component, artifact: Artifact): Promise<Record<string, string>> {
  if (isRuntime(component)) return runtimeDrivers[component.name].programs(component, artifact);
  const names = programsOf(component, artifact);
  return Object.fromEntries(
    Object.entries(artifact.binaries).flatMap(([name, path]) =>
      names.includes(name) ? [[name, join(artifact.directory, path)]] : [],
    ),
  );
}
