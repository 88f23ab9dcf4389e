import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Artifact } from './artifact.ts';
import { cniArtifact, neededPlugins } from './cni-plugins.ts';
import { resolveArtifact } from './resolve.ts';
import { craftElf, craftTar } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';

async function laidOut(directory: string, place: string, names: readonly string[] = neededPlugins): Promise<void> {
  await mkdir(join(directory, place), { recursive: true });
  for (const name of names) await writeFile(join(directory, place, name), craftElf(), { mode: 0o755 });
}

function artifactAt(directory: string): Artifact {
  return { name: 'cni', version: '1.9.0', directory, sha256: '', source: `path ${directory}`, binaries: {} };
}

describe('CNI plugins', () => {
  test.each([
    ['a release archive', ''],
    ['a build', 'bin'],
    ['a whole system', 'opt/cni/bin'],
    ['Debian’s package', 'usr/lib/cni'],
    ['Fedora’s package', 'usr/libexec/cni'],
  ])('are found where %s has them', async (_, place) => {
    await using prefix = await temporary();
    await laidOut(prefix.path, place, [...neededPlugins, 'tuning']);
    const { binaries } = await cniArtifact(artifactAt(prefix.path));
    expect(binaries).toEqual(Object.fromEntries(neededPlugins.map((name) => [name, join(place, name)])));
  });

  test('are not taken for the bridge of iproute2, which is nearer to the root', async () => {
    await using prefix = await temporary();
    await laidOut(prefix.path, 'sbin', ['bridge']);
    await laidOut(prefix.path, 'usr/lib/cni');
    expect((await cniArtifact(artifactAt(prefix.path))).binaries['bridge']).toBe('usr/lib/cni/bridge');
  });

  test('are found in an archive that is laid out as upstream’s', async () => {
    await using place = await temporary();
    const archive = join(place.path, 'cni-plugins-linux-amd64-v1.9.0.tar');
    const files = [...neededPlugins, 'LICENSE'].map((name) => ({ path: `./${name}`, content: '#!/bin/sh\n' }));
    await writeFile(archive, craftTar([{ path: './', type: '5' }, ...files]));
    const source = { kind: 'path', path: archive } as const;
    const artifact = await resolveArtifact('cni', '1.9.0', source, { cache: join(place.path, 'cache') });
    expect(Object.keys((await cniArtifact(artifact)).binaries)).toEqual(neededPlugins);
  });

  test.each<[string, (directory: string) => Promise<void>]>([
    ['is absent', (directory) => rm(join(directory, 'bin/loopback'))],
    ['may not be executed', (directory) => chmod(join(directory, 'bin/loopback'), 0o644)],
    [
      'is a link out of the prefix, which would lead nowhere on a host',
      async (directory) => {
        await rm(join(directory, 'bin/loopback'));
        await symlink('/bin/sh', join(directory, 'bin/loopback'));
      },
    ],
  ])('are incomplete where one of them %s', async (_, spoil) => {
    await using prefix = await temporary();
    await laidOut(prefix.path, 'bin');
    await spoil(prefix.path);
    await expect(cniArtifact(artifactAt(prefix.path))).rejects.toMatchObject({
      name: 'BlockedError',
      message: `Cannot take the CNI plugins 1.9.0 from ${prefix.path}: ${prefix.path}/bin has no program loopback`,
      remedy:
        'take a whole release of containernetworking/plugins or Debian’s package containernetworking-plugins, or change matrix.json cni.source',
    });
  });

  test('are not there where no known directory has one', async () => {
    await using prefix = await temporary();
    await laidOut(prefix.path, 'elsewhere');
    await expect(cniArtifact(artifactAt(prefix.path))).rejects.toThrow(
      `Cannot take the CNI plugins 1.9.0 from ${prefix.path}: neither it nor its bin, opt/cni/bin, usr/lib/cni, usr/libexec/cni has the programs bridge, host-local, loopback`,
    );
  });
});
