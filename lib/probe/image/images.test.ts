import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlockedError } from '../../util/errors.ts';
import { exec, execOk } from '../../util/exec.ts';
import { parseRows } from '../rows.ts';
import { probeArgv } from '../script.ts';
import { pauseImage, probeImage, staticBusybox } from './images.ts';

const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

describe('probe image', () => {
  it('has the same digest each time it is built', async () => {
    const [one, two] = [await probeImage(), await probeImage()];
    expect(one.manifest.digest).toBe(two.manifest.digest);
  });

  it('names each part by the checksum of its bytes', async () => {
    const { manifest, config, layer } = await probeImage();
    for (const blob of [manifest, config, layer]) {
      expect(blob.digest).toBe(`sha256:${createHash('sha256').update(blob.bytes).digest('hex')}`);
    }
    expect(parse(manifest.bytes)).toMatchObject({
      config: { digest: config.digest, size: config.bytes.length },
      layers: [{ digest: layer.digest, size: layer.bytes.length }],
    });
    expect(parse(config.bytes)).toMatchObject({ os: 'linux', rootfs: { diff_ids: [layer.digest] } });
  });

  it('differs in the variant with a USER by its configuration only', async () => {
    const [root, user] = [await probeImage(), await probeImage({ user: '777' })];
    expect(user.name).toBe('podproof/probe:user-777');
    expect(user.layer.digest).toBe(root.layer.digest);
    expect(parse(user.config.bytes)).toMatchObject({ config: { User: '777' } });
    expect(parse(root.config.bytes)).not.toHaveProperty('config.User');
  });

  it('knows root only, and holds a shell, the probe and /pause', async () => {
    const { layer } = await probeImage();
    expect(await execOk(['tar', '-xO', 'etc/passwd'], { input: layer.bytes })).toBe('root:x:0:0:root:/root:/bin/sh\n');
    const listing = await execOk(['tar', '-tv'], { input: layer.bytes });
    for (const line of [/^lrwx.* bin\/sh -> busybox$/m, /^-rwxr-xr-x .* podproof\/probe$/m, /^-rwxr-xr-x .* pause$/m]) {
      expect(listing).toMatch(line);
    }
  });

  it.runIf(process.getuid?.() === 0)('runs the probe for any user from its own tree alone, even without /dev/null', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'podproof-tree-'));
    try {
      await chmod(directory, 0o755);
      await execOk(['tar', '-xC', directory], { input: (await probeImage()).layer.bytes });
      const output = await execOk([
        'chroot',
        '--userspec=777:778',
        directory,
        ...probeArgv(['writable:/tmp/x', 'canary:/etc/group']),
      ]);
      const rows = parseRows(output, 'the probe');
      expect(rows).toContainEqual({ kind: 'writable', fields: ['/tmp/x', ''] });
      expect(rows).toContainEqual({ kind: 'canary', fields: ['/etc/group', '', 'root:x:0:\n'] });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('is shared in its tree with the pause image', async () => {
    expect(parse((await pauseImage()).config.bytes)).toMatchObject({ config: { Entrypoint: ['/pause'] } });
  });

  it('is blocked with the remedy when there is no static busybox', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'podproof-busybox-'));
    try {
      const path = join(directory, 'busybox');
      await expect(staticBusybox(path)).rejects.toMatchObject({ remedy: 'apt-get install busybox-static' });
      await writeFile(path, 'no program');
      await expect(staticBusybox(path)).rejects.toThrow(/not an ELF program/);
      await writeFile(path, brokenElf());
      await expect(staticBusybox(path)).rejects.toThrow(/it is damaged/);
      await copyFile(process.execPath, path);
      await expect(staticBusybox(path)).rejects.toThrow(BlockedError);
      await expect(staticBusybox(path)).rejects.toThrow(/it needs shared libraries/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** One whose program header leads out of the file. */
function brokenElf(): Buffer {
  const broken = Buffer.alloc(64);
  broken.writeUInt32BE(0x7f454c46);
  broken.set([2, 1], 4);
  broken.writeBigUInt64LE(2n ** 60n, 32);
  broken.writeUInt16LE(56, 54);
  broken.writeUInt16LE(1, 56);
  return broken;
}

describe('/pause', () => {
  it('waits, and ends well on SIGTERM', async () => {
    const script = await execOk(['tar', '-xO', 'pause'], { input: (await pauseImage()).layer.bytes });
    const child = spawn('/bin/busybox', ['sh', '-c', script.replace('while :', 'echo up\nwhile :')], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    // Its sleep outlives it where nothing else ends the namespace; the group may be empty already.
    await exec(['kill', '-KILL', '--', `-${child.pid}`]);
  });
});
