import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDescription } from '../try/device-spec.ts';
import { descriptionText } from './describe-devices.ts';
import { describeDevices, parseDescribed } from '../hosts/shared/describe.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { exec } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';

const line = '/dev/dri/renderD128\tc\t0\t105\t660\troot\trender\t7\n/dev/vda\tb\t0\t6\t660\troot\tdisk\t\n';

describe('a description of the devices of a machine', () => {
  test('has each node with its numbers, and the names that they have there', () => {
    expect(parseDescribed(line)).toEqual([
      { path: '/dev/dri/renderD128', type: 'c', uid: 0, gid: 105, mode: '0660', user: 'root', group: 'render', iommuGroup: '7' },
      { path: '/dev/vda', type: 'b', uid: 0, gid: 6, mode: '0660', user: 'root', group: 'disk', iommuGroup: null },
    ]);
  });

  test('is what try reads', () => {
    expect(parseDescription(descriptionText(parseDescribed(line)), 'node.txt').nodes).toEqual([
      { path: '/dev/dri/renderD128', type: 'c', uid: 0, gid: 105, mode: '0660' },
      { path: '/dev/vda', type: 'b', uid: 0, gid: 6, mode: '0660' },
    ]);
  });

  test('of this machine has its /dev/null where that is asked for, and leaves it out where nothing is', async () => {
    const here = connectRemote({ prefix: [], quoting: 'none' });
    expect(await describeDevices(here, ['/dev/null'])).toMatchObject([{ path: '/dev/null', type: 'c', mode: '0666' }]);
    expect((await describeDevices(here, [])).map(({ path }) => path)).not.toContain('/dev/null');
  });

  test('is refused where a line is none', () => {
    expect(() => parseDescribed('/dev/x\tp\t0\t0\t600\troot\troot\t')).toThrow('Cannot read the description of a device');
  });
});

describe('describe-devices --like', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podproof-like-'));
    // As ssh(1) does: what follows the destination is one line for a shell there.
    const script = '#!/bin/sh\nprintf "%s\\n" "$@" >"$0.argv"\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nexec sh -c "$*"\n';
    await writeFile(join(directory, 'ssh'), script, { mode: 0o755 });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const like = (destination: string, ...paths: string[]) =>
    exec([process.execPath, join(packageRoot, 'lib/bin.mjs'), 'describe-devices', '--like', destination, ...paths], {
      env: { PATH: `${directory}:${process.env['PATH']}` },
    });

  test('asks the machine behind ssh, and no path is read as a command there', async () => {
    const { exitCode, stdout, stderr } = await like('ssh:root@node-1', '/dev/null', `/dev/absent'; touch ${directory}/made #`);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\/dev\/null:c:0:0:0666 +# root:root$/m);
    expect((await readFile(join(directory, 'ssh.argv'), 'utf8')).split('\n').slice(4, 6)).toEqual(['--', 'root@node-1']);
    expect(await readdir(directory)).not.toContain('made');
  });

  test.each(['root@node-1', 'ssh:', 'ssh:-oProxyCommand=x', 'ssh:a b'])('refuses %s', async (destination) => {
    const { exitCode, stderr } = await like(destination);
    expect(stderr).toContain('--like: expected ssh:HOST');
    expect(exitCode).toBe(2);
  });

  test('says why where the machine does not answer', async () => {
    await writeFile(join(directory, 'ssh'), '#!/bin/sh\necho "ssh: connect to host node-1: No route to host" >&2\nexit 255\n');
    const { exitCode, stderr } = await like('ssh:node-1');
    expect(stderr).toContain('No route to host');
    expect(exitCode).toBe(75);
  });
});
