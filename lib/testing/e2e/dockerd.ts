import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveArtifact } from '../../artifacts/resolve.ts';
import { exec } from '../../util/exec.ts';
import { waitFor } from '../../util/wait.ts';
import { askDaemon } from '../leftover/containers.ts';

export interface Dockerd extends AsyncDisposable {
  /** For DOCKER_HOST. */
  address: string;
  /** GET of the daemon's API. */
  get(path: string): Promise<unknown>;
}

/** Why no dockerd can run here at all, by trying what it needs; undefined where it can. */
export async function reasonNoDockerd(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'a private dockerd needs root';
  const directory = await mkdtemp(join(tmpdir(), 'podproof-probe-'));
  try {
    // In a mount namespace of its own, which takes what was mounted along.
    const script = 'cd "$1"; mkdir l u w m; mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m; : > m/file';
    const overlay = await exec(['unshare', '--mount', 'sh', '-euc', script, 'sh', directory]);
    if (overlay.exitCode !== 0) return `no overlay file system can be mounted below ${tmpdir()}: ${overlay.stderr.trim()}`;
    const cgroup = await exec(['sh', '-euc', cgroupScript]);
    return cgroup.exitCode === 0 ? undefined : `no cgroup can be made: ${cgroup.stderr.trim()}`;
  } finally {
    await rm(directory, { recursive: true });
  }
}

const cgroupScript = `
d=/sys/fs/cgroup/podproof-probe-$$
[ -e /sys/fs/cgroup/cgroup.controllers ] || d=/sys/fs/cgroup/devices/podproof-probe-$$
mkdir "$d"
rmdir "$d"
`;

/** Debian's dockerd with its containerd and runc, unpacked and never installed, with everything of its own and no network. */
export async function startDockerd(): Promise<Dockerd> {
  const packages = ['docker.io', 'containerd', 'runc', 'libdevmapper1.02.1', 'libudev1', 'libselinux1'];
  const { directory: prefix } = await resolveArtifact('docker', '20.10.24', { kind: 'deb', suite: 'bookworm', packages });
  const directory = await mkdtemp(join(tmpdir(), 'podproof-dockerd-'));
  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  const argv = [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid')],
    ...['-H', `unix://${socket}`, '--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ...['--config-file', join(directory, 'daemon.json'), '--storage-driver=overlay2'],
  ];
  await mkdir(join(directory, 'exec'), { recursive: true });
  // Its own, so that the machine's /etc/docker/daemon.json has no say.
  await writeFile(join(directory, 'daemon.json'), '{}');
  const output = await open(log, 'a');
  const child = spawn(join(prefix, 'usr/sbin/dockerd'), argv, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: {
      PATH: `${prefix}/usr/bin:${prefix}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin`,
      // Only found where the machine has none of its own.
      LD_LIBRARY_PATH: `/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:${prefix}/usr/lib/x86_64-linux-gnu:${prefix}/lib/x86_64-linux-gnu`,
    },
  });
  await output.close();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const get = (path: string): Promise<unknown> => askDaemon(socket, path);
  const dockerd: Dockerd = {
    address: `unix://${socket}`,
    get,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      const { stdout } = await exec([
        'sh',
        '-c',
        'awk -v d="$1/" \'index($5, d) == 1 { print $5 }\' /proc/self/mountinfo | sort -r',
        'sh',
        directory,
      ]);
      for (const mount of stdout.split('\n').filter((line) => line !== '')) await exec(['umount', mount]);
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await waitFor({ name: 'reach the private dockerd', timeoutMs: 60_000 }, async () => {
      if (child.exitCode !== null) return true;
      await get('/version');
      return true;
    });
    if (child.exitCode !== null)
      throw new Error(`dockerd ended: ${(await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n')}`);
    return dockerd;
  } catch (error) {
    await dockerd[Symbol.asyncDispose]();
    throw error;
  }
}
