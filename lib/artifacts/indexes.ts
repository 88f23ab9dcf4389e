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
export interface PackageIndexes extends AsyncDisposable {
  /** Throws BlockedError when the index cannot be fetched; whoever asks again gets the same answer. */
  of(suite: string, options: IndexOptions): Promise<Apt>;
}

/** `cache` is the cache directory, which has room for them. */
export function packageIndexes(cache: string): PackageIndexes {
  const scope = new Scope();
  const known = new Map<string, Promise<Apt>>();
  const fetch = async (suite: string, options: IndexOptions): Promise<Apt> => {
    options.onFetch?.();
    await mkdir(join(cache, 'indexes'), { recursive: true });
    const directory = await mkdtemp(join(cache, 'indexes', `${suite}-`));
    scope.onRelease(`the package index of ${suite}`, () => rm(directory, { recursive: true, force: true }));
    return aptOf(suite, directory, options);
  };
  return {
    of(suite, options) {
      const key = JSON.stringify([suite, options.allowExpiredRelease]);
      const index = known.get(key) ?? fetch(suite, options);
      known.set(key, index);
      return index;
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}
