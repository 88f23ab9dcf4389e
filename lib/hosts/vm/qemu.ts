import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptOf } from '../../artifacts/apt.ts';
import { cached } from '../../artifacts/cache.ts';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { exec, execOk } from '../../util/exec.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { compareVersions } from '../../model/version.ts';
import type { LeaseContext } from '../host.ts';
import { qemu as qemuFacts } from './facts.ts';
import { withBackports } from '../image/mirror.ts';

/** A QEMU that hosts can run with. */
export interface Qemu {
  /** What its arguments are appended to: the program, with the firmware that belongs to it. */
  argv: readonly [string, ...string[]];
  /** First line of --version: a snapshot belongs to exactly this build. */
  build: string;
  /** `10.0.2`. */
  version: string;
  /** `installed`, or the suite that it was unpacked from: `bookworm-backports`. */
  origin: string;
  /** Why it is no newer one, where emulation would be steadier with one. */
  shortcoming?: string;
}

/** Milliseconds for an index and 15 MB: where there is no network, the installed one must do, and soon. */
const patienceMs = 120_000;

/**
 * The newest QEMU that this machine's own release offers: the installed one, or that of its backports where the installed one
 * is not reliable, unpacked in the cache and installed nowhere. Throws BlockedError where none is installed.
 */
export async function obtainQemu(context: Pick<LeaseContext, 'signal' | 'progress'>, osRelease?: string): Promise<Qemu> {
  const { signal, progress } = context;
  return choose(osRelease, async (suite, installed) => {
    const limit = { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]), progress };
    try {
      return await unpacked(suite, limit, (root, scratch) => fetchInto(root, scratch, suite, installed, limit.signal));
    } catch (error) {
      signal.throwIfAborted();
      return { ...installed, shortcoming: `that of ${suite} was unavailable: ${messageOf(error)}` };
    }
  });
}

/** Where it came from, in words for facts and doctor: `installed; that of bookworm-backports was unavailable: …`. */
export function originOf({ origin, shortcoming }: Qemu): string {
  return shortcoming === undefined ? origin : `${origin}; ${shortcoming}`;
}

/** The QEMU that a lease takes if nothing can be fetched. Throws BlockedError where none is installed. */
export async function findQemu(osRelease?: string): Promise<Qemu> {
  return choose(osRelease, async (suite, installed) => {
    const never = { signal: AbortSignal.abort(new Error('not fetched yet')), progress: () => undefined };
    const shortcoming = `that of ${suite} is fetched when a host is started for the first time`;
    return unpacked(suite, never, () => Promise.reject(new Error('not fetched yet'))).catch(() => ({
      ...installed,
      shortcoming,
    }));
  });
}

async function choose(
  osRelease = '/etc/os-release',
  fromBackports: (suite: string, installed: Qemu) => Promise<Qemu>,
): Promise<Qemu> {
  const installed = await describe(['qemu-system-x86_64'], 'installed');
  if (compareVersions(installed.version, qemuFacts.reliableSince) >= 0) return installed;
  const codename = debianCodename(await readFile(osRelease, 'utf8').catch(() => ''));
  if (codename === undefined)
    return { ...installed, shortcoming: 'this machine is not Debian, whose backports may have a newer one' };
  return fromBackports(`${codename}-backports`, installed);
}

/** The release that os-release(5) names, where it is Debian itself. */
export function debianCodename(osRelease: string): string | undefined {
  if (!/^ID=debian$/m.test(osRelease)) return undefined;
  return /^VERSION_CODENAME=([a-z]+)$/m.exec(osRelease)?.[1];
}

async function unpacked(
  suite: string,
  { signal, progress }: Pick<LeaseContext, 'signal' | 'progress'>,
  fill: (root: string, scratch: string) => Promise<string>,
): Promise<Qemu> {
  const request = { name: 'qemu', version: suite, cache: cacheDirectory(), signal, progress };
  const { directory } = await cached(request, ['qemu', process.arch, suite], fill);
  return describe(await commandIn(directory), suite);
}

/** Unpacks QEMU of `suite` into `root`, with what it needs and this machine has not, or not new enough. */
async function fetchInto(root: string, scratch: string, suite: string, installed: Qemu, signal: AbortSignal): Promise<string> {
  const name = 'qemu-system-x86';
  const apt = await aptOf(suite, scratch, { sources: await withBackports(suite, signal), signal });
  const [newest] = await apt.candidates(name);
  if (newest === undefined || compareVersions(newest.upstream, installed.version) <= 0)
    throw new Error(`it has ${newest?.upstream ?? 'none'}, and ${installed.version} is installed`);
  const downloads = join(scratch, 'downloads');
  await mkdir(downloads);
  await apt.downloadForInstallation(name, downloads);
  for (const file of (await readdir(downloads)).filter((each) => each.endsWith('.deb')))
    await execOk(['dpkg-deb', '-x', join(downloads, file), root], { signal });
  return `deb ${name}=${newest.debian} of ${suite}`;
}

/** The program with its own firmware before this machine's, and with libraries that came with it. */
async function commandIn(root: string): Promise<[string, ...string[]]> {
  const firmware = [join(root, 'usr/share/qemu'), join(root, 'usr/share/seabios'), '/usr/share/seabios'];
  const libraries = await Promise.all(
    ['lib', 'usr/lib'].map(async (folder) => {
      const triplets = (await readdir(join(root, folder)).catch(() => [])).filter((each) => each.endsWith('-linux-gnu'));
      return triplets.map((triplet) => join(root, folder, triplet));
    }),
  );
  const path = libraries.flat().join(':');
  const program = [join(root, 'usr/bin/qemu-system-x86_64'), ...firmware.flatMap((directory) => ['-L', directory])];
  return ['env', `LD_LIBRARY_PATH=${path}`, ...program];
}

async function describe(argv: Qemu['argv'], origin: string): Promise<Qemu> {
  const { exitCode, stdout, stderr, failure } = await exec([...argv, '--version']);
  const build = stdout.split('\n')[0] ?? '';
  const version = /version (\d[\d.]*)/.exec(build)?.[1];
  if (exitCode === 0 && version !== undefined) return { argv, build, version, origin };
  throw new BlockedError(`Cannot run QEMU (${origin}): ${(failure || stderr || stdout).trim().split('\n')[0]}`, {
    remedy: 'apt install qemu-system-x86 qemu-utils',
  });
}
