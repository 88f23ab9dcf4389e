/** What a plan needs to look up versions that float: a file that proves it is there → the Debian package. */
const plan: Readonly<Record<string, string>> = {
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
};

/** What `npm start` needs from the machine. */
const start: Readonly<Record<string, string>> = {
  ...plan,
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/qemu-img': 'qemu-utils',
  '/bin/busybox': 'busybox-static',
  '/usr/bin/ssh': 'openssh-client',
  '/usr/sbin/mke2fs': 'e2fsprogs',
  '/usr/bin/socat': 'socat',
  '/usr/bin/zstd': 'zstd',
  '/usr/bin/xz': 'xz-utils',
  '/usr/bin/bzip2': 'bzip2',
};

/** For a user who is not root: a host image is built in a user namespace, and file owners are kept by fakeroot. */
const unprivileged: Readonly<Record<string, string>> = { '/usr/bin/newuidmap': 'uidmap', '/usr/bin/fakeroot': 'fakeroot' };

/** What a user brings who sets up this machine. */
export interface Setting {
  root: boolean;
  /** One that is there already. */
  browser: string | undefined;
}

export const commands = ['start', 'test', 'plan'] as const;
export type Command = (typeof commands)[number];

/** What a command of package.json needs: a file that proves it is there → the Debian package. */
export function needsOf(command: Command, { root, browser }: Setting): Record<string, string> {
  if (command === 'plan') return plan;
  return {
    ...start,
    ...(command === 'test' && browser === undefined ? { '/usr/bin/chromium-headless-shell': 'chromium-headless-shell' } : {}),
    ...(root ? {} : unprivileged),
  };
}
