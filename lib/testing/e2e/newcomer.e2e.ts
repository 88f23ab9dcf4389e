import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPrefix } from '../../hosts/image/unprivileged.ts';
import { waitFor } from '../../util/wait.ts';
import { exec } from '../../util/exec.ts';
import { makeNewcomer, reasonNoNewcomer, type Newcomer } from './newcomer.ts';
import { documentOf } from './podproof.ts';

const why = await reasonNoNewcomer();
const only = 'runtime=crun suite=ownership scenario=user-and-group question=OWN-ON';
const start = ['npm', 'start', '--', '--only', only] as const;

/** Directories in which the account builds a host image. */
async function places(uid: number): Promise<string[]> {
  const directory = join(buildPrefix, '..');
  const found = (await readdir(directory)).map((name) => join(directory, name)).filter((path) => path.startsWith(buildPrefix));
  const owned = await Promise.all(found.map(async (path) => ((await stat(path)).uid === uid ? [path] : [])));
  return owned.flat();
}

describe.skipIf(why !== undefined)(`a user with sudo, whose home is closed${why === undefined ? '' : ` (${why})`}`, () => {
  let newcomer: Newcomer;
  let uid: number;
  beforeAll(async () => {
    newcomer = await makeNewcomer();
    uid = (await stat(newcomer.home)).uid;
  });
  afterAll(() => newcomer[Symbol.asyncDispose]());

  test('may use sudo without a password, and has a home that nobody else may enter', async () => {
    expect((await newcomer.run(['sudo', '-n', 'true'])).exitCode).toBe(0);
    expect((await stat(newcomer.home)).mode & 0o777).toBe(0o700);
  });

  test('kills a first start while the image is built: clean leaves nothing of it', async () => {
    const first = newcomer.run(start);
    const chroot = await waitFor({ name: 'see packages in the chroot', timeoutMs: 420_000 }, async () => {
      for (const place of await places(uid))
        for (const name of await readdir(place))
          if ((await stat(join(place, name, 'usr')).catch(() => undefined)) !== undefined) return join(place, name);
      return undefined;
    });
    // It belongs to a subordinate user, whose files the user cannot remove.
    expect((await stat(chroot)).uid).not.toBe(uid);
    const { stdout } = await exec(['pgrep', '-U', newcomer.name, '-f', '^node .*lib/bin.mjs run']);
    for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    await first;
    expect(await places(uid)).not.toEqual([]);
    const cleaned = await newcomer.run(['npx', 'podproof', 'clean']);
    expect(cleaned.exitCode, cleaned.stdout).toBe(0);
    expect(await places(uid)).toEqual([]);
    expect((await exec(['pgrep', '-f', buildPrefix])).stdout).toBe('');
  });

  test('builds a host image, boots it and launches a pod, and leaves nothing but cache and results', async () => {
    const run = await newcomer.run(start);
    expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(0);
    expect(run.stdout).toMatch(/^Exit {6}0: nothing new$/m);
    const { verdicts, hosts } = await documentOf(join(newcomer.home, 'podproof/results/latest'));
    expect(verdicts.map(({ question, verdict }) => `${question} ${verdict}`)).toEqual(['OWN-ON pass']);
    const mayOpenKvm = (await newcomer.run(['test', '-w', '/dev/kvm'])).exitCode === 0;
    if (!mayOpenKvm) expect(hosts.map(({ accelerator }) => accelerator)).toEqual(['tcg']);
    expect(await places(uid)).toEqual([]);
    expect((await stat(newcomer.home)).mode & 0o777).toBe(0o700);
    expect(JSON.parse((await newcomer.run(['npx', 'podproof', 'clean', '--dry-run', '--json'])).stdout)).toEqual([]);
  });

  test('is told by doctor that host images can be built, as a try shows', async () => {
    const { stdout } = await newcomer.run(['npx', 'podproof', 'doctor', '--json']);
    expect(JSON.parse(stdout)).toContainEqual({
      id: 'image-build',
      title: 'host images can be built by this user',
      status: 'ok',
      found: 'yes, tried',
    });
  });
});
