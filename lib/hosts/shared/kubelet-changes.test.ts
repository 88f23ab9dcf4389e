import { access, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { exec } from '../../util/exec.ts';
import { kubeletChanges } from './kubelet-changes.ts';

const settings = ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys'];
const own = '/var/lib/podproof/kubelet-1.37.2';

/** Runs a function of the script on a machine that is a directory; its systemd takes the slice away, as the real one does. */
async function run(
  root: string,
  call: 'remember_host' | 'restore_host',
  directory = own,
): Promise<{ code: number; said: string }> {
  const systemctl = 'systemctl() { echo "$1 $2" >>"$root/systemctl"; rm -rf "$root/sys/fs/cgroup/$2"; }\n';
  const script = `root=$1\n${systemctl}${kubeletChanges}\n${call} "$root$2"`;
  const { exitCode, stderr } = await exec(['sh', '-uc', script, 'sh', root, directory]);
  return { code: exitCode ?? -1, said: stderr };
}

async function put(root: string, path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function machine(root: string): Promise<void> {
  for (const setting of [...settings, 'kernel/keys/root_maxbytes']) await put(root, `proc/sys/${setting}`, '7\n');
  await mkdir(join(root, 'sys/fs/cgroup/system.slice'), { recursive: true });
  await put(root, 'var/log/pods/of-another', 'kept');
  await mkdir(join(root, 'var/lib'));
}

/** What a kubelet leaves when it is killed. */
async function kubelet(root: string): Promise<void> {
  for (const setting of settings) await put(root, `proc/sys/${setting}`, '1\n');
  await put(root, 'var/lib/kubelet/device-plugins/kubelet.sock');
  await put(root, 'var/log/containers/link');
  await put(root, `${own}/root/pods/uid/volumes/file`);
  await mkdir(join(root, 'sys/fs/cgroup/kubepods/besteffort/poduid'), { recursive: true });
  await put(root, 'sys/fs/cgroup/kubepods.slice/kubepods-besteffort.slice/cgroup.procs');
}

async function everything(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length), entry.isFile() ? await readFile(path, 'utf8') : 'directory'] as const;
  });
  return Object.fromEntries((await Promise.all(files)).filter(([path]) => path !== '/systemctl' && path !== '/var/lib/podproof'));
}

test('what a kubelet changed is as it was, settings and directories and control groups, and what others have stays', async () => {
  await using place = await temporary();
  await machine(place.path);
  const before = await everything(place.path);
  expect(await run(place.path, 'remember_host')).toEqual({ code: 0, said: '' });
  await kubelet(place.path);
  expect(await run(place.path, 'restore_host')).toEqual({ code: 0, said: '' });
  expect(await everything(place.path)).toEqual(before);
  expect(await readFile(join(place.path, 'systemctl'), 'utf8')).toBe('stop kubepods.slice\n');
  expect(await run(place.path, 'restore_host')).toEqual({ code: 0, said: '' });
});

test('who is killed while it restores is followed by somebody who ends it, wherever that was', async () => {
  await using origin = await temporary();
  await machine(origin.path);
  const before = await everything(origin.path);
  await run(origin.path, 'remember_host');
  await kubelet(origin.path);
  const steps = [
    'sys/fs/cgroup/kubepods',
    'sys/fs/cgroup/kubepods.slice',
    'var/lib/kubelet',
    'var/log/containers',
    `${own}/root`,
  ];
  await fc.assert(
    fc.asyncProperty(fc.subarray(steps), async (undone) => {
      await using place = await temporary();
      await cp(origin.path, place.path, { recursive: true });
      for (const path of undone) await rm(join(place.path, path), { recursive: true });
      expect(await run(place.path, 'restore_host')).toEqual({ code: 0, said: '' });
      expect(await everything(place.path)).toEqual(before);
    }),
    { numRuns: 12 },
  );
});

test('who is killed before the kubelet started leaves a directory alone, and that goes', async () => {
  await using place = await temporary();
  await machine(place.path);
  const before = await everything(place.path);
  await put(place.path, `${own}/host/part`, 'vm/overc');
  expect(await run(place.path, 'restore_host')).toEqual({ code: 0, said: '' });
  expect(await everything(place.path)).toEqual(before);
});

test('a slice with a process of somebody stays', async () => {
  await using place = await temporary();
  await machine(place.path);
  await run(place.path, 'remember_host');
  await put(place.path, 'sys/fs/cgroup/kubepods.slice/cgroup.procs', '4711\n');
  await run(place.path, 'restore_host');
  await expect(access(join(place.path, 'sys/fs/cgroup/kubepods.slice/cgroup.procs'))).resolves.toBeUndefined();
});

test('a machine that has a kubelet is refused, and nothing is made there', async () => {
  await using place = await temporary();
  await machine(place.path);
  await put(place.path, 'var/lib/kubelet/device-plugins/kubelet.sock');
  await put(place.path, 'sys/fs/cgroup/kubepods.slice/cgroup.procs');
  const before = await everything(place.path);
  const { code, said } = await run(place.path, 'remember_host');
  expect(code).toBe(1);
  expect(said).toMatch(/the machine has a kubelet of its own/);
  expect(await run(place.path, 'restore_host')).toEqual({ code: 0, said: '' });
  expect(await everything(place.path)).toEqual(before);
});
