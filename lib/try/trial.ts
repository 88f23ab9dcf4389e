import { versionLabel } from '../model/matrix/pick.ts';
import type { PlannedCell } from '../model/cell.ts';
import { trialSchema, type Trial, type TrialCell, type TrialFix } from '../model/trial.ts';
import type { Workload } from '../manifest/workload.ts';
import type { CellTrial } from './cell.ts';
import { descriptionOf, originText, type PlacedDevice, type PodDevice } from './devices.ts';
import { fixIds, type Fix } from './fix.ts';
import { fixText } from './fix-text.ts';

export interface TrialHead {
  podproof: string;
  started: string;
  ended: string;
  file: string;
  /** How many patches other pods of the command have: each is a file of its own beside the trial. */
  patches: number;
}

/** All that was seen of one pod, as one document. `blocked` says why cells were not tried, by their id. */
export function trialOf(
  head: TrialHead,
  workload: Workload,
  devices: readonly PodDevice[],
  cells: readonly PlannedCell[],
  {
    trials,
    placed,
    blocked,
  }: { trials: readonly CellTrial[]; placed: readonly PlacedDevice[]; blocked: ReadonlyMap<string, string> },
): Trial {
  const fixes = fixesOf(trials);
  const names = new Map(fixes.map(({ fix, name }) => [keyOf(fix), name]));
  const engines = [...new Set(trials.map(({ cell }) => cell.engine.name))];
  const who = trials.flatMap(({ asItIs }) => asItIs.found).find(({ devices: found }) => found.some(({ usable }) => !usable))?.who;
  const ids = { uid: who?.uids[1] ?? 0, gid: who?.gids[1] ?? 0 };
  return {
    schema: trialSchema,
    podproof: head.podproof,
    started: head.started,
    ended: head.ended,
    manifest: { file: head.file, kind: workload.kind, name: workload.name },
    devices: devices.map((device) => {
      const { container, path, origin, assumed } = device;
      return { container, path, from: originText(origin), description: descriptionOf(device), assumed };
    }),
    cells: cells.map((cell): TrialCell => {
      const host = trials.find((trial) => trial.cell.id === cell.id)?.host;
      const reason = blocked.get(cell.id);
      return {
        id: cell.id,
        engine: `${cell.engine.name} ${cell.engine.version}`,
        runtime: `${cell.runtime.name} ${versionLabel(cell.runtime)}`,
        kubelet: cell.kubelet && `${cell.kubelet.name} ${cell.kubelet.version}`,
        host,
        blocked: host === undefined ? (reason ?? 'it was not tried') : undefined,
      };
    }),
    fixes: fixes.map(({ fix, name }, index): TrialFix => {
      const { extension, text } = fixText(fix, workload, placed, ids, engines);
      const { title, label, by, since, costs } = fix;
      return { id: name, title, label, by, since, costs, file: `fix-${head.patches + index + 1}.${extension}`, text };
    }),
    attempts: trials.flatMap(({ asItIs, fixes: tried }) => [
      asItIs.attempt,
      ...tried.map(({ fix, launched }) => ({ ...launched.attempt, fix: names.get(keyOf(fix)) ?? fix.id })),
    ]),
    notLookedAt: workload.notLookedAt.map(({ path, why }) => ({ path, why })),
  };
}

/** Two cells may be helped by the same kind of fix with other values. */
function keyOf({ id, title }: Fix): string {
  return `${id} ${title}`;
}

/** Every fix of any cell once, smallest first, each with a name of its own. */
function fixesOf(trials: readonly CellTrial[]): Array<{ fix: Fix; name: string }> {
  const all = new Map(trials.flatMap(({ fixes }) => fixes.map(({ fix }) => [keyOf(fix), fix])));
  const sorted = [...all.values()].sort((a, b) => fixIds.indexOf(a.id) - fixIds.indexOf(b.id));
  return sorted.map((fix, index) => {
    const before = sorted.slice(0, index).filter(({ id }) => id === fix.id).length;
    return { fix, name: before === 0 ? fix.id : `${fix.id}-${before + 1}` };
  });
}
