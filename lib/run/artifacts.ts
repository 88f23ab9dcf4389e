import { join } from 'node:path';
import type { Artifact } from '../artifact/artifact.ts';
import { fileSha256 } from '../artifact/inventory.ts';
import { discoverKataPrefix } from '../artifact/kata-prefix.ts';
import { resolveArtifact } from '../artifact/resolve.ts';
import { binaryOf } from '../judge/assemble.ts';
import { componentKey, type Component, type PlannedCell } from '../plan/cell.ts';
import type { JournalEvent } from '../record/journal.ts';
import { BlockedError } from '../util/errors.ts';

/** An artifact that was had, or the reason why not. */
export type Had = { artifact: Artifact } | { reason: string };

/** Resolves every engine and runtime of the plan, each once. One that can't be had blocks its cells and nothing else. */
export async function resolveAll(
  cells: readonly PlannedCell[],
  options: { signal: AbortSignal; progress: (text: string) => void; append: (event: JournalEvent) => void },
): Promise<Map<string, Had>> {
  const components = new Map(
    cells.flatMap((cell): Array<[string, { component: Component; cell: PlannedCell }]> => [
      [componentKey(cell.engine), { component: cell.engine, cell }],
      [componentKey(cell.runtime), { component: cell.runtime, cell }],
    ]),
  );
  const had = new Map<string, Had>();
  // One after the other: each Debian source waits for the same package lists.
  for (const [key, { component, cell }] of components) {
    options.signal.throwIfAborted();
    try {
      const allowExpiredRelease = cell.host.spec.kind === 'vm' && cell.host.spec.allowExpiredRelease;
      const artifact = await resolveArtifact(component.name, component.version, component.source, {
        signal: options.signal,
        progress: options.progress,
        allowExpiredRelease,
        ...('shim' in component && component.shim !== undefined ? { shim: component.shim } : {}),
      });
      had.set(key, { artifact });
      options.append(await artifactEvent(component, artifact));
    } catch (error) {
      if (!(error instanceof BlockedError)) throw error;
      had.set(key, { reason: error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}` });
    }
  }
  return had;
}

async function artifactEvent(component: Component, artifact: Artifact): Promise<JournalEvent> {
  const binaries: Record<string, string> = {};
  if (component.name === 'kata') {
    const { directory, shims } = await discoverKataPrefix(artifact.directory);
    for (const [shim, path] of Object.entries(shims))
      binaries[`${binaryOf(component)} (${shim})`] = await fileSha256(join(directory, path));
  } else {
    const path = artifact.binaries[binaryOf(component)];
    if (path !== undefined) binaries[binaryOf(component)] = await fileSha256(join(artifact.directory, path));
  }
  const { name, version, source } = artifact;
  return { event: 'artifact', key: componentKey(component), name, version, source, sha256: artifact.sha256, binaries };
}
