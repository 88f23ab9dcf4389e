/**
 * Where the engines of a host run: one at a time, as they share a bridge and, of one version, a directory. One that ends with its
 * machine need not end before.
 */
export class EnginePlace {
  #last: AsyncDisposable | undefined;

  /** Ends the engine that is there, and has the one that `start` starts in its place. */
  async next<Engine extends AsyncDisposable>(start: () => Promise<Engine>): Promise<Engine> {
    await this.vacate();
    const engine = await start();
    this.#last = engine;
    return engine;
  }

  /** Ends the engine that is there. */
  async vacate(): Promise<void> {
    const last = this.#last;
    this.#last = undefined;
    await last?.[Symbol.asyncDispose]();
  }
}
