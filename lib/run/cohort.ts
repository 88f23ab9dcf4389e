/** One pod of a cohort; disposed of, it is gone. */
export interface Member<T> extends AsyncDisposable {
  /** Waits until every member there is has come so far or is gone, and has `act` done once for them. */
  once(act: () => Promise<T>): Promise<T>;
}

interface Place<T> {
  waits: { act: () => Promise<T>; acted: (result: Promise<T>) => void } | undefined;
}

/**
 * Pods that may run beside each other although each has its host changed, as it is the same change: it is made for the first, and
 * undone after the last. `T` is what comes of that which happens to all of them at once.
 */
export class Cohort<T> {
  readonly #places = new Set<Place<T>>();
  #change: Promise<AsyncDisposable> | undefined;
  /** The end of the change before. */
  #undone: Promise<unknown> = Promise.resolve();

  /** Joins those that are there; `change` is what they all need. Throws what that threw. */
  async join(change: () => Promise<AsyncDisposable>): Promise<Member<T>> {
    const place: Place<T> = { waits: undefined };
    this.#places.add(place);
    const changed = (this.#change ??= this.#undone.then(change));
    try {
      await changed;
    } catch (error) {
      await this.#leave(place).catch(() => undefined);
      throw error;
    }
    return {
      once: (act) =>
        new Promise<T>((acted) => {
          place.waits = { act, acted };
          this.#advance();
        }),
      [Symbol.asyncDispose]: () => this.#leave(place),
    };
  }

  async #leave(place: Place<T>): Promise<void> {
    this.#places.delete(place);
    if (this.#places.size > 0) return this.#advance();
    const undone = this.#change?.then((change) => change[Symbol.asyncDispose]());
    this.#change = undefined;
    this.#undone = Promise.allSettled([undone]);
    await undone;
  }

  #advance(): void {
    const waiting = [...this.#places].flatMap(({ waits }) => waits ?? []);
    const [first] = waiting;
    if (first === undefined || waiting.length < this.#places.size) return;
    for (const place of this.#places) place.waits = undefined;
    const result = first.act();
    for (const { acted } of waiting) acted(result);
  }
}
