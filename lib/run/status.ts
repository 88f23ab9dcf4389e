import type { Clock } from '../util/clock.ts';
import { groupBy } from '../util/group-by.ts';

/** The last line is not repeated within so many milliseconds. */
const fresh = 10_000;
/** How many pods under way are named. */
const mostPods = 3;
/** Before so many pods are done nothing is said of the time that is left: the first ones take longest, as nothing is warm. */
const fewPods = 4;
/** The time that is left is reckoned by what the last pods took. */
const lastPods = 16;

interface Said {
  words: string;
  /** Milliseconds of the clock. */
  since: number;
}

interface Work {
  phase: string;
  name: string;
  since: number;
}

/** What a run is doing, from all that it has reported. */
export function statusOn(clock: Clock) {
  const open = new Set<Work>();
  /** By phase, and by phase and name: the last that was said of it. */
  const last = new Map<string, Said>();
  let latest: Said | undefined;
  let pods: { done: number; total: number; underWay: readonly string[] } | undefined;
  /** The newest last, and when each was made. */
  const counts: Array<{ at: number; done: number }> = [];

  /** The last that was said of this work; before there is anything, its name. */
  const lastOf = ({ phase, name, since }: Work): Said => {
    const own = { words: `${phase} ${name}`, since };
    return [last.get(`${phase} ${name}`), last.get(phase)].find((said) => said !== undefined && said.since >= since) ?? own;
  };
  const sinceThen = ({ words, since }: Said): string => `${words}, for ${Math.round((clock.now() - since) / 1000)} s`;
  const podWords = (): string => {
    const { done, total, underWay } = pods ?? { done: 0, total: 0, underWay: [] };
    const [first] = counts;
    const left = first === undefined ? 0 : ((clock.now() - first.at) / (done - first.done)) * (total - done);
    const eta = first !== undefined && done - first.done >= fewPods ? `, ${Math.ceil(left / 1000)} s left` : '';
    const more = underWay.length > mostPods ? ` and ${underWay.length - mostPods} more` : '';
    const byCell = groupBy(underWay.slice(0, mostPods), (pod) => pod.split(' ')[0] ?? '');
    const named = [...byCell].map(([cell, own]) => `${cell} ${own.map((pod) => pod.slice(cell.length + 1)).join(', ')}`);
    const which = underWay.length === 0 ? '' : `: ${named.join('; ')}${more}`;
    return `pods ${done} of ${total}${eta}${which}`;
  };

  return {
    heard(phase: string, text: string): void {
      latest = { words: `${phase} ${text}`, since: clock.now() };
      last.set(phase, latest);
      last.set(`${phase} ${text.split(': ')[0]}`, latest);
    },
    counted(done: number, total: number, underWay: readonly string[]): void {
      pods = { done, total, underWay };
      if (counts.at(-1)?.done !== done) counts.push({ at: clock.now(), done });
      if (counts.length > lastPods) counts.shift();
    },
    begin(phase: string, name: string): Disposable {
      const work = { phase, name, since: clock.now() };
      open.add(work);
      return { [Symbol.dispose]: () => void open.delete(work) };
    },
    /** `pods 12 of 24, 34 s left: …; host debian-12: building the image, for 41 s`. Empty before there is anything to say. */
    words(): string {
      const works = [...open];
      const others = works.filter(({ phase }) => phase !== 'pods').map((work) => sinceThen(lastOf(work)));
      const podsGo = pods !== undefined && (works.length === 0 || works.some(({ phase }) => phase === 'pods'));
      const parts = [...(podsGo ? [podWords()] : []), ...new Set(others)];
      if (parts.length > 0) return parts.join('; ');
      return latest === undefined || clock.now() - latest.since < fresh ? '' : sinceThen(latest);
    },
  };
}
