import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { fakeDockerd } from '../../testing/fake-dockerd.ts';
import { execOk } from '../../util/exec.ts';
import { imageId } from '../image/build.ts';
import { recipe } from '../image/recipe.ts';
import { prepareHost } from '../registry.ts';
import { openLedger, readLedger } from '../shared/ledger.ts';

afterEach(() => vi.unstubAllEnvs());

/** Puts a host image that is already built into the cache: one with an sshd, a kernel and a file of each kind of mode. */
async function cacheImage(directory: string, id: string): Promise<void> {
  const root = join(directory, 'tree');
  for (const path of ['usr/sbin', 'boot', 'tmp', 'var/tmp']) await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, 'usr/sbin/sshd'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(root, 'boot/vmlinuz'), 'kernel');
  const image = join(directory, 'cache/podproof/images', id);
  await mkdir(image, { recursive: true });
  await execOk(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', '-d', root, join(image, 'root.ext4'), '8M']);
  await writeFile(join(image, 'image.json'), JSON.stringify({ format: 1, id }));
}

test('fetch leaves the image of a container host in the daemon, so that a lease needs no network', async () => {
  await using place = await temporary();
  vi.stubEnv('XDG_CACHE_HOME', join(place.path, 'cache'));
  vi.stubEnv('XDG_STATE_HOME', join(place.path, 'state'));
  await using daemon = await fakeDockerd(join(place.path, 'docker.sock'));
  vi.stubEnv('DOCKER_HOST', daemon.address);
  const id = imageId(recipe('trixie', 'plain'));
  await cacheImage(place.path, id);
  const context = {
    ledger: await openLedger('test'),
    logs: place.path,
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const prepare = (): Promise<string> =>
    prepareHost('box', { kind: 'container', suite: 'trixie' }, context, { variant: 'plain' });

  const name = `localhost/podproof-host:${id}`;
  expect(await prepare()).toBe(`image ${name} in ${daemon.address}`);
  await writeFile(join(place.path, 'imported.tar'), daemon.images.get(name) ?? '');
  const files = (await execOk(['tar', '-tf', join(place.path, 'imported.tar')])).split('\n');
  expect(files).toContain('./usr/sbin/sshd');
  expect(files).not.toContain('./boot/vmlinuz');

  expect(await prepare()).toBe(`image ${name} in ${daemon.address}`);
  expect(daemon.asked.filter((each) => !each.startsWith('GET'))).toEqual(['POST /images/create']);
  expect(await readLedger()).toEqual([]);
});
