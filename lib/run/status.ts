import type { Clock } from '../util/clock.ts';
import { groupBy } from '../util/group-by.ts';

/** For so many milliseconds nobody has to be told again what the last line was. */
const fresh = 10_000;
/** How many pods under way are named. */
const mostPods = 3;

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

/** What a run is at, from all that it told. */
export class Status {
  readonly #clock: Clock;
  readonly #open = new Set<Work>();
  /** By phase, and by phase and name: the last that was said of it. */
  readonly #last = new Map<string, Said>();
  #latest: Said | undefined;
  #pods: { done: number; total: number; underWay: readonly string[] } | undefined;
  #firstCount: { at: number; done: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  heard(phase: string, text: string): void {
    this.#latest = { words: `${phase} ${text}`, since: this.#clock.now() };
    this.#last.set(phase, this.#latest);
    this.#last.set(`${phase} ${text.split(': ')[0]}`, this.#latest);
  }

  counted(done: number, total: number, underWay: readonly string[]): void {
    this.#pods = { done, total, underWay };
    this.#firstCount ??= { at: this.#clock.now(), done };
  }

  begin(phase: string, name: string): () => void {
    const work = { phase, name, since: this.#clock.now() };
    this.#open.add(work);
    return () => void this.#open.delete(work);
  }

  /** `pods 12 of 24, 34 s left: …; host debian-12: building the image, for 41 s`. Empty before there is anything to say. */
  words(): string {
    const open = [...this.#open];
    const others = open.filter(({ phase }) => phase !== 'pods').map((work) => this.#since(this.#lastOf(work)));
    const podsGo = this.#pods !== undefined && (open.length === 0 || open.some(({ phase }) => phase === 'pods'));
    const parts = [...(podsGo ? [this.#podWords()] : []), ...new Set(others)];
    if (parts.length > 0) return parts.join('; ');
    const latest = this.#latest;
    return latest === undefined || this.#clock.now() - latest.since < fresh ? '' : this.#since(latest);
  }

  /** The last that was said of this work; before there is anything, its name. */
  #lastOf({ phase, name, since }: Work): Said {
    const own = { words: `${phase} ${name}`, since };
    const of = [this.#last.get(`${phase} ${name}`), this.#last.get(phase)];
    return of.find((said) => said !== undefined && said.since >= since) ?? own;
  }

  #since({ words, since }: Said): string {
    return `${words}, for ${Math.round((this.#clock.now() - since) / 1000)} s`;
  }

  #podWords(): string {
    const { done, total, underWay } = this.#pods ?? { done: 0, total: 0, underWay: [] };
    const first = this.#firstCount;
    const pace = first === undefined ? 0 : (this.#clock.now() - first.at) / Math.max(1, done - first.done);
    const eta = first !== undefined && done > first.done ? `, ${Math.ceil((pace * (total - done)) / 1000)} s left` : '';
    const more = underWay.length > mostPods ? ` and ${underWay.length - mostPods} more` : '';
    const byCell = groupBy(underWay.slice(0, mostPods), (pod) => pod.split(' ')[0] ?? '');
    const named = [...byCell].map(([cell, pods]) => `${cell} ${pods.map((pod) => pod.slice(cell.length + 1)).join(', ')}`);
    const which = underWay.length === 0 ? '' : `: ${named.join('; ')}${more}`;
    return `pods ${done} of ${total}${eta}${which}`;
  }
}
