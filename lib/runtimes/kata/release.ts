import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { sameVersion } from '../../model/version.ts';
import { guestFiles } from './configuration.ts';
import type { Shim, Vmm } from './facts.ts';
import { discoverKataPrefix, guestDirectory, isFile, type KataPrefix } from './prefix.ts';
import { kataTemplate } from './template.ts';

/** What one shim with one VMM runs from: paths relative to the prefix. */
export interface KataRelease {
  prefix: KataPrefix;
  shim: string;
  /** Configuration template. */
  template: string;
  /** Guest kernel and image or initrd. */
  guest: string[];
}

/** SUBSECTION_SIZE of Linux: its nd_pmem driver calls anything else misaligned, and the guest panics, as it has no root (seen with 6.12). */
const nvdimmUnit = 2 * 1024 * 1024;

/** The prefix in an artifact, with the shim and the template that a cell needs. Throws BlockedError where it has not both, is another version, or cannot start a guest. */
export async function discoverKataRelease(
  artifact: string,
  wanted: { version: string; shim?: Shim | undefined; vmm?: Vmm | undefined },
): Promise<KataRelease> {
  const { version, shim = 'go', vmm = 'qemu' } = wanted;
  const prefix = await discoverKataPrefix(artifact);
  const refuse = (what: string, remedy: string): never => {
    throw new BlockedError(`Cannot take Kata ${version} from ${artifact}: ${what}`, { remedy });
  };
  if (prefix.version !== undefined && !sameVersion(prefix.version, version))
    return refuse(`its file VERSION says ${prefix.version}`, 'put each version into a directory of its own');
  const program = prefix.shims[shim];
  if (program === undefined)
    return refuse(
      `it has no ${shim} shim`,
      'take the release archive that has it: from 4.1.0 on kata-go-static for the Go shim, kata-static for runtime-rs',
    );
  const template = kataTemplate({ version, shim, vmm });
  if (template === undefined || !(await isFile(join(prefix.directory, template))))
    return refuse(
      `it has no ${template ?? `configuration of the ${shim} shim for ${vmm}`}`,
      'choose a VMM that this release has, in matrix.json runtimes.kata',
    );
  if (((await stat(join(prefix.directory, program))).mode & 0o111) === 0)
    return refuse(`${program} is not executable`, 'unpack the release with its modes, or chmod 0755 it');
  const guest = await guestOf(prefix, template).catch((error: unknown) =>
    refuse(`${template}: ${messageOf(error)}`, 'take that file from the release archive again'),
  );
  const [missing] = guest.missing;
  if (missing !== undefined)
    return refuse(
      `it has no ${missing}, which ${template} names, nor a substitute for it`,
      `put a guest kernel (vmlinux*, vmlinuz*) and an image (*.img, *.image) or initrd (*initrd*.img, *.initrd) into ${guestDirectory}`,
    );
  const image = vmm === 'qemu' && guest.nvdimm ? guest.there.find((path) => prefix.images.includes(path)) : undefined;
  const { size } = image === undefined ? { size: 0 } : await stat(join(prefix.directory, image));
  if (size % nvdimmUnit !== 0)
    return refuse(
      `${image} has ${size} bytes, and a guest maps an NVDIMM only in whole pieces of 2 MiB`,
      `pad it by truncate -s %2M ${image}`,
    );
  return { prefix, shim: program, template, guest: guest.there };
}

async function guestOf(prefix: KataPrefix, template: string): Promise<ReturnType<typeof guestFiles>> {
  return guestFiles(await readFile(join(prefix.directory, template), 'utf8'), prefix);
}
