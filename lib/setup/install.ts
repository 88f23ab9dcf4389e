import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx';

export interface Machine {
  /** Where the machine's files begin: `/`. */
  files: string;
  /** Environment of the commands that are run; its PATH is where they are looked for. */
  env: Record<string, string | undefined>;
  root: boolean;
  /** Whether somebody can be asked for a password. */
  terminal: boolean;
}

/** How the set-up ended. `said` is one sentence: what failed, and what to do. */
export type Outcome = { exitCode: 0 } | { exitCode: 2 | 75; said: string };

/** Installs the Debian packages of `needs` whose file is not there. Touches nothing where all are there or none can be installed. */
export async function installMissing(needs: Record<string, string>, machine: Machine): Promise<Outcome> {
  const { files, env, root, terminal } = machine;
  const missing = Object.entries(needs).flatMap(([file, name]) => (existsSync(join(files, file)) ? [] : [name]));
  if (missing.length === 0) return { exitCode: 0 };
  const names = missing.join(', ');
  const has = async (program: string): Promise<boolean> =>
    (await which(program, { nothrow: true, path: env['PATH'] ?? '' })) !== null;
  const release = readRelease(files);
  if (!release.debian || !(await has('apt-get')))
    return refuse(
      `This machine lacks ${names}, and podproof installs packages on Debian and Ubuntu only, not on ${release.name}: install them, or what they are called there, with its own package manager and try again.`,
    );
  const line = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  const shell = $({ env, stdio: ['inherit', 'pipe', 'pipe'], quiet: true, nothrow: true });
  if (!root) {
    if (!(await has('sudo')))
      return refuse(`This machine lacks ${names}, and there is no sudo to install them: as root, run "${line}" and try again.`);
    if (!terminal && (await shell`sudo -n true`).exitCode !== 0)
      return refuse(
        `This machine lacks ${names}, and sudo asks for a password where there is no terminal: run "sudo ${line}" and try again.`,
      );
  }
  console.log(`Installing Debian packages${root ? '' : ' through sudo, which may ask for your password'}: ${missing.join(' ')}`);
  const sudo = root ? [] : ['sudo'];
  await shell`${sudo} apt-get update`;
  const done = await shell`${sudo} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing}`;
  if (done.exitCode === 0) return { exitCode: 0 };
  const words = done.stderr.trim().split('\n').at(-1) || `apt-get ended with exit code ${done.exitCode}`;
  return { exitCode: 75, said: `Cannot install ${names}: ${words}; run "${root ? '' : 'sudo '}${line}" by hand.` };
}

function refuse(said: string): Outcome {
  return { exitCode: 2, said };
}

/** What os-release(5) says: Debian, and what derives from it, as Ubuntu says ID_LIKE=debian. */
function readRelease(files: string): { debian: boolean; name: string } {
  const path = join(files, 'etc/os-release');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return {
    debian: /^ID(_LIKE)?=.*\bdebian\b/m.test(text),
    name: /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1] ?? 'a system without /etc/os-release',
  };
}
