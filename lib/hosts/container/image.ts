import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageName } from 'testcontainers';
import { z } from 'zod';
import { execOk } from '../../util/exec.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';
import type { LeaseContext } from '../host.ts';
import type { Image } from '../image/build.ts';
import { keepingOwners } from '../image/unprivileged.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import type { ContainerRuntime } from './runtime.ts';

/** The root file system of a host image as an image of the container runtime, imported where it is not there yet; nothing is pulled. */
export async function importImage(image: Image, { client }: ContainerRuntime, context: LeaseContext): Promise<string> {
  // With a host name in it, podman does not take it for one of docker.io.
  const name = `localhost/podproof-host:${image.id}`;
  if (await client.image.exists(ImageName.fromString(name))) return name;
  context.progress(`import ${name} into the container runtime`);
  await using scope = new Scope();
  const work = join(cacheDirectory(), 'leases', `podproof-import-${randomBytes(6).toString('hex')}`);
  await ownDirectory(work, scope, context.ledger);
  await mkdir(join(work, 'root'), { mode: 0o700 });
  const limits = { timeoutMs: 300_000, signal: context.signal };
  await execOk(keepingOwners(['sh', '-euc', packScript, 'sh', image.disk, work]), limits);
  const { dockerode } = client.container;
  // The tag is in the name, as podman 4.3 overlooks it elsewhere.
  const said = await dockerode.importImage(createReadStream(join(work, 'root.tar')), { repo: name });
  await finished(said);
  // Else testcontainers would pull it.
  if (!(await client.image.exists(ImageName.fromString(name)))) throw new Error(`Cannot find ${name} after its import`);
  return name;
}

/**
 * The kernel and its modules stay behind, as a container has the machine's. debugfs needs no mount, and so no root; it drops the
 * bits above 0777, of which an engine needs those of the temporary directories.
 */
const packScript = `
PATH=$PATH:/usr/sbin:/sbin
debugfs -R "rdump / $2/root" "$1" 2>"$2/debugfs.log"
[ -x "$2/root/usr/sbin/sshd" ] || { cat "$2/debugfs.log" >&2; exit 1; }
chmod 1777 "$2/root/tmp" "$2/root/var/tmp"
tar -C "$2/root" --numeric-owner --exclude=./boot --exclude=./usr/lib/modules --exclude=./lost+found --exclude=./etc/fstab -cf "$2/root.tar" .
rm -rf "$2/root"
`;

const Progress = z.object({ error: z.string().optional() });

/** Reads the daemon's answers to the end: an import that failed says so in the last one and nowhere else. */
async function finished(stream: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  for (const line of text.split(/\r?\n/).filter((each) => each.startsWith('{'))) {
    const { error } = Progress.parse(JSON.parse(line));
    if (error !== undefined) throw new Error(`Cannot import the host image: ${error}`);
  }
}
