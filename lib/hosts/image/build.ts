import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { BlockedError } from '../../util/errors.ts';
import { exec, execOk } from '../../util/exec.ts';
import { alone } from '../../util/lock.ts';
import { markUsed } from '../../util/cache.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';
import type { LeaseContext } from '../host.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import { debianSources } from './mirror.ts';
import { buildTrouble } from './namespace.ts';
import { recipeHash, rootLabel } from './recipe.ts';
import type { DebianSuite } from './facts.ts';
import type { Recipe } from './recipe.ts';
import { assemble, inMemory, sameForAll, smallInitrd } from './scripts.ts';
import { isRoot, keepingOwners, openBuildDirectory, buildPrefix } from './unprivileged.ts';

/** A built host image in the cache. The private key opens any host that starts from it. */
export interface Image {
  directory: string;
  id: string;
  disk: string;
  kernel: string;
  initrd: string;
  identityFile: string;
  knownHosts: string;
}

/** Name under which known_hosts has the host key of every host that we make. */
export const hostKeyAlias = 'podproof-host';

const Manifest = z.object({ format: z.literal(1), id: z.string() });

/** The image of `recipe`, from the cache or built now (about two minutes). Throws BlockedError. */
export async function obtainImage(recipe: Recipe, context: LeaseContext): Promise<Image> {
  const id = imageId(recipe);
  const directory = join(cacheDirectory(), 'images', id);
  if (!(await isComplete(directory, id))) {
    const onWait = (holder: string): void => context.progress(`wait for ${holder}, which builds the host image ${id}`);
    await alone(`image-${id}`, { signal: context.signal, onWait }, async () => {
      if (!(await isComplete(directory, id))) await build(recipe, id, directory, context);
    });
  }
  await markUsed(directory);
  return {
    directory,
    id,
    disk: join(directory, 'root.ext4'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd'),
    identityFile: join(directory, 'identity'),
    knownHosts: join(directory, 'known_hosts'),
  };
}

/** Names a recipe and how it is assembled: `trixie-plain-0123456789ab`. */
export function imageId(recipe: Recipe): string {
  return `${recipe.suite}-${recipe.variant}-${recipeHash(recipe, `${smallInitrd(recipe.initrdModules)}${assemble}`)}`;
}

async function isComplete(directory: string, id: string): Promise<boolean> {
  const text = await readFile(join(directory, 'image.json'), 'utf8').catch(() => 'null');
  try {
    return Manifest.safeParse(JSON.parse(text)).data?.id === id;
  } catch {
    return false;
  }
}

/** Builds under a temporary name and renames, so that a killed build leaves nothing that is trusted. */
async function build(recipe: Recipe, id: string, directory: string, context: LeaseContext): Promise<void> {
  const { signal, progress } = context;
  const token = `podproof-build-${randomBytes(6).toString('hex')}`;
  const work = join(cacheDirectory(), 'images', token);
  await using scope = new Scope();
  await ownDirectory(work, scope, context.ledger);
  await mkdir(join(work, 'tmp'), { mode: 0o700 });
  const chroot = isRoot() ? join(work, 'tmp') : scope.adopt('the chroot', await openBuildDirectory(token, context)).path;
  // After the directories: clean begins with the newest, and a living mmdebstrap would fill them again.
  const bootstrap = await context.ledger.record({ kind: 'process', token });
  scope.onRelease('mmdebstrap', () => bootstrap.done());
  const trouble = await buildTrouble(chroot);
  if (trouble) throw new BlockedError(`Cannot build host images as this user: ${trouble.reason}`, { remedy: trouble.remedy });
  await makeKeys(work);
  progress(`build the host image ${id}: install ${recipe.packages.length} packages of Debian ${recipe.suite}, about two minutes`);
  await bootstrapTar(recipe, join(work, 'root.tar'), chroot, context);
  progress(`build the host image ${id}: write the root file system`);
  await stage(recipe, join(work, 'overlay'));
  const argv = keepingOwners(['sh', '-euc', `${sameForAll}${assemble}`, 'sh', work, `${recipe.diskMiB}M`, rootLabel]);
  await execOk(argv, { timeoutMs: 300_000, signal });
  await writeFile(join(work, 'image.json'), JSON.stringify({ format: 1, id, recipe }));
  for (const left of ['root.tar', 'host_key', 'host_key.pub', 'overlay', 'tmp'])
    await rm(join(work, left), { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
  await rename(work, directory);
}

async function makeKeys(work: string): Promise<void> {
  for (const name of ['identity', 'host_key'])
    await execOk(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'podproof', '-f', join(work, name)]);
  await writeFile(join(work, 'known_hosts'), `${hostKeyAlias} ${await readFile(join(work, 'host_key.pub'), 'utf8')}`);
}

/** Installs the packages of `recipe` in an empty directory that mmdebstrap's root can enter, and packs the result. */
async function bootstrapTar(recipe: Recipe, tar: string, chroot: string, { signal, logs }: LeaseContext): Promise<void> {
  const expired = recipe.allowExpiredRelease ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : [];
  // As root, mmdebstrap mounts /dev and /proc into the tree: in a mount namespace of its own they vanish with it, also after kill -9.
  const alone = isRoot() ? ['unshare', '--mount', 'sh', '-euc', inMemory, 'sh'] : [];
  const argv = [...alone, 'mmdebstrap', '--variant=minbase', `--include=${recipe.packages.join(',')}`, ...expired];
  const options = [
    // What is left of a build that the power cuts off is not trusted anyway.
    ...['force-unsafe-io', ...recipe.without.map((pattern) => `path-exclude=${pattern}`)].map((each) => `--dpkgopt=${each}`),
    `--essential-hook=${smallInitrd(recipe.initrdModules)}`,
  ];
  const sources = await debianSources(recipe.suite, signal);
  const result = await exec([...argv, ...options, recipe.suite, tar, ...sources], {
    timeoutMs: 1_200_000,
    signal,
    // The checkout may be as closed to that root as the cache.
    cwd: '/',
    env: { TMPDIR: chroot },
  });
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  const words =
    result.stderr.split('\n').find((line) => line.startsWith('E: ')) ??
    (result.stderr.trim().split('\n').at(-1) || result.failure);
  const log = join(logs, 'mmdebstrap.log');
  await mkdir(logs, { recursive: true });
  await writeFile(log, `${result.stdout}${result.stderr}`);
  throw new BlockedError(`Cannot build the host image of Debian ${recipe.suite}: mmdebstrap: ${words} (all of it in ${log})`, {
    remedy: remedyFor(words, recipe.suite),
  });
}

/** What to do about mmdebstrap's first error. */
export function remedyFor(words: string, suite: DebianSuite): string {
  if (/Release file .* is expired/.test(words))
    return 'set "allowExpiredRelease": true for this host if a package index past its date is acceptable';
  if (/ENOENT|No such file/.test(words)) return 'apt install mmdebstrap debian-archive-keyring';
  if (/No space left/.test(words)) return `make room in ${dirname(buildPrefix)} and in ${cacheDirectory()}: a build takes 4 GB`;
  if (/NO_PUBKEY|not signed|keyring/i.test(words)) return 'apt install debian-archive-keyring';
  return `check that this machine's apt sources serve Debian ${suite}: mmdebstrap --simulate ${suite} /dev/null`;
}

/** Files and links of the recipe, and the keys of this image, as a tree to be copied over the root file system. */
async function stage(recipe: Recipe, overlay: string): Promise<void> {
  const work = dirname(overlay);
  const put = async (path: string, content: string, mode: number): Promise<void> => {
    const target = join(overlay, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, mode);
  };
  for (const { path, content, mode } of recipe.files) await put(path, content, mode);
  for (const [path, target] of Object.entries(recipe.links)) {
    await mkdir(dirname(join(overlay, path)), { recursive: true });
    await symlink(target, join(overlay, path));
  }
  await put('/root/.ssh/authorized_keys', await readFile(join(work, 'identity.pub'), 'utf8'), 0o600);
  await cp(join(work, 'host_key'), join(overlay, 'etc/ssh/podproof_host_key'));
}
