import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { markUsed } from '../util/cache.ts';
import { lock } from '../util/lock.ts';
import { Scope } from '../util/scope.ts';
import type { Artifact } from './artifact.ts';
import { checksum, findBinaries, fingerprint } from './inventory.ts';
import type { ArtifactRequest } from './request.ts';

/** What is known of a prefix, written beside it, and the state of the files that it was known of. */
const Note = z.object({
  source: z.string(),
  sha256: z.string(),
  binaries: z.record(z.string(), z.string()),
  fingerprint: z.string(),
});
type Note = z.infer<typeof Note>;

/**
 * The artifact of `key`, out of the cache or made by `fill`, which fills an empty prefix and says in words what it took.
 * It appears in the cache whole or not at all; one whose files were changed since is made anew.
 */
export async function cached(
  request: ArtifactRequest,
  key: unknown,
  fill: (root: string, scratch: string) => Promise<string>,
): Promise<Artifact> {
  const { name, version, cache } = request;
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 8);
  const place = join(cache, 'artifacts', `${name}-${version}-${hash}`);
  const root = join(place, 'root');
  const recalled = async (): Promise<Artifact | undefined> => {
    const known = await recall(join(place, 'artifact.json'), root);
    if (known !== undefined) await markUsed(place);
    return known && toArtifact(request, root, known);
  };
  const ready = await recalled();
  if (ready) return ready;
  await using _ = await lock(join(cache, 'locks', `artifact-${name}-${version}-${hash}`), {
    signal: request.signal,
    onWait: (holder) => request.progress(`${name} ${version}: wait for ${holder}, which fetches it`),
  });
  const meanwhile = await recalled();
  if (meanwhile) return meanwhile;

  await mkdir(dirname(place), { recursive: true });
  await using scope = new Scope();
  // Under the lock nobody else makes it: what is there was left by a process that was killed.
  const temporary = join(dirname(place), `.new-${name}-${version}-${hash}`);
  const remove = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  await remove();
  scope.onRelease(`the unfinished ${name} ${version}`, remove);
  const [whole, scratch] = [join(temporary, 'whole'), join(temporary, 'scratch')];
  await mkdir(join(whole, 'root'), { recursive: true });
  await mkdir(scratch);
  const source = await fill(join(whole, 'root'), scratch);
  await chmod(join(whole, 'root'), 0o755);
  request.progress(`${name} ${version}: checksum`);
  const note = await takeNote(join(whole, 'root'), source);
  await writeFile(join(whole, 'artifact.json'), `${JSON.stringify(note, null, 2)}\n`);
  await publish(whole, place);
  return (await recalled()) ?? toArtifact(request, root, note);
}

/** The artifact in a directory of the user, which stays where it is; its checksum is remembered in the cache. */
export async function inPlace(request: ArtifactRequest, directory: string, source: string): Promise<Artifact> {
  const file = join(
    request.cache,
    'artifacts',
    'in-place',
    `${createHash('sha256').update(directory).digest('hex').slice(0, 16)}.json`,
  );
  const known = await recall(file, directory);
  if (known) return toArtifact(request, directory, { ...known, source });
  request.progress(`${request.name} ${request.version}: checksum of ${directory}`);
  const note = await takeNote(directory, source);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(note, null, 2)}\n`);
  await rename(draft, file);
  return toArtifact(request, directory, note);
}

async function takeNote(directory: string, source: string): Promise<Note> {
  return {
    source,
    sha256: await checksum(directory),
    binaries: await findBinaries(directory),
    fingerprint: await fingerprint(directory),
  };
}

/** The note, when it still fits the files. */
async function recall(file: string, directory: string): Promise<Note | undefined> {
  try {
    const note = Note.parse(JSON.parse(await readFile(file, 'utf8')));
    return (await fingerprint(directory)) === note.fingerprint ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Another process may have finished first: it is then as good as ours, unless it is damaged. */
async function publish(whole: string, place: string): Promise<void> {
  try {
    await rename(whole, place);
  } catch (error) {
    if (await recall(join(place, 'artifact.json'), join(place, 'root'))) return;
    // Moved away first, so that nobody ever sees half of it.
    await rename(place, `${whole}-damaged`).catch(() => {
      throw error;
    });
    await rename(whole, place);
  }
}

function toArtifact({ name, version }: ArtifactRequest, directory: string, { source, sha256, binaries }: Note): Artifact {
  return { name, version, directory, sha256, source, binaries };
}
