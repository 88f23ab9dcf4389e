import { readFile } from 'node:fs/promises';
import { readElf } from '../../artifacts/elf.ts';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { exec } from '../../util/exec.ts';
import { probeScript } from '../script.ts';
import { ociImage, type OciImage } from './oci.ts';
import type { TarEntry } from './tar.ts';

/** What the scripts call, what somebody with a shell in the pod expects, and `top`, which is what containers of critest run. */
const applets =
  'awk cat chmod dd echo env find grep head id kill ln ls mkdir mknod mount ps readlink rm sh sleep stat top touch tr true umount uname';

/** PID 1 has no default action for a signal, and CRI-O does not split pause_command: hence a program of its own. */
const pauseScript = (busybox: string): string => `#!${busybox} sh
trap 'exit 0' TERM INT
while :; do
  ${busybox} sleep 2147483647 &
  wait
done
`;

/**
 * The image that every pod runs: busybox and the probe. With `user` it carries that USER, under the tag `user-<user>`.
 * Throws BlockedError when this machine has no static busybox.
 */
export async function probeImage(options: { user?: string } = {}): Promise<OciImage> {
  const { user } = options;
  return ociImage({
    name: user === undefined ? 'podproof/probe:1' : `podproof/probe:user-${user}`,
    entries: [...(await busyboxTree()), file('podproof/probe', 0o755, Buffer.from(await probeScript()))],
    architecture: architecture(),
    entrypoint: ['/pause'],
    ...(user === undefined ? {} : { user }),
  });
}

/** All that an engine is given: the sandbox's own, and what a pod runs as root or, by its image, as user 777. */
export async function probeImages(): Promise<ProbeImages> {
  return { pause: await pauseImage(), root: await probeImage(), user777: await probeImage({ user: '777' }) };
}

export interface ProbeImages {
  pause: OciImage;
  root: OciImage;
  user777: OciImage;
  /** Of somebody else, with the probe laid over them. */
  own?: readonly OciImage[];
}

/** The image of the sandbox's own container: a process that does nothing until SIGTERM, at /pause. */
export async function pauseImage(): Promise<OciImage> {
  return ociImage({
    name: 'podproof/pause:1',
    entries: await busyboxTree(),
    architecture: architecture(),
    entrypoint: ['/pause'],
  });
}

/** What is laid over an image of somebody else: the probe, and all that it needs, in a directory of its own. */
export async function probeLayer(): Promise<TarEntry[]> {
  const busybox = '/podproof/bin/busybox';
  return [
    { path: 'podproof', type: 'directory', mode: 0o755 },
    { path: 'podproof/bin', type: 'directory', mode: 0o755 },
    file(busybox.slice(1), 0o755, await staticBusybox()),
    file('podproof/probe', 0o755, Buffer.from(await probeScript(busybox))),
    file('podproof/pause', 0o755, Buffer.from(pauseScript(busybox))),
  ];
}

async function busyboxTree(): Promise<TarEntry[]> {
  const directories = ['bin', 'dev', 'etc', 'podproof', 'proc', 'root', 'run', 'sys', 'tmp'];
  return [
    ...directories.map((path): TarEntry => ({ path, type: 'directory', mode: path === 'tmp' ? 0o1777 : 0o755 })),
    file('bin/busybox', 0o755, await staticBusybox()),
    ...applets.split(' ').map((name): TarEntry => ({ path: `bin/${name}`, type: 'link', target: 'busybox' })),
    file('etc/group', 0o644, Buffer.from('root:x:0:\n')),
    file('etc/passwd', 0o644, Buffer.from('root:x:0:0:root:/root:/bin/sh\n')),
    file('pause', 0o755, Buffer.from(pauseScript('/bin/busybox'))),
  ];
}

const remedy = 'apt-get install busybox-static';

/** This machine's busybox, which must run in a container without libraries and have every applet that we link to. */
export async function staticBusybox(path = '/bin/busybox'): Promise<Uint8Array> {
  const program = await readFile(path).catch((cause: unknown) => {
    throw new BlockedError(`Cannot build the probe image: ${path} cannot be read: ${messageOf(cause)}`, { remedy, cause });
  });
  try {
    const elf = await readElf(path);
    if (elf === undefined) throw new RangeError('not an ELF program');
    if (elf.interpreter !== undefined) throw new RangeError('it needs shared libraries');
  } catch (cause) {
    throw new BlockedError(`Cannot build the probe image: ${path} is no static program: ${messageOf(cause)}`, { remedy, cause });
  }
  const offered = new Set((await exec([path, '--list'])).stdout.split('\n'));
  const lacking = applets.split(' ').filter((name) => !offered.has(name));
  if (lacking.length > 0) throw new BlockedError(`Cannot build the probe image: ${path} lacks ${lacking.join(', ')}`, { remedy });
  return program;
}

function file(path: string, mode: number, content: Uint8Array): TarEntry {
  return { path, type: 'file', mode, content };
}

/** As OCI spells this machine's architecture, which is the busybox's. */
export function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
