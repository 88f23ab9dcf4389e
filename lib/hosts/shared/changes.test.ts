import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { exec } from '../../util/exec.ts';

const script = readFileSync(new URL('changes.sh', import.meta.url), 'utf8');

test('a profile of AppArmor that was not there before is taken out of the kernel, and another stays', async () => {
  await using place = await temporary();
  const kernel = join(place.path, 'sys/kernel/security/apparmor');
  const memory = join(place.path, 'memory');
  const run = (...words: string[]) => exec(['sh', '-c', `root=${place.path}\n${script}`, 'changes', memory, ...words]);
  const loaded = (...names: string[]) => writeFile(join(kernel, 'profiles'), names.map((name) => `${name} (enforce)\n`).join(''));
  await mkdir(kernel, { recursive: true });
  await loaded('crio-default', '/usr/bin/man');
  for (const name of ['crio-default', 'cri-containerd.apparmor.d'])
    expect(await run('profile', name)).toMatchObject({ exitCode: 0, stderr: '' });
  // Who was killed before its engine loaded anything has nothing to undo.
  expect(await run('undo')).toMatchObject({ exitCode: 0 });
  expect(await readdir(kernel)).toEqual(['profiles']);
  await run('profile', 'cri-containerd.apparmor.d');
  await loaded('crio-default', '/usr/bin/man', 'cri-containerd.apparmor.d');
  expect(await run('undo')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await readFile(join(kernel, '.remove'), 'utf8')).toBe('cri-containerd.apparmor.d');
  expect(await readdir(memory)).toEqual([]);
});
