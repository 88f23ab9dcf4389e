import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isReleaseVersion } from '../model/matrix/matrix.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { PackageIndexes } from './indexes.ts';
import type { SourceOf } from './request.ts';

/** The newest version of a package in a suite, as it was last asked. */
const Answer = z.object({
  /** `2.1.9`. */
  version: z.string(),
  /** `2.1.9+ds1-5`. */
  debian: z.string(),
  /** When it was given: `2026-11-28T10:15:30.000Z`. */
  at: z.iso.datetime(),
});
export type Answer = z.infer<typeof Answer>;

export interface NewestOptions {
  /** The cache directory, which remembers answers. */
  cache: string;
  indexes: PackageIndexes;
  allowExpiredRelease: boolean;
  signal: AbortSignal;
  progress: (line: string) => void;
  /** How old the last answer may be, in milliseconds, for the suite not to be asked again. Default: it is asked. */
  lastAnswerMs?: number | undefined;
}

/**
 * The version that a suite has of the first package of `source`. Where the suite cannot be asked, as without a network, it is
 * the last answer that this cache remembers, however old. Throws BlockedError when there is none.
 */
export async function newestOf(name: string, source: SourceOf<'deb'>, options: NewestOptions): Promise<Answer> {
  const { suite, packages } = source;
  const file = join(options.cache, 'newest', `${suite}-${packages[0]}-${process.arch}.json`);
  const known = await recall(file);
  const ageMs = Date.now() - Date.parse(known?.at ?? '');
  if (known !== undefined && ageMs >= 0 && ageMs < (options.lastAnswerMs ?? 0)) {
    options.progress(`${name}: package index of ${suite}, as it was ${Math.ceil(ageMs / 60_000)} min ago`);
    return known;
  }
  try {
    const answer = await ask(source, options, () => options.progress(`${name}: package index of ${suite}`));
    await remember(file, answer);
    return answer;
  } catch (error) {
    options.signal.throwIfAborted();
    if (known === undefined || !(error instanceof BlockedError)) throw error;
    options.progress(`${name}: ${messageOf(error)}; taking ${known.version}, the newest of ${suite} on ${known.at.slice(0, 10)}`);
    return known;
  }
}

async function ask(
  { suite, packages }: SourceOf<'deb'>,
  { allowExpiredRelease, indexes, signal }: NewestOptions,
  onFetch: () => void,
): Promise<Answer> {
  const apt = await indexes.of(suite, { allowExpiredRelease, signal, onFetch });
  const [first] = await apt.candidates(packages[0] ?? '');
  if (first === undefined) throw new BlockedError(`Debian ${suite} has no package ${packages[0]}`);
  if (!isReleaseVersion(first.upstream))
    throw new BlockedError(
      `Debian ${suite} has ${packages[0]} ${first.debian}, of which "${first.upstream}" is no version of a release`,
      { remedy: 'name a version in matrix.json instead of "newest"' },
    );
  return { version: first.upstream, debian: first.debian, at: new Date().toISOString() };
}

async function remember(file: string, answer: Answer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(answer)}\n`);
  await rename(draft, file);
}

async function recall(file: string): Promise<Answer | undefined> {
  try {
    const answer = Answer.parse(JSON.parse(await readFile(file, 'utf8')));
    return isReleaseVersion(answer.version) ? answer : undefined;
  } catch {
    return undefined;
  }
}
