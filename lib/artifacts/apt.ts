import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedError } from '../util/errors.ts';
import { exec, execOk, type ExecOptions, type ExecResult } from '../util/exec.ts';
import { timeoutFactor } from '../util/wait.ts';
import { parseMadison, type Candidate } from './debian-version.ts';

/** A package manager that knows one Debian suite, apart from the machine's own: nothing is ever installed. */
export interface Apt {
  candidates(packageName: string): Promise<Candidate[]>;
  /** Puts the package into `directory`; apt checks it against the signed index. */
  download(packageName: string, debianVersion: string | undefined, directory: string): Promise<void>;
  /** Puts what an installation on this machine would fetch into `directory`: the package, and what it needs and is not there. */
  downloadForInstallation(packageName: string, directory: string): Promise<void>;
}

/**
 * Sets up an index of `suite` below `directory`. mmdebstrap knows mirrors, security archive and keys of each suite,
 * unless `sources` are given; with the variant `custom` and no packages it does no more than to fetch the index (measured: 3 to 4 s), and needs no root.
 */
export async function aptOf(
  suite: string,
  directory: string,
  options: { allowExpiredRelease?: boolean; sources?: readonly string[]; signal?: AbortSignal | undefined },
): Promise<Apt> {
  const limits: ExecOptions = { timeoutMs: 300_000 * timeoutFactor, signal: options.signal };
  const expired = options.allowExpiredRelease ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : [];
  const tree = join(directory, 'apt');
  const argv = [
    'mmdebstrap',
    '--variant=custom',
    '--mode=chrootless',
    '--skip=cleanup/apt',
    ...expired,
    suite,
    tree,
    ...(options.sources ?? []),
  ];
  const made = await exec(argv, limits);
  options.signal?.throwIfAborted();
  if (made.exitCode !== 0) throw noIndex(suite, made);

  const configuration = join(directory, 'apt.conf');
  await writeFile(
    configuration,
    `Dir "${tree}";\nDir::State::Status "${tree}/var/lib/dpkg/status";\n${await trustedKeys(limits)}APT::Sandbox::User "root";\n`,
  );
  const env = { APT_CONFIG: configuration, LC_ALL: 'C' };
  return {
    candidates: async (name) => parseMadison(await execOk(['apt-cache', 'madison', '--', name], { ...limits, env }), name),
    download: async (name, version, cwd) => {
      const wanted = version === undefined ? name : `${name}=${version}`;
      await execOk(['apt-get', 'download', '--', wanted], { ...limits, env, cwd });
    },
    downloadForInstallation: async (name, target) => {
      const only = ['--yes', '--download-only', '--no-install-recommends', `--target-release=${suite}`];
      const here = ['Dir::State::Status=/var/lib/dpkg/status', `Dir::Cache::Archives=${target}`, 'Debug::NoLocking=true'];
      await execOk(['apt-get', 'install', ...only, ...here.flatMap((option) => ['-o', option]), '--', name], { ...limits, env });
    },
  };
}

/** The index was trusted with the machine's keys; what is downloaded from it needs the same. */
async function trustedKeys(limits: ExecOptions): Promise<string> {
  const text = await execOk(['apt-config', 'shell', 'FILE', 'Dir::Etc::Trusted/f', 'PARTS', 'Dir::Etc::TrustedParts/d'], limits);
  const value = (name: string): string => new RegExp(`^${name}='([^'"]*)'$`, 'm').exec(text)?.[1] ?? '';
  return `Dir::Etc::Trusted "${value('FILE')}";\nDir::Etc::TrustedParts "${value('PARTS')}";\n`;
}

function noIndex(suite: string, { exitCode, stderr, failure }: ExecResult): BlockedError {
  if (exitCode === undefined && /ENOENT/.test(failure))
    return new BlockedError('mmdebstrap, which fetches the index of Debian packages, is not installed', {
      remedy: 'apt-get install mmdebstrap, or give the artifact the source "path"',
    });
  const expired = /is (?:expired|not valid yet) \(([^)]*)\)/.exec(stderr);
  if (expired)
    return new BlockedError(`The package index of Debian ${suite} is past its date (${expired[1]})`, {
      remedy: 'set "allowExpiredRelease": true at the host in matrix.json, or use another mirror',
    });
  const words = /^E: (.*)$/m.exec(stderr)?.[1] ?? failure.split('\n')[0] ?? '';
  return new BlockedError(`Cannot fetch the package index of Debian ${suite}: ${words}`, {
    remedy: 'check the network, or give the artifact the source "path"',
  });
}
