import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exec, execOk } from '../../util/exec.ts';
import { parseRows } from '../rows.ts';
import { serveImages } from '../registry.ts';
import { probeArgv } from '../script.ts';
import { architecture } from './images.ts';
import { openImage, userOf } from './own.ts';
import { tar, type TarEntry } from './tar.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-own-'));
  vi.stubEnv('XDG_CACHE_HOME', join(directory, 'cache')).stubEnv('XDG_STATE_HOME', join(directory, 'state'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

const never = new AbortController().signal;
const digestOf = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const appLayer = tar([
  { path: 'etc', type: 'directory', mode: 0o755 },
  { path: 'etc/passwd', type: 'file', mode: 0o644, content: Buffer.from('app:x:777:778::/:\n') },
]);

/** The files of an image of one layer, by their path. */
function files({ user = 'app:app', arch = architecture(), index = 0, type = 'application/vnd.oci.image.layer.v1.tar' } = {}) {
  const config = JSON.stringify({
    ...{ os: 'linux', architecture: arch, config: { User: user, Env: ['A=b'] } },
    rootfs: { type: 'layers', diff_ids: [digestOf(appLayer)] },
  });
  const blobs = new Map<string, string | Uint8Array>();
  const add = (mediaType: string, content: string | Uint8Array) => {
    blobs.set(`blobs/sha256/${digestOf(content).slice(7)}`, content);
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  let top = add(
    'application/vnd.oci.image.manifest.v1+json',
    JSON.stringify({ config: add('application/vnd.oci.image.config.v1+json', config), layers: [add(type, appLayer)] }),
  );
  for (let nth = 0; nth < index; nth++)
    top = add('application/vnd.oci.image.index.v1+json', JSON.stringify({ manifests: [top] }));
  const oci = new Map([
    ...blobs,
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    ['index.json', JSON.stringify({ manifests: [top] })],
  ]);
  const docker = new Map<string, string | Uint8Array>([
    ['config.json', config],
    ['one/layer.tar', appLayer],
    ['manifest.json', JSON.stringify([{ Config: 'config.json', Layers: ['one/layer.tar'] }])],
  ]);
  return { oci, docker, blobs };
}

async function layout(content: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const root = join(directory, 'layout');
  for (const [path, text] of content) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function archive(content: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const folders = new Set(
    [...content.keys()].flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, at) =>
          path
            .split('/')
            .slice(0, at + 1)
            .join('/'),
        ),
    ),
  );
  const entries: TarEntry[] = [
    ...[...folders].map((path): TarEntry => ({ path, type: 'directory', mode: 0o755 })),
    ...[...content].map(([path, text]): TarEntry => ({ path, type: 'file', mode: 0o644, content: Buffer.from(text) })),
  ];
  const file = join(directory, 'image.tar');
  await writeFile(file, tar(entries));
  return file;
}

describe('an image of somebody else', () => {
  test.each([
    ['an OCI layout', () => layout(files().oci)],
    ['an archive of one', () => archive(files({ index: 1 }).oci)],
    ['what docker save wrote', () => archive(files().docker)],
  ])('of %s has the probe as its last layer, its own configuration and its own user', async (_, make) => {
    await using image = await openImage(await make(), never);
    expect(image.user).toBe('app');
    const config: unknown = JSON.parse(Buffer.from(image.config.bytes).toString());
    expect(config).toMatchObject({
      config: { User: 'app:app', Env: ['A=b'] },
      rootfs: { diff_ids: [digestOf(appLayer), image.layer.digest] },
    });
    await using registry = await serveImages([image]);
    const [name] = image.name.split(':');
    const own = await fetch(`http://127.0.0.1:${registry.port}/v2/${name}/blobs/${digestOf(appLayer)}`);
    expect(digestOf(new Uint8Array(await own.arrayBuffer()))).toBe(digestOf(appLayer));
    const part = await fetch(own.url, { headers: { range: 'bytes=0-2' } });
    expect([part.status, await part.text()]).toEqual([206, 'etc']);
  });

  test('leaves nothing of its archive behind', async () => {
    const image = await openImage(await archive(files().docker), never);
    expect(await readdir(join(directory, 'cache', 'podproof', 'leases'))).toHaveLength(1);
    await image[Symbol.asyncDispose]();
    expect(await readdir(join(directory, 'cache', 'podproof', 'leases'))).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)('runs the probe for its user, whatever programs it has', async () => {
    await using image = await openImage(await layout(files().oci), never);
    const root = join(directory, 'root');
    await mkdir(root, { mode: 0o755 });
    await chmod(directory, 0o755);
    for (const layer of [appLayer, image.layer.bytes]) await execOk(['tar', '-xC', root], { input: layer });
    const output = await execOk(['chroot', '--userspec=777:778', root, ...probeArgv(['canary:/etc/passwd'])]);
    expect(parseRows(output, 'the probe')).toContainEqual({ kind: 'canary', fields: ['/etc/passwd', '', 'app:x:777:778::/:\n'] });
  });

  test.each([
    ['is neither a layout nor of docker save', () => layout(new Map([['x', '']])), /neither index\.json/],
    ['is for another machine', () => layout(files({ arch: 'riscv64' }).oci), /it is for linux\/riscv64/],
    ['has a layer of another kind', () => layout(files({ type: 'application/x' }).oci), /a layer of type "application\/x"/],
    ['leads from index to index', () => layout(files({ index: 9 }).oci), /its indexes are 4 deep/],
    ['is no JSON', () => layout(new Map([['index.json', '{']])), /index\.json cannot be read/],
    [
      'names no digest',
      () => layout(new Map([['index.json', '{"manifests":[{"digest":"../../etc/passwd"}]}']])),
      /no sha256 digest/,
    ],
    [
      'names a file outside of it',
      () => layout(new Map([['manifest.json', '[{"Config":"../../../../../../etc/passwd","Layers":[]}]']])),
      /leads out of it/,
    ],
    ['is not there', () => Promise.resolve(join(directory, 'absent')), /no such file/],
  ])('is refused where it %s', async (_, make, words) => {
    await expect(openImage(await make(), never)).rejects.toThrow(words);
  });

  test('is refused where a blob is not what its digest says, or a link that leads out', async () => {
    const { oci, blobs } = files();
    const layer = [...blobs.keys()].find((path) => path.endsWith(digestOf(appLayer).slice(7))) ?? '';
    const root = await layout(new Map([...oci, [layer, 'something else']]));
    await expect(openImage(root, never)).rejects.toThrow(/has other content/);
    await rm(join(root, layer));
    await symlink('/etc/passwd', join(root, layer));
    await expect(openImage(root, never)).rejects.toThrow(/leads out of it/);
  });

  test('is refused as an archive that climbs out, or would fill the disk, and nothing of it is unpacked', async () => {
    await writeFile(join(directory, 'evil'), 'x');
    await execOk(['tar', '-P', '-cf', join(directory, 'climbs.tar'), '--transform', 's,^.*$,../evil,', join(directory, 'evil')]);
    await expect(openImage(join(directory, 'climbs.tar'), never)).rejects.toThrow(/leaves the prefix/);
    await writeFile(join(directory, 'bomb'), '');
    await truncate(join(directory, 'bomb'), 64 * 1024 ** 3);
    expect((await exec(['tar', '-C', directory, '-Scf', join(directory, 'bomb.tar'), 'bomb'])).exitCode).toBe(0);
    await expect(openImage(join(directory, 'bomb.tar'), never)).rejects.toThrow(/more than 16 GiB/);
    expect(await readdir(join(directory, 'cache', 'podproof', 'leases'))).toEqual([]);
  });

  test.each([
    ['', undefined],
    ['1000:1000', 1000],
    ['app:app', 'app'],
    ['0', 0],
  ])('has USER "%s" as the kubelet hears of it', (text, user) => expect(userOf(text)).toBe(user));
});
