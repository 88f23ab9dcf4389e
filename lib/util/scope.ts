/**
 * A stack of releases. `use` registers the release before it acquires, so that a half-done acquisition
 * is released too; releases run in reverse order, all of them, and a failed one does not stop the others.
 */
export class Scope implements AsyncDisposable {
  readonly #releases: Array<{ name: string; release: () => PromiseLike<void> | void }> = [];
  #disposed = false;

  /** Registers a release that must be safe to run when the acquisition never happened or happened by half. */
  onRelease(name: string, release: () => PromiseLike<void> | void): void {
    if (this.#disposed) throw new Error(`Cannot register ${name}: the scope is already released`);
    this.#releases.push({ name, release });
  }

  /** Registers the disposal of `resource` and returns it. */
  adopt<T extends AsyncDisposable>(name: string, resource: T): T {
    this.onRelease(name, () => resource[Symbol.asyncDispose]());
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const { name, release } of this.#releases.toReversed()) {
      try {
        await release();
      } catch (error) {
        failures.push(new Error(`Cannot release ${name}`, { cause: error }));
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `Cannot release ${failures.length} resources`);
  }
}

/** What `make` builds in a scope that lives as long as the result does: released with it, or at once when `make` throws. */
export async function scoped<T extends object>(make: (scope: Scope) => Promise<T>): Promise<T & AsyncDisposable> {
  const scope = new Scope();
  try {
    return Object.assign(await make(scope), { [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() });
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}
