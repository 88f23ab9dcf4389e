import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError } from '../../util/errors.ts';
import { kata, vmmFacts, vmmNames } from './facts.ts';

/** What a Kata prefix holds. Every path is relative to `directory`, which is what /opt/kata is on a host. */
export interface KataPrefix {
  directory: string;
  /** First line of its file VERSION. */
  version?: string;
  shims: { go?: string; rust?: string };
  /** VMM programs by file name, also links to the host's own: qemu-system-x86_64. */
  vmms: Record<string, string>;
  virtiofsd?: string;
  /** Guest kernels, images and initrds: the stable names that templates use come first. */
  kernels: string[];
  images: string[];
  initrds: string[];
}

const shimName = kata.program;
export const guestDirectory = 'share/kata-containers';

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
  const files = await names(join(directory, guestDirectory));
  const guestFiles = (pattern: RegExp): string[] =>
    files
      .filter((name) => pattern.test(name))
      .sort(stableFirst)
      .map((name) => join(guestDirectory, name));
  const virtiofsd = 'libexec/virtiofsd';
  return {
    directory,
    ...(version ? { version } : {}),
    shims,
    vmms: Object.fromEntries(programs.filter(isVmm).map((name) => [name, join('bin', name)])),
    ...((await names(join(directory, 'libexec'))).includes('virtiofsd') ? { virtiofsd } : {}),
    kernels: guestFiles(/^vmlinu[xz]/),
    images: guestFiles(/\.(img|image)$/).filter((path) => !path.includes('initrd')),
    initrds: guestFiles(/initrd.*\.(img|initrd)$|\.initrd$/),
  };
}

function isVmm(program: string): boolean {
  return vmmNames.some((name) => vmmFacts(name).program?.test(program) === true);
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

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
