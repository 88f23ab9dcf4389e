import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { exec, execOk, execPipe, type ExecResult } from '../../util/exec.ts';
import { packageRoot } from '../../util/paths.ts';
import { scoped } from '../../util/scope.ts';

/** Somebody who is new here: an account with sudo, a closed home and a clean clone of this checkout in it. */
export interface Newcomer extends AsyncDisposable {
  name: string;
  home: string;
  /** Runs a command in the clone, at most 9 minutes; a failure is a value. */
  run(argv: readonly string[]): Promise<ExecResult>;
}

/** Why there can be none; undefined where there can. */
export async function reasonNoNewcomer(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'an account can be made by root only';
  for (const program of ['useradd', 'userdel', 'runuser', 'sudo', 'newuidmap', 'fakeroot', 'git'])
    if ((await exec(['sh', '-c', 'command -v "$1"', 'sh', program])).exitCode !== 0) return `${program} is not in the PATH`;
  const asNobody = ['runuser', '-u', 'nobody', '--', process.execPath, '--version'];
  return (await exec(asNobody, { cwd: '/' })).exitCode === 0 ? undefined : `only root may run ${process.execPath}`;
}

/** Of this environment: how the network is reached. */
const passed = /^((https?|no)_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

/** Makes the account, which goes with its home and everything that runs as it. The packages of npm are copied, not fetched again. */
export async function makeNewcomer(): Promise<Newcomer> {
  const name = `podproof-${randomBytes(4).toString('hex')}`;
  const home = join('/home', name);
  const sudoers = join('/etc/sudoers.d', name);
  return scoped(async (scope) => {
    scope.onRelease('the account', async () => {
      await exec(['pkill', '-KILL', '-U', name]);
      await exec(['userdel', '--remove', name]);
      await rm(home, { recursive: true, force: true });
    });
    await execOk(['useradd', '--create-home', '--home-dir', home, '--shell', '/bin/bash', name]);
    await chmod(home, 0o700);
    scope.onRelease('its right to use sudo', () => rm(sudoers, { force: true }));
    await writeFile(sudoers, `${name} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    const clone = join(home, 'podproof');
    await mkdir(clone);
    await cloneInto(clone);
    const packages = join(homedir(), '.npm/_cacache');
    await mkdir(join(home, '.npm'));
    if (existsSync(packages)) await execOk(['cp', '-r', packages, join(home, '.npm/_cacache')]);
    await execOk(['chown', '-R', `${name}:`, home]);
    const inherited = Object.entries(process.env).filter(([key]) => passed.test(key));
    const env = {
      ...Object.fromEntries(inherited),
      ...{ HOME: home, USER: name, LOGNAME: name, LANG: 'C.UTF-8', npm_config_prefer_offline: 'true' },
      // As Debian gives it to a user: without sbin.
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    };
    const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    return {
      name,
      home,
      run: (argv) => exec(['runuser', '-u', name, '--', 'env', '-i', ...variables, ...argv], { cwd: clone, timeoutMs: 540_000 }),
    };
  });
}

/** The files of this checkout that git has or would have, as they are now. */
async function cloneInto(directory: string): Promise<void> {
  const listed = ['git', '-c', `safe.directory=${packageRoot}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = (await execOk(listed, { cwd: packageRoot }))
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(packageRoot, file)));
  const list = join(directory, '.files');
  await writeFile(list, files.join('\0'));
  await execPipe(['tar', '-C', packageRoot, '--null', '-T', list, '-cf', '-'], ['tar', '-C', directory, '-xf', '-']);
  await rm(list);
}
