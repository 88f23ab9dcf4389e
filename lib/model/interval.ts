/** A piece of time in milliseconds; `to` is not before `from`. */
export interface Interval {
  from: number;
  to: number;
}

/** How much time the intervals cover together: where they overlap, it counts once. */
export function covered(intervals: readonly Interval[]): number {
  let sum = 0;
  let end = -Infinity;
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (to > end) sum += to - Math.max(from, end);
    end = Math.max(end, to);
  }
  return sum;
}

/** The most intervals that overlap at one moment. */
export function peak(intervals: readonly Interval[]): number {
  const changes = intervals.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  // What ends at a moment ends before what starts then.
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) most = Math.max(most, (now += by));
  return most;
}
