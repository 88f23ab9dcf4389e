import type { PlannedCell } from '../model/cell.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import { PodCount } from './pod-count.ts';
import type { Progress } from './progress.ts';
import type { Timeline } from './timeline.ts';

/** Where a run, or a trial, records and tells what it does, and what ends it. */
export class Stage {
  readonly folder: RunFolder;
  readonly timeline: Timeline;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly pods: PodCount;
  readonly #reasons = new Set<string>();

  constructor({ folder, timeline, progress, signal }: Pick<Stage, 'folder' | 'timeline' | 'progress' | 'signal'>) {
    this.folder = folder;
    this.timeline = timeline;
    this.progress = progress;
    this.signal = signal;
    this.pods = new PodCount(progress);
  }

  /** These cells could not be tried; the others go on without them. */
  block(cells: readonly PlannedCell[], why: unknown): void {
    const reason = sentenceOf(why);
    const remedy = why instanceof BlockedError ? why.remedy : undefined;
    const ids = cells.map((cell) => cell.id);
    this.folder.append({ event: 'blocked', cells: ids, reason, ...(remedy === undefined ? {} : { remedy }) });
    this.progress.line('blocked', `${ids.join(', ')}: ${this.#reasons.has(reason) ? 'for the same reason' : reason}`);
    this.#reasons.add(reason);
  }
}
