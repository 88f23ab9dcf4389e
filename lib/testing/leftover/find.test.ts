import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execOk } from '../../util/exec.ts';
import { waitFor } from '../../util/wait.ts';
import { findLeftovers, type LeftoverScope } from './find.ts';
import type { Leftover } from './leftover.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sweep-test-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const swept = (scope: Partial<LeftoverScope> = {}): Promise<Leftover[]> =>
  findLeftovers({ roots: [root], environment: `PLANTED=${root}`, docker: '/nonexistent/docker.sock', ...scope });
const ofKind = async (kind: Leftover['kind'], scope: Partial<LeftoverScope> = {}): Promise<string[]> =>
  (await swept(scope)).filter((leftover) => leftover.kind === kind).map(({ what }) => what);

/** A tree in place of the machine, for what only root can make for real. */
async function machineWith(files: Record<string, string>): Promise<{ machine: string }> {
  const machine = await mkdtemp(join(root, 'machine-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(machine, path, '..'), { recursive: true });
    await writeFile(join(machine, path), content);
  }
  return { machine };
}

const isRoot = process.getuid?.() === 0;

describe('the sweep for leftovers', () => {
  it('finds nothing where nothing is', async () => {
    expect((await swept()).filter(({ kind }) => !['user', 'network namespace', 'link', 'loop device'].includes(kind))).toEqual(
      [],
    );
  });

  it('finds a process by the environment that its run gave it, also when it was orphaned', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 >/dev/null & echo $!'], {
      env: { ...process.env, PLANTED: root },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    await ended;
    // While it becomes sleep it has neither arguments nor an environment.
    const became = async (): Promise<true | undefined> => {
      const [argv, environment] = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
      );
      return argv?.startsWith('sleep\0') && environment?.includes(root) ? true : undefined;
    };
    try {
      await waitFor({ name: 'see the orphan become sleep', timeoutMs: 10_000, intervalMs: 10 }, became);
      expect(await ofKind('process')).toEqual([`${pid} sleep 60`]);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('finds a process by a path of ours among its arguments where its environment cannot be read', async () => {
    const child = spawn('tail', ['-f', '/dev/null', join(root, 'log')], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      expect(await findLeftovers({ roots: [root], docker: '/nonexistent' }).then((all) => all.map(({ what }) => what))).toContain(
        `${child.pid} tail -f /dev/null ${root}/log`,
      );
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('finds a socket that somebody listens on', async () => {
    const server = createServer().listen(join(root, 'qmp'));
    await once(server, 'listening');
    expect(await ofKind('socket')).toEqual([join(root, 'qmp')]);
    server.close();
  });

  it('finds a lock that somebody holds, and by whom', async () => {
    const file = join(root, 'locks');
    const child = spawn('flock', [file, 'sh', '-c', 'echo held; sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await once(child.stdout, 'data');
    try {
      expect(await ofKind('lock')).toEqual([expect.stringMatching(`^${file}, by process \\d+$`)]);
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
  });

  it('finds overlays, unfinished images, temporary files and keys, and not what a cache keeps', async () => {
    for (const kept of [
      'images/trixie-plain-0123456789ab',
      'snapshots/abc',
      'artifacts/runc-1.1.15-0d0ecd23',
      'tsx-0',
      'artifacts/in-place',
    ])
      await mkdir(join(root, kept), { recursive: true });
    for (const left of [
      'leases/podproof-1',
      'images/podproof-build-2',
      'snapshots/podproof-3',
      'artifacts/.new-4',
      'podproof-test-5',
    ])
      await mkdir(join(root, left), { recursive: true });
    await writeFile(join(root, 'images/podproof-build-2/identity'), 'key');
    await writeFile(join(root, 'ledger.ndjson'), '');
    expect(await ofKind('file')).toEqual(
      ['artifacts/.new-4', 'images/podproof-build-2', 'leases/podproof-1', 'podproof-test-5', 'snapshots/podproof-3'].map(
        (name) => join(root, name),
      ),
    );
    expect(await ofKind('key')).toEqual([join(root, 'images/podproof-build-2/identity')]);
  });

  it.skipIf(!isRoot)('finds a mount', async () => {
    const target = join(root, 'with blank');
    await mkdir(target);
    await execOk(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'podproof', target]);
    try {
      expect(await ofKind('mount')).toEqual([target]);
    } finally {
      await execOk(['umount', target]);
    }
  });

  it('reads mounts, loop devices, users, network namespaces and links from where the kernel shows them', async () => {
    const { machine } = await machineWith({
      'proc/self/mountinfo': `36 35 0:31 / ${root}/hugepages rw shared:1 - hugetlbfs podproof rw\n37 35 0:32 / /home rw - ext4 /dev/sda rw\n`,
      'proc/locks': '',
      'sys/block/loop3/loop/backing_file': `${root}/disk.raw (deleted)\n`,
      'sys/block/loop4/loop/backing_file': '/var/lib/other.img\n',
      'etc/passwd':
        'root:x:0:0::/root:/bin/sh\nkata-72651:x:1000:1000:"Kata Containers temporary hypervisor user"::\nkatalina:x:1001:1001::\n',
      'run/netns/podproof-1': '',
      'run/netns/cni-other': '',
      'sys/class/net/pp-containerd/address': '',
      'sys/class/net/lo/address': '',
    });
    const found = (await swept({ machine })).filter(({ kind }) => kind !== 'file');
    expect(found).toEqual([
      { kind: 'mount', what: `${root}/hugepages` },
      { kind: 'loop device', what: `loop3: ${root}/disk.raw (deleted)` },
      { kind: 'user', what: 'kata-72651' },
      { kind: 'network namespace', what: 'podproof-1' },
      { kind: 'link', what: 'pp-containerd' },
    ]);
    expect((await swept({ machine, before: found })).filter(({ kind }) => kind !== 'file')).toEqual([]);
  });

  it('asks the container daemon for containers and volumes with our label', async () => {
    const docker = join(root, 'docker.sock');
    const asked: string[] = [];
    const daemon = createHttpServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response.end(
        JSON.stringify(request.url?.startsWith('/volumes') ? { Volumes: [{ Name: 'podproof-v' }] } : [{ Id: 'c'.repeat(64) }]),
      );
    }).listen(docker);
    await once(daemon, 'listening');
    expect(await ofKind('container', { docker })).toEqual(['container cccccccccccc', 'volume podproof-v']);
    expect(asked.sort()).toEqual([
      '/containers/json?all=1&filters={"label":["podproof.token"]}',
      '/volumes?filters={"label":["podproof.token"]}',
    ]);
    daemon.close();
  });
});
