import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execOk } from '../../util/exec.ts';
import { alone } from '../../util/lock.ts';
import { markUsed } from '../../util/cache.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';
import { measureDirectory } from '../shared/attachment.ts';
import { ownPath } from '../shared/own-directory.ts';
import type { Attachment, LeaseContext, Remote } from '../host.ts';
import { keepingOwners } from '../image/unprivileged.ts';
import { artifactBus } from './arguments.ts';
import type { Qmp } from './qmp.ts';

const mebibyte = 1024 * 1024;

/**
 * Hands `attachment` to a running machine as a disk and mounts it read-only at /opt/podproof/<id>. The disk itself can be
 * written, into an overlay below `overlays` that goes with the lease: a runtime that plugs every disk of the host into a
 * privileged pod would otherwise stumble over ours before it comes to what is being tested.
 */
export async function attachDisk(
  attachment: Attachment,
  overlays: string,
  qmp: Qmp,
  remote: Remote,
  context: LeaseContext,
): Promise<string> {
  const disk = await obtainDisk(attachment, context);
  const overlay = join(overlays, `${attachment.id}.qcow2`);
  await execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', overlay]);
  // QEMU's node names have at most 31 characters.
  const serial = createHash('sha256').update(attachment.id).digest('hex').slice(0, 20);
  const node = `d${serial}`;
  await qmp.command('blockdev-add', { driver: 'qcow2', 'node-name': node, file: { driver: 'file', filename: overlay } });
  const device = { driver: 'scsi-hd', id: node, bus: `${artifactBus}.0`, drive: node, serial, device_id: serial };
  await qmp.command('device_add', device);
  const target = `/opt/podproof/${attachment.id}`;
  const path = `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${serial}`;
  const limits = { timeoutMs: 40_000, signal: context.signal };
  const mounted = await remote.exec(['sh', '-euc', mountScript, 'sh', path, target], limits);
  if (mounted.exitCode !== 0)
    throw new Error(`Cannot mount ${attachment.id} on the host: ${mounted.stderr.trim() || mounted.failure}`);
  return target;
}

const mountScript = 'udevadm wait --timeout=30 "$1"; mkdir -p "$2"; mount -t ext4 -o ro,noload "$1" "$2"';

/** A read-only file system with the directory's content, made once. */
async function obtainDisk(attachment: Attachment, context: LeaseContext): Promise<string> {
  const disk = join(cacheDirectory(), 'disks', `${attachment.id}.ext4`);
  if (!(await isFile(disk))) {
    const onWait = (holder: string): void => context.progress(`wait for ${holder}, which makes a disk of ${attachment.id}`);
    await alone(`disk-${attachment.id}`, { signal: context.signal, onWait }, async () => {
      if (!(await isFile(disk))) await makeDisk(disk, attachment, context);
    });
  }
  await markUsed(disk);
  return disk;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

async function makeDisk(disk: string, { id, directory }: Attachment, context: LeaseContext): Promise<void> {
  const { ledger, signal, progress } = context;
  progress(`make a disk of ${id}`);
  await mkdir(join(cacheDirectory(), 'disks'), { recursive: true, mode: 0o700 });
  const part = join(cacheDirectory(), 'disks', `podproof-${randomBytes(6).toString('hex')}`);
  await using scope = new Scope();
  await ownPath(part, scope, ledger);
  const { bytes, entries } = await measureDirectory(directory);
  // Room for block rounding, inodes and directories; the file is sparse.
  const size = Math.ceil((bytes * 1.1 + entries * 4096) / mebibyte) + 16;
  const format = ['-t', 'ext4', '-b', '4096', '-O', '^has_journal', '-m', '0', '-N', `${entries + 64}`, '-E', 'root_owner=0:0'];
  const argv = keepingOwners(['mke2fs', '-q', ...format, '-d', directory, part, `${size}M`]);
  await execOk(argv, { timeoutMs: 300_000, signal });
  await rename(part, disk);
}
