import { median } from '../model/cost-table.ts';

/** What Kata's Go shim waits by itself. */
const leastMs = 45_000;
const timesMedian = 3;

/**
 * How long the guests of one cell took to boot, and so how long the next one is waited for. Of 128 recorded boots, of 6 to 159 s,
 * none took longer than 45 s or three times the median of those before it in its cell; twice the median would have lost one.
 */
export class GuestBoots {
  readonly #ms: number[] = [];

  add(ms: number): void {
    this.#ms.push(ms);
  }

  /** Undefined before the first boot: then the shim waits as long as its configuration says. */
  patienceMs(): number | undefined {
    const middle = median(this.#ms);
    return middle && Math.max(leastMs, timesMedian * middle);
  }
}
