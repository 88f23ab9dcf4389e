import fc from 'fast-check';
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestReport } from '../model/guest-report.ts';
import { exec, type ExecResult } from '../util/exec.ts';
import { parseGuest } from './parse.ts';
import { deviceNode } from './proc.ts';
import { parseRows } from './rows.ts';
import { probeArgv, probeScript, sweepArgv } from './script.ts';

const root = process.getuid?.() === 0;
const token = 'a1b2c3a1b2c3a1b2c3';

describe('probe script', () => {
  let directory = '';
  let program = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podproof-probe-'));
    await chmod(directory, 0o755);
    program = join(directory, 'probe');
    await writeFile(program, await probeScript(), { mode: 0o755 });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const run = (attempts: string[], as: string[] = []): Promise<ExecResult> =>
    exec([...as, 'busybox', 'sh', program, ...probeArgv(attempts).slice(1)]);
  const look = async (attempts: string[], as: string[] = []): Promise<GuestReport> => {
    const result = await run(attempts, as);
    expect(result).toMatchObject({ exitCode: 0 });
    return parseGuest(result.stdout, 'local');
  };

  it('reports who it is, which kernel it sees and what is in /dev', async () => {
    const guest = await look([]);
    const id = `uid=${process.getuid?.()} gid=${process.getgid?.()} groups=`;
    expect(guest.id.startsWith(id)).toBe(true);
    expect(guest.credentials.capEff).toMatch(/^[0-9a-f]{16}$/);
    expect(guest.bootId).toBe((await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
    expect(guest.dev).toContainEqual({ path: '/dev/null', type: 'c', major: 1, minor: 3, uid: 0, gid: 0, mode: '0666' });
    expect(guest.dev.find(({ path }) => path === '/dev/fd')).toMatchObject({ type: 'l', target: '/proc/self/fd' });
    expect(guest.mounts).toContainEqual(expect.objectContaining({ target: '/proc', fstype: 'proc' }));
    expect(guest.processes).toBeGreaterThan(1);
    expect(guest.net).toContain('lo');
  });

  it('lists the directory of pseudo-terminals but not what is in it', async () => {
    const paths = (await look([])).dev.map(({ path }) => path);
    expect(paths).toContain('/dev/pts');
    expect(paths.filter((path) => /^\/dev\/(pts|shm|mqueue)\//.test(path))).toEqual([]);
  });

  it('opens for reading and for writing without a change to the file', async () => {
    const path = join(directory, 'kept');
    await writeFile(path, 'content');
    const before = await stat(path);
    const { opens } = await look([`open:r:${path}`, `open:w:${path}`, 'open:w:/dev/null']);
    expect(opens.map(({ access, error }) => [access, error])).toEqual([
      ['read', null],
      ['write', null],
      ['write', null],
    ]);
    expect(await readFile(path, 'utf8')).toBe('content');
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });

  it('makes no file by opening one that is missing for writing', async () => {
    const path = join(directory, 'missing');
    expect((await look([`open:w:${path}`, `open:r:${path}`])).opens.map(({ error }) => error)).toEqual(['ENOENT', 'ENOENT']);
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  });

  it('names the errno of a directory, a dangling link, a loop and a device without a driver', async () => {
    const [dangling, loop] = [join(directory, 'dangling'), join(directory, 'loop')];
    await symlink('nowhere', dangling);
    await symlink('loop', loop);
    const { opens } = await look([`open:w:${directory}`, `open:w:${dangling}`, `open:r:${loop}`]);
    expect(opens.map(({ error }) => error)).toEqual(['EISDIR', 'ENOENT', 'ELOOP']);
  });

  it('reads the canary to the byte, and only its beginning', async () => {
    const path = join(directory, "can'ary: $(id)");
    await writeFile(path, `podproof canary: "é"\n${'\0'.repeat(100)}`);
    const { canaries } = await look([`canary:${path}`, 'canary:/dev/nope', `canary:${directory}`]);
    expect(canaries).toEqual([
      { path, content: 'podproof canary: "é"\n', error: null },
      { path: '/dev/nope', content: null, error: 'ENOENT' },
      { path: directory, content: null, error: 'EISDIR' },
    ]);
  });

  it('makes a file and removes it, but leaves one that was there alone', async () => {
    const [fresh, taken] = [join(directory, 'fresh'), join(directory, 'taken')];
    await writeFile(taken, 'mine');
    expect((await look([`writable:${fresh}`, `writable:${taken}`, 'writable:/nope/x'])).writable).toEqual([
      { path: fresh, error: null },
      { path: taken, error: 'EEXIST' },
      { path: '/nope/x', error: 'ENOENT' },
    ]);
    expect(await readFile(taken, 'utf8')).toBe('mine');
    await expect(stat(fresh)).rejects.toThrow(/ENOENT/);
  });

  it.runIf(root)('makes a node, opens it and removes it, but leaves one that was there alone', async () => {
    const [node, colon] = [join(directory, 'node'), join(directory, '0000:00:08.0')];
    const { opens } = await look([
      `mknod:${node}:c:1:3`,
      `mknod:${colon}:c:1:3`,
      `mknod:${program}:c:1:3`,
      `mknod:${node}:c:4095:77`,
    ]);
    expect(opens).toEqual([
      { path: node, access: 'mknod', error: null },
      { path: colon, access: 'mknod', error: null },
      { path: program, access: 'mknod', error: 'EEXIST' },
      { path: node, access: 'mknod', error: 'ENXIO' },
    ]);
    await expect(stat(node)).rejects.toThrow(/ENOENT/);
    expect((await stat(program)).isFile()).toBe(true);
  });

  it.runIf(root)('looks at each disk that the kernel lists by a node that it makes, and leaves none', async () => {
    const listed = (await readFile('/proc/partitions', 'utf8'))
      .split('\n')
      .slice(2)
      .flatMap((line) => line.trim().split(/\s+/)[3] ?? [])
      .filter((name) => !/^z?ram/.test(name));
    const { disks, commands } = await look([`disks:${directory}`]);
    expect(disks?.map(({ name }) => name)).toEqual(listed);
    for (const { content, error } of disks ?? []) expect(content === null).toBe(error !== null);
    expect(commands).toContain('busybox');
    await expect(stat(join(directory, 'podproof-disk'))).rejects.toThrow(/ENOENT/);
    expect((await look([])).disks).toBeUndefined();
  });

  it.runIf(root)('tells a file mode from a missing capability when it runs as another user', async () => {
    const secret = join(directory, 'secret');
    await writeFile(secret, 'x', { mode: 0o640 });
    const as = ['setpriv', '--reuid', '1000', '--regid', '2000', '--groups', '2000,3000', '--no-new-privs', '--inh-caps', '-all'];
    const guest = await look(
      [`open:r:${secret}`, `open:w:${secret}`, 'mknod:/tmp/podproof-n:c:1:3', `writable:${directory}/w`],
      as,
    );
    expect(guest.id).toBe('uid=1000 gid=2000 groups=2000,3000');
    expect(guest.credentials).toMatchObject({ uids: [1000, 1000, 1000, 1000], capEff: '0000000000000000', noNewPrivs: 1 });
    expect(guest.opens.map(({ error }) => error)).toEqual(['EACCES', 'EACCES', 'EPERM']);
    expect(guest.writable).toMatchObject([{ error: 'EACCES' }]);
  });

  it('ends well under an empty environment', async () => {
    await expect(look([], ['env', '-i', '/bin/busybox', 'env'])).resolves.toBeDefined();
  });
});

describe.runIf(root)('names of any bytes', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podproof-names-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** Lists `directory` with the script's own functions. */
  async function list(): Promise<Array<{ path: string; target?: string }>> {
    const argv = await sweepArgv({ sandboxId: '', containerId: '' });
    const prelude = (argv[3] ?? '').split('# What the host shows')[0] ?? '';
    const { stdout } = await exec(['busybox', 'sh', '-c', `${prelude}\ntree dev "$1"\nput_all`, 'sh', token, directory]);
    return parseRows(stdout, 'the listing').map((row) => deviceNode(row) as { path: string; target?: string });
  }

  it('come through the listing, as names and as link targets', async () => {
    const names = [
      'new\nline',
      'quote"back\\slash',
      "l' -> 'k",
      '\u0001\u001f\u007f',
      token,
      ' ',
      '$(id)`id`',
      'naïve 名',
      '-n',
      '%N\\n',
      '&',
    ];
    for (const name of names) await symlink(name, join(directory, name));
    const seen = await list();
    expect(new Map(seen.map(({ path, target }) => [path, target]))).toEqual(
      new Map(names.map((name) => [join(directory, name), name])),
    );
    for (const name of names) await rm(join(directory, name));
  });

  it('that are no UTF-8 come through with a replacement character', async () => {
    const path = Buffer.concat([Buffer.from(`${directory}/x`), Buffer.from([0xff, 0xfe, 0xc3])]);
    await writeFile(path, '');
    expect(await list()).toMatchObject([{ path: `${directory}/x\ufffd\ufffd\ufffd` }]);
    await rm(path);
  });
});

describe('rows of the scripts', () => {
  it('gives any fields back, whatever bytes they hold', async () => {
    const argv = await sweepArgv({ sandboxId: '', containerId: '' });
    const prelude = (argv[3] ?? '').split('# What the host shows')[0] ?? '';
    // An argv holds any bytes but NUL; the script's row() takes them from there.
    const field = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const words = rows.flatMap((fields) => [String(fields.length), ...fields]);
          const each =
            'while [ $# -gt 0 ]; do n=$1; shift; fields=k; i=1; while [ $i -le $n ]; do fields="$fields \\"\\${$i}\\""; i=$((i+1)); done; eval "row $fields"; shift $n; done';
          const { stdout } = await exec(['busybox', 'sh', '-c', `${prelude}\n${each}\nput_all`, 'sh', token, ...words]);
          expect(parseRows(stdout, 'the rows')).toEqual(rows.map((fields) => ({ kind: 'k', fields })));
        },
      ),
      { numRuns: 30 },
    );
  });
});
