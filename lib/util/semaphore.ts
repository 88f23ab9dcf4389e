/** At most `slots` pieces of work at a time, first come first served; a piece may take several slots. */
export class Semaphore {
  readonly #slots: number;
  #free: number;
  readonly #waiting: Array<{ slots: number; start: () => void }> = [];

  constructor(slots: number) {
    if (!Number.isInteger(slots) || slots < 1)
      throw new RangeError(`Cannot make a semaphore of ${slots} slots: expected 1 or more`);
    this.#slots = this.#free = slots;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    return this.#with(1, work);
  }

  /** While nothing else runs. */
  async runAlone<T>(work: () => Promise<T>): Promise<T> {
    return this.#with(this.#slots, work);
  }

  async #with<T>(slots: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ slots, start });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#free += slots;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.slots <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.slots;
      next.start();
    }
  }
}
