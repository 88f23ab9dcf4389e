import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Scope } from '../util/scope.ts';
import { aptOf, type Apt } from './apt.ts';

export interface IndexOptions {
  allowExpiredRelease: boolean;
  signal?: AbortSignal | undefined;
  /** Hears when the index is really fetched, which takes seconds. */
  onFetch?: () => void;
}

/** The package index of each suite: fetched once, for all who ask, and gone when this is disposed. */
export class PackageIndexes implements AsyncDisposable {
  readonly #cache: string;
  readonly #scope = new Scope();
  readonly #known = new Map<string, Promise<Apt>>();

  /** `cache` is the cache directory, which has room for them. */
  constructor(cache: string) {
    this.#cache = cache;
  }

  /** Throws BlockedError when the index cannot be fetched; whoever asks again gets the same answer. */
  of(suite: string, options: IndexOptions): Promise<Apt> {
    const key = JSON.stringify([suite, options.allowExpiredRelease]);
    const known = this.#known.get(key) ?? this.#fetch(suite, options);
    this.#known.set(key, known);
    return known;
  }

  async #fetch(suite: string, options: IndexOptions): Promise<Apt> {
    options.onFetch?.();
    await mkdir(join(this.#cache, 'indexes'), { recursive: true });
    const directory = await mkdtemp(join(this.#cache, 'indexes', `${suite}-`));
    this.#scope.onRelease(`the package index of ${suite}`, () => rm(directory, { recursive: true, force: true }));
    return aptOf(suite, directory, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }
}
