import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Remote } from '../hosts/host.ts';
import { exec } from '../util/exec.ts';
import { printRows } from '../testing/script-rows.ts';
import { parseHost, sweepHost } from './host-sweep.ts';

const remote: Pick<Remote, 'exec'> = { exec };
const here = remote as Remote;
const [sandboxId = '', containerId = ''] = ['sandbox', 'container'].map((word) =>
  createHash('sha256').update(word).digest('hex'),
);
const ids = { sandboxId, containerId };

const children: ChildProcess[] = [];
async function start(argv0: string, args: string[]): Promise<ChildProcess> {
  const child = spawn('/bin/busybox', ['sh', '-c', 'echo up; read -r line', ...args], {
    argv0,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

describe('sweep of the host', () => {
  it('sees device nodes and no process before there is a pod', async () => {
    const host = await sweepHost(here, { sandboxId: '', containerId: '' });
    expect(host.dev).toContainEqual(expect.objectContaining({ path: '/dev/null', type: 'c', major: 1, minor: 3 }));
    expect(host.processes).toEqual([]);
    expect(host.mounts).toEqual([]);
    expect(host.mountCount).toBeGreaterThan(0);
  });

  it('finds the processes that name the sandbox or the container, with exact arguments, and not itself', async () => {
    const vmm = await start('busybox', [`sandbox-${ids.sandboxId}`, 'with blank', '', 'new\nline']);
    const other = await start('busybox', ['--id', ids.containerId]);
    await start('busybox', ['no', 'id']);
    const { processes } = await sweepHost(here, ids);
    expect(new Set(processes.map(({ pid }) => pid))).toEqual(new Set([vmm.pid, other.pid]));
    expect(processes.find(({ pid }) => pid === vmm.pid)).toMatchObject({
      comm: 'busybox',
      exe: expect.stringMatching(/busybox$/),
      role: 'other',
      argv: ['busybox', 'sh', '-c', 'echo up; read -r line', `sandbox-${ids.sandboxId}`, 'with blank', '', 'new\nline'],
      uids: Array(4).fill(process.getuid?.()),
    });
  });

  it('finds a VMM that has the first 32 characters of the id, as Firecracker does', async () => {
    const vmm = await start('busybox', ['--id', ids.sandboxId.slice(0, 32)]);
    expect((await sweepHost(here, ids)).processes.map(({ pid }) => pid)).toEqual([vmm.pid]);
  });

  it('finds the processes of a sandbox whose id is shorter than that, and no others', async () => {
    const [own, other] = [
      await start('busybox', ['--id', 'podproof-test-1']),
      await start('busybox', ['--id', 'podproof-test-2']),
    ];
    const seen = await sweepHost(here, { sandboxId: 'podproof-test-1', containerId: '' });
    expect(seen.processes.map(({ pid }) => pid)).toEqual([own.pid]);
    expect(other.pid).not.toBe(own.pid);
  });

  it('takes no process of another sandbox for one of this: a VMM that names another is not this pod’s', async () => {
    const other = ids.sandboxId.replace(/^./, (digit) => (digit === 'f' ? 'e' : 'f'));
    const foreign = await start('busybox', [`sandbox-${other}`]);
    expect((await sweepHost(here, ids)).processes.map(({ pid }) => pid)).not.toContain(foreign.pid);
    const seen = await sweepHost(here, { sandboxId: other, containerId: '' });
    expect(seen.processes.map(({ pid }) => pid)).toContain(foreign.pid);
  });

  it('finds what descends from such a process, which need not name it', async () => {
    const child = spawn('/bin/busybox', ['sh', '-c', 'sleep 1000 & echo $!; wait', ids.sandboxId], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const [line] = await once(child.stdout, 'data');
    const grandchild = Number(String(line));
    try {
      expect((await sweepHost(here, ids)).processes.map(({ pid }) => pid)).toContain(grandchild);
    } finally {
      process.kill(grandchild);
    }
  });

  it('refuses an id that would be more than an id', async () => {
    await expect(sweepHost(here, { sandboxId: '.*', containerId: '' })).rejects.toThrow(
      /Cannot sweep the host for the id "\.\*"/,
    );
  });

  it('says so when the host has no busybox', async () => {
    const without: Pick<Remote, 'exec'> = { exec: () => exec(['/bin/sh', '-c', 'echo "sh: busybox: not found" >&2; exit 127']) };
    await expect(sweepHost(without as Remote, ids)).rejects.toThrow(
      'Cannot sweep the host: busybox sh ended with 127: sh: busybox: not found',
    );
  });
});

describe('parser of the sweep', () => {
  const status = ['Uid:\t0\t0\t0\t0', 'Gid:\t0\t0\t0\t0', 'Groups:\t']
    .concat(['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t000001ffffffffff`))
    .concat('NoNewPrivs:\t0', 'Seccomp:\t0');
  const stat = (pid: number, name: string, parent: number): string => `${pid} (${name}) S ${parent} ${'0 '.repeat(17)}4242 0 0`;
  const process_ = (pid: number, parent: number, exe: string, argv: string[], cgroup = '0::/'): string[][] => [
    ['file', `/proc/${pid}/status`, ...status],
    ['file', `/proc/${pid}/stat`, ...stat(pid, 'na) me\n(', parent).split('\n')],
    ['file', `/proc/${pid}/cgroup`, cgroup],
    ['argv', String(pid), argv.map((word) => `${word}\u0001`).join('')],
    ['link', `/proc/${pid}/exe`, `'/proc/${pid}/exe' -> '${exe}'\n`],
  ];
  const parse = (...rows: string[][]): ReturnType<typeof parseHost> =>
    parseHost(printRows([['file', '/proc/sys/kernel/osrelease', '6.12'], ...rows]), ids);
  const roles = (...rows: string[][]): Record<number, string> =>
    Object.fromEntries(parse(...rows).processes.map(({ pid, role }) => [pid, role]));

  it('knows a shim under another name by how the engine starts it, and what descends from it', () => {
    const argv = ['/opt/bin/my-shim', '-namespace', 'k8s.io', '-address', '/run/containerd.sock', '-id', ids.sandboxId];
    expect(roles(...process_(10, 1, '/opt/bin/my-shim', argv), ...process_(14, 10, '/bin/busybox', ['child']))).toEqual({
      10: 'shim',
      14: 'container',
    });
    expect(roles(...process_(10, 1, '/opt/bin/my-shim', ['/opt/bin/my-shim', '-id', ids.sandboxId]))).toEqual({ 10: 'other' });
  });

  it('tells shim, VMM, virtiofsd and container apart', () => {
    expect(
      roles(
        ...process_(10, 1, '/usr/bin/containerd-shim-kata-v2', ['/usr/bin/containerd-shim-kata-v2', '-id', ids.sandboxId]),
        ...process_(11, 1, '/usr/bin/qemu-system-x86_64 (deleted)', ['qemu', `sandbox-${ids.sandboxId}`]),
        ...process_(12, 10, '/usr/libexec/virtiofsd', ['virtiofsd']),
        ...process_(13, 10, '/bin/busybox', ['/bin/sleep']),
        ...process_(14, 13, '/bin/busybox', ['grandchild of the shim']),
        ...process_(15, 1, '/bin/busybox', ['/bin/sleep'], `0::/k8s.io/${ids.containerId}`),
        ...process_(16, 1, '/usr/bin/conmon', ['conmon', '-c', ids.containerId], `0::/x/${ids.containerId}`),
        ...process_(17, 1, '/usr/bin/ls', ['ls', `/run/runc/${ids.containerId}`]),
      ),
    ).toEqual({
      10: 'shim',
      11: 'vmm',
      12: 'virtiofsd',
      13: 'container',
      14: 'container',
      15: 'container',
      16: 'other',
      17: 'other',
    });
  });

  it('believes the executable, not what the process calls itself', () => {
    expect(roles(...process_(9, 1, '/bin/busybox', ['qemu-system-x86_64'], `0::/${ids.containerId}`))).toEqual({
      9: 'container',
    });
  });

  it('reads name and start time of a process whose name holds parentheses and newlines', () => {
    expect(parse(...process_(9, 1, '', ['x'])).processes).toMatchObject([{ comm: 'na) me\n(', start: 4242, exe: '' }]);
  });

  it('reads the jail of a VMM: its root, the namespaces that are not the host’s, and what is in it', () => {
    const namespaces = (pid: number, mnt: string, net: string): string[][] =>
      Object.entries({ mnt, net }).map(([name, value]) => {
        const path = `/proc/${pid}/ns/${name}`;
        return ['link', path, `'${path}' -> '${name}:[${value}]'\n`];
      });
    const short = ids.sandboxId.slice(0, 32);
    const node = `/run/vc/firecracker/${short}/root/dev/kvm`;
    const host = parse(
      ...process_(9, 1, '/firecracker', ['firecracker', '--id', short], `0::/kata_${ids.sandboxId}`),
      [
        'file',
        '/proc/9/mountinfo',
        '20 1 254:1 / / rw - ext4 /dev/vda1 rw',
        `30 20 0:25 /vc/firecracker/${short}/root / rw - tmpfs none rw`,
      ],
      ...namespaces(1, '1', '2'),
      ...namespaces(9, '3', '2'),
      ['vc', '2180', 'a', 'e8', '0', '0', node, `'${node}'\n`],
    );
    expect(host.processes).toMatchObject([
      { role: 'vmm', root: `/vc/firecracker/${short}/root`, namespaces: ['mnt'], cgroup: `0::/kata_${ids.sandboxId}` },
    ]);
    expect(host.runVc).toEqual([{ path: node, type: 'c', major: 10, minor: 232, uid: 0, gid: 0, mode: '0600' }]);
  });

  it('leaves out a process that ended meanwhile', () => {
    const [, ...ended] = process_(9, 1, '/bin/busybox', ['x']);
    expect(parse(...ended).processes).toEqual([]);
  });

  it('reads accounts of Kata, mounts of the sandbox, network namespaces and loop devices', () => {
    const host = parse(
      [
        'file',
        '/etc/passwd',
        'root:x:0:0::/:/bin/sh',
        'kata-72651:x:1000:1000:"Kata Containers temporary hypervisor user":/:/x',
        'kata-x:x:1:1::/:',
      ],
      [
        'file',
        '/proc/self/mounts',
        `overlay /run/k/${ids.sandboxId}/rootfs overlay rw 0 0`,
        'tmpfs /tmp tmpfs rw 0 0',
        'nsfs /run/netns/cni-1 nsfs rw 0 0',
      ],
      ['netns', '/run/netns/cni-1'],
      ['file', '/sys/block/loop3/loop/backing_file', '/var/lib/x.img'],
      ['dev', '41e8', '0', '0', '1000', '1000', '/run/user/1000', '/run/user/1000\n'],
    );
    expect(host).toMatchObject({
      users: [{ name: 'kata-72651', uid: 1000, gid: 1000, comment: '"Kata Containers temporary hypervisor user"' }],
      mounts: [{ target: `/run/k/${ids.sandboxId}/rootfs`, fstype: 'overlay' }],
      mountCount: 3,
      netns: ['/run/netns/cni-1'],
      loops: ['/dev/loop3: /var/lib/x.img'],
      runUser: [{ path: '/run/user/1000', type: 'd', mode: '0750' }],
    });
  });
});
