import { componentKey, type Component, type PlannedCell } from '../model/cell.ts';
import { componentFacts } from '../model/feature.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { PlannedIdentity } from './canary.ts';
import { digest, type Journal } from './journal.ts';

/** The name of the executable that identifies an engine or runtime. */
export function binaryOf({ name }: { name: string }): string {
  return componentFacts(name)?.program ?? name;
}

/** The checksums that the plan's artifacts had when they were resolved. */
export function identityOf(planned: PlannedCell, events: readonly JournalEvent[]): PlannedIdentity {
  return plannedIdentity(planned, digest(events));
}

/** The same from a journal that was digested. */
export function plannedIdentity(planned: PlannedCell, journal: Journal): PlannedIdentity {
  const sum = (component: Component): string => {
    const binaries = journal.artifacts.get(componentKey(component))?.binaries;
    const shim = 'shim' in component && component.shim !== undefined ? ` (${component.shim})` : '';
    return binaries?.[`${binaryOf(component)}${shim}`] ?? '';
  };
  const { engine, runtime, kubelet } = planned;
  return { engineSha256: sum(engine), runtimeSha256: sum(runtime), kubeletSha256: kubelet && sum(kubelet) };
}
