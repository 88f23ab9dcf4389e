import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError } from '../util/errors.ts';

/** What a Kata prefix holds. Every path is relative to `directory`, which is what /opt/kata is on a host. */
export interface KataPrefix {
  directory: string;
  /** First line of its file VERSION. */
  version?: string;
  shims: { go?: string; rust?: string };
  /** Configuration templates by the name between `configuration-` and `.toml`: qemu, clh, qemu-runtime-rs. */
  configurations: { go: Record<string, string>; rust: Record<string, string> };
  /** VMM programs by file name, also links to the host's own: qemu-system-x86_64. */
  vmms: Record<string, string>;
  virtiofsd?: string;
  /** Guest kernels, images and initrds: the stable names that templates use come first. */
  kernels: string[];
  images: string[];
  initrds: string[];
}

const shimName = 'containerd-shim-kata-v2';
const vmmNames = /^(qemu-system-[\w-]+|cloud-hypervisor|firecracker|stratovirt|openvmm)$/;
const guest = 'share/kata-containers';
const defaults = 'share/defaults/kata-containers';

/** Finds the prefix in an artifact: the directory itself, its opt/kata, or its usr (a distribution's layout). Throws BlockedError without one. */
export async function discoverKataPrefix(artifact: string): Promise<KataPrefix> {
  for (const place of ['', 'opt/kata', 'usr']) {
    const directory = join(artifact, place);
    const [go, rust] = [join('bin', shimName), join('runtime-rs/bin', shimName)];
    const shims = {
      ...((await isFile(join(directory, go))) ? { go } : {}),
      ...((await isFile(join(directory, rust))) ? { rust } : {}),
    };
    if (shims.go !== undefined || shims.rust !== undefined) return describe(directory, shims);
  }
  throw new BlockedError(
    `There is no Kata prefix in ${artifact}: neither bin/${shimName} nor runtime-rs/bin/${shimName} is there or in opt/kata`,
    {
      remedy: 'lay the release out so that opt/kata of its archive is below this directory',
    },
  );
}

async function describe(directory: string, shims: KataPrefix['shims']): Promise<KataPrefix> {
  const version = (await readFile(join(directory, 'VERSION'), 'utf8').catch(() => '')).split('\n')[0]?.trim();
  const programs = await names(join(directory, 'bin'));
  const files = await names(join(directory, guest));
  const guestFiles = (pattern: RegExp): string[] =>
    files
      .filter((name) => pattern.test(name))
      .sort(stableFirst)
      .map((name) => join(guest, name));
  const virtiofsd = 'libexec/virtiofsd';
  return {
    directory,
    ...(version ? { version } : {}),
    shims,
    configurations: { go: await templates(directory, defaults), rust: await templates(directory, join(defaults, 'runtime-rs')) },
    vmms: Object.fromEntries(programs.filter((name) => vmmNames.test(name)).map((name) => [name, join('bin', name)])),
    ...((await names(join(directory, 'libexec'))).includes('virtiofsd') ? { virtiofsd } : {}),
    kernels: guestFiles(/^vmlinu[xz]/),
    images: guestFiles(/\.(img|image)$/).filter((path) => !path.includes('initrd')),
    initrds: guestFiles(/initrd.*\.(img|initrd)$|\.initrd$/),
  };
}

async function templates(directory: string, folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const file of await names(join(directory, folder))) {
    const name = /^configuration-([\w-]+)\.toml$/.exec(file)?.[1];
    if (name !== undefined) found[name] = join(folder, file);
  }
  return found;
}

/** `vmlinux.container` and `kata-containers.img` before names with versions. */
function stableFirst(a: string, b: string): number {
  const rank = (name: string): number => (/^(vmlinu[xz]\.container|kata-containers(-initrd)?\.img)$/.test(name) ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

async function names(directory: string): Promise<string[]> {
  const found: string[] = await readdir(directory).catch(() => []);
  return found.sort();
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
