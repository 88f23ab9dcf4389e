import { groupBy } from '../util/group-by.ts';
import { type Answer, harmRank, isBad, sameSeen, worstOfSeen } from './answer.ts';
import { versionOrder } from './ranges.ts';

/** A pair of tested versions. */
export interface Pair {
  engine: string;
  runtime: string;
}

/**
 * Where the answer turned into another: the last versions before and the first since. `both` changed where no pair is between.
 * It broke where it deviates since, or else harms more; `changed` is neither.
 */
export interface Turn {
  kind: 'broke' | 'mended' | 'changed';
  along: 'engine' | 'runtime' | 'both';
  last: Pair;
  first: Pair;
  before: Answer;
  after: Answer;
}

export type Point = Pair & { value: Answer };

/** Turns along runtimes of one engine version, along engines of one runtime version, and where every pair changed both. */
export function turns(points: readonly Point[]): Turn[] {
  const judged = points.filter(({ value }) => value.verdict !== 'unsupported');
  const ordered = [...judged].sort((a, b) => versionOrder(a.engine, b.engine) || versionOrder(a.runtime, b.runtime));
  const series = (along: 'engine' | 'runtime', by: (point: Point) => string): Turn[] =>
    [...groupBy(ordered, by).values()].flatMap((group) =>
      turnsOf(
        along,
        [...group].sort((a, b) => versionOrder(a[along], b[along])),
      ),
    );
  const distinct = (key: 'engine' | 'runtime'): boolean => new Set(judged.map((point) => point[key])).size === judged.length;
  return [
    ...series('runtime', ({ engine }) => engine),
    ...series('engine', ({ runtime }) => runtime),
    ...(distinct('engine') && distinct('runtime') ? turnsOf('both', ordered) : []),
  ];
}

function turnsOf(along: Turn['along'], series: readonly Point[]): Turn[] {
  return series.slice(1).flatMap((first, index): Turn[] => {
    const last = series[index];
    const kind = last && kindOf(last.value, first.value);
    if (last === undefined || kind === undefined) return [];
    const pair = ({ engine, runtime }: Point): Pair => ({ engine, runtime });
    return [{ kind, along, last: pair(last), first: pair(first), before: last.value, after: first.value }];
  });
}

function kindOf(before: Answer, after: Answer): Turn['kind'] | undefined {
  const worse =
    Number(isBad(after.verdict)) - Number(isBad(before.verdict)) || harmRank(worstOfSeen(after)) - harmRank(worstOfSeen(before));
  if (worse !== 0) return worse > 0 ? 'broke' : 'mended';
  return sameSeen(before, after) || before.answers.length === 0 || after.answers.length === 0 ? undefined : 'changed';
}
