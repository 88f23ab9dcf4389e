interface Waiting {
  cohort: object | undefined;
  start: () => void;
}

/** At most `slots` pieces of work at a time, first come first served. What has a cohort runs only beside others of that. */
export class Semaphore {
  readonly #slots: number;
  #running = 0;
  /** Of the work that is running; undefined where that has none. */
  #cohort: object | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(slots: number) {
    if (!Number.isInteger(slots) || slots < 1)
      throw new RangeError(`Cannot make a semaphore of ${slots} slots: expected 1 or more`);
    this.#slots = slots;
  }

  /** With a cohort only while nothing else runs but what has the same. */
  async run<T>(work: () => Promise<T>, cohort?: object): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ cohort, start });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#cohort = next.cohort;
      this.#running++;
      next.start();
    }
  }

  #fits({ cohort }: Waiting): boolean {
    return this.#running === 0 || (this.#running < this.#slots && cohort === this.#cohort);
  }
}
