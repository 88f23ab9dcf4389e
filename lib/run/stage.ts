import type { PlannedCell } from '../model/cell.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import type { Progress } from './progress.ts';
import { timelineFrom } from './timeline.ts';

export type Stage = ReturnType<typeof stageOf>;

/** Where a run, or a trial, records and tells what it does, and what ends it. `started` is when it first did, by the wall clock. */
export function stageOf(on: { folder: RunFolder; progress: Progress; signal: AbortSignal }, started = Date.now()) {
  const { folder, progress } = on;
  const reasons = new Set<string>();
  return {
    ...on,
    timeline: timelineFrom(
      started,
      (event) => folder.append(event),
      (phase, name) => progress.begin(phase, name),
    ),
    pods: podCount(progress),
    /** These cells could not be tried; the others go on without them. */
    block(cells: readonly PlannedCell[], why: unknown): void {
      const reason = sentenceOf(why);
      const remedy = why instanceof BlockedError ? why.remedy : undefined;
      const ids = cells.map((cell) => cell.id);
      folder.append({ event: 'blocked', cells: ids, reason, ...(remedy === undefined ? {} : { remedy }) });
      progress.line('blocked', `${ids.join(', ')}: ${reasons.has(reason) ? 'for the same reason' : reason}`);
      reasons.add(reason);
    },
  };
}

/** How many pods are done, and which of them are under way. */
function podCount(progress: Pick<Progress, 'count'>) {
  const underWay = new Set<string>();
  let [done, total] = [0, 0];
  const tell = (): void => progress.count(done, total, [...underWay]);
  return {
    tell,
    /** So many more are to come. */
    expect: (pods: number): void => void (total += pods),
    begin(pod: string): void {
      underWay.add(pod);
      tell();
    },
    end(pod: string): void {
      underWay.delete(pod);
      tell();
    },
    /** One is done: of a reading there was no pod. */
    done(): void {
      done++;
      tell();
    },
  };
}
