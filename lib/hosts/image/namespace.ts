import { chmod, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { exec } from '../../util/exec.ts';
import { isRoot, buildPrefix } from './unprivileged.ts';

/** Why this user cannot build host images here, and what helps. */
export interface BuildTrouble {
  reason: string;
  remedy: string;
}

/** What decides whether mmdebstrap can become the root of a user namespace. */
export interface NamespaceFindings {
  user: string;
  /** Programs that are needed and not in the PATH. */
  absent: readonly string[];
  /** Text of /etc/subuid and /etc/subgid. */
  subordinate: { uid: string; gid: string };
  /** Values below /proc/sys; absent where the kernel has no such setting. */
  sysctl: Readonly<Partial<Record<(typeof sysctls)[number], string>>>;
  /** Options of the file system where the chroot would be. */
  mounted: string;
  /** How the try ended. */
  words: string;
}

const sysctls = [
  'user.max_user_namespaces',
  'kernel.unprivileged_userns_clone',
  'kernel.apparmor_restrict_unprivileged_userns',
] as const;
/** As many as a Debian system has users, by mmdebstrap's own count. */
const idsNeeded = 65_536;

/**
 * Tries what a build needs: as root a mount namespace, otherwise mmdebstrap as the root of a user namespace that enters `directory`.
 * Undefined where that works.
 */
export async function buildTrouble(directory: string): Promise<BuildTrouble | undefined> {
  if (!isRoot()) return namespaceTrouble(directory);
  const { exitCode, stderr, failure } = await exec(['unshare', '--mount', 'true']);
  if (exitCode === 0) return undefined;
  return {
    reason: stderr.trim() || failure,
    remedy: 'run podproof where root may mount: in a container, one with CAP_SYS_ADMIN',
  };
}

async function namespaceTrouble(directory: string): Promise<BuildTrouble | undefined> {
  // As the programs of a chroot are run there.
  const program = join(directory, 'probe');
  await writeFile(program, '#!/bin/sh -eu\ntest "$(id -u)" = 0\n');
  await chmod(program, 0o755);
  const enter = ['mmdebstrap', '--unshare-helper', program];
  const absent = await missingOf(['mmdebstrap', 'newuidmap', 'newgidmap', 'fakeroot']);
  const { exitCode, stderr, failure } = await exec(enter, { cwd: '/', timeoutMs: 30_000 });
  if (exitCode === 0 && absent.length === 0) return undefined;
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const values = await Promise.all(
    sysctls.map(async (name) => [name, (await read(`/proc/sys/${name.replaceAll('.', '/')}`)).trim()] as const),
  );
  return explainTrouble({
    user: userInfo().username,
    absent,
    subordinate: { uid: await read('/etc/subuid'), gid: await read('/etc/subgid') },
    sysctl: Object.fromEntries(values.filter(([, value]) => value !== '')),
    mounted: (await exec(['findmnt', '--noheadings', '--output', 'OPTIONS', '--target', directory])).stdout,
    words: stderr.split('\n').find((line) => line.startsWith('E: ')) ?? failure,
  });
}

/** Pure part of `buildTrouble` for a user who is not root: the first cause that the findings show, in the order in which they must be mended. */
export function explainTrouble({ user, absent, subordinate, sysctl, mounted, words }: NamespaceFindings): BuildTrouble {
  if (absent.length > 0)
    return {
      reason: `${absent.join(' and ')} ${absent.length > 1 ? 'are' : 'is'} not in the PATH`,
      remedy: `sudo apt install ${[...new Set(absent.map((name) => packageOf[name] ?? name))].join(' ')}`,
    };
  const short = (['uid', 'gid'] as const).filter((kind) => idsOf(subordinate[kind], user) < idsNeeded);
  if (short.length > 0) {
    const first = Math.max(100_000, ...short.map((kind) => nextFree(subordinate[kind])));
    return {
      reason: `${short.map((kind) => `/etc/sub${kind}`).join(' and ')} give${short.length > 1 ? '' : 's'} user ${user} no range of ${idsNeeded} ids`,
      remedy: `sudo usermod ${short.map((kind) => `--add-sub${kind}s ${first}-${first + idsNeeded - 1}`).join(' ')} ${user}`,
    };
  }
  for (const name of ['user.max_user_namespaces', 'kernel.unprivileged_userns_clone'] as const)
    if (sysctl[name] === '0')
      return {
        reason: `the kernel lets only root make user namespaces (${name} is 0)`,
        remedy: `run podproof as root, or set ${name}=${name === 'user.max_user_namespaces' ? idsNeeded : 1}, which opens more of the kernel to every user`,
      };
  if (sysctl['kernel.apparmor_restrict_unprivileged_userns'] === '1')
    return {
      reason:
        'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1), and has no profile for mmdebstrap loaded',
      remedy:
        'sudo apparmor_parser --replace /etc/apparmor.d/mmdebstrap, or run podproof as root; setting it to 0 works too, and lifts the restriction for every program',
    };
  if (/\bnoexec\b/.test(mounted))
    return {
      reason: `${dirname(buildPrefix)} is mounted noexec`,
      remedy: 'run podproof as root, which builds in its own cache directory',
    };
  return { reason: words, remedy: 'run podproof as root' };
}

const packageOf: Partial<Record<string, string>> = { newuidmap: 'uidmap', newgidmap: 'uidmap' };

async function missingOf(programs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(programs.map((name) => exec(['sh', '-c', 'command -v "$1"', 'sh', name])));
  return programs.filter((_, index) => found[index]?.exitCode !== 0);
}

/** Ids of the first range of `user`, the only one that mmdebstrap reads: lines `user:first:count` (subuid(5)). */
function idsOf(text: string, user: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${user}:`));
  return Number(line?.split(':')[2] ?? 0);
}

/** The first id behind all ranges. */
function nextFree(text: string): number {
  const ends = text.split('\n').map((line) =>
    line
      .split(':')
      .slice(1)
      .reduce((sum, part) => sum + Number(part), 0),
  );
  return Math.max(0, ...ends.filter(Number.isFinite));
}
