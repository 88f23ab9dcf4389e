import { afterAll } from 'vitest';

/** What all tests of a file share, released after the last of them. */
export async function forFile<T extends AsyncDisposable>(made: Promise<T>): Promise<T> {
  const shared = await made;
  afterAll(() => shared[Symbol.asyncDispose]());
  return shared;
}
