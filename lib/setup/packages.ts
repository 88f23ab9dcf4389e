import { existsSync, readFileSync } from 'node:fs';
import { $, which } from 'zx';

/** What each command of package.json needs from the machine: a file that proves it is there → the Debian package. */
const needs: Record<string, Record<string, string>> = {
  start: {
    '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
    '/usr/bin/qemu-img': 'qemu-utils',
    '/usr/bin/mmdebstrap': 'mmdebstrap',
    '/bin/busybox': 'busybox-static',
    '/usr/bin/ssh': 'openssh-client',
    '/usr/sbin/mke2fs': 'e2fsprogs',
    '/usr/bin/socat': 'socat',
    '/usr/bin/zstd': 'zstd',
    '/usr/bin/xz': 'xz-utils',
    '/usr/bin/bzip2': 'bzip2',
    '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  },
};
needs['test'] = { ...needs['start'] };
// Ubuntu has Chromium only as a snap: there the variable names a browser that is installed already.
if (process.env['PODPROOF_CHROMIUM'] === undefined) needs['test']['/usr/bin/chromium'] = 'chromium';
// A host image is built in a user namespace where the user is not root.
if (process.getuid?.() !== 0) for (const wanted of Object.values(needs)) wanted['/usr/bin/newuidmap'] = 'uidmap';

const command = process.argv[2] ?? 'start';
const wanted = needs[command];
if (wanted === undefined) {
  console.error(`Cannot set up for "${command}": expected ${Object.keys(needs).join(' or ')}.`);
  process.exit(2);
}
const missing = Object.entries(wanted).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
if (missing.length > 0) await install(missing);

async function install(packages: string[]): Promise<void> {
  const line = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (!isDebian() || (await which('apt-get', { nothrow: true })) === null) {
    console.error(
      `This machine lacks ${packages.join(', ')} (names of Debian packages): install them with its own package manager and try again.`,
    );
    process.exit(2);
  }
  const root = process.getuid?.() === 0;
  if (!root && (await which('sudo', { nothrow: true })) === null) {
    console.error(`This machine lacks ${packages.join(', ')}: as root, run "${line}" and try again.`);
    process.exit(2);
  }
  console.log(`Installing Debian packages${root ? '' : ' through sudo'}: ${packages.join(' ')}`);
  const sudo = root ? [] : ['sudo'];
  const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const shell = $({ env: quiet, stdio: ['inherit', 'pipe', 'pipe'], quiet: true, nothrow: true });
  await shell`${sudo} apt-get update`;
  const installed =
    await shell`${sudo} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages}`;
  if (installed.exitCode !== 0) {
    console.error(
      `Cannot install ${packages.join(', ')}: ${installed.stderr.trim().split('\n').at(-1) ?? 'apt-get failed'}; run "${line}" by hand.`,
    );
    process.exit(75);
  }
}

/** Debian and what derives from it: Ubuntu says ID_LIKE=debian. */
function isDebian(): boolean {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(release);
}
