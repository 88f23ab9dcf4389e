import { Semaphore } from './semaphore.ts';

/** More at once than a disk has use for only costs memory and open files, of which a process may have as few as a thousand. */
const atOnce = 16;

/** Does `work` for each of many files, some at a time; the results are in their order. One after the other would take many times as long. */
export async function manyFiles<N, T>(names: Iterable<N>, work: (name: N) => Promise<T>): Promise<T[]> {
  const disk = new Semaphore(atOnce);
  return Promise.all([...names].map((name) => disk.run(() => work(name))));
}
