import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { fixtures } from '../testing/evidence.ts';
import { undoChanges } from '../hosts/shared/changes.ts';
import { setHostState } from './host-state.ts';

const remote = connectRemote({ prefix: ['env'], quoting: 'none' });
const owner = `${process.getuid?.()}:${process.getgid?.()}`;

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8);
}

describe('state of the host for one scenario', () => {
  it('is set, and what was there is restored after it', async () => {
    await using place = await temporary();
    const disk = join(place.path, 'a disk; of "ours"');
    await writeFile(disk, '');
    await chmod(disk, 0o640);
    {
      const state = { blockPlain: { owner, mode: '0666' } };
      await using _ = await setHostState(remote, state, { ...fixtures, blockPlain: disk }, join(place.path, 'memory'));
      expect(await modeOf(disk)).toBe('666');
    }
    expect(await modeOf(disk)).toBe('640');
  });

  it('touches nothing that the scenario does not name', async () => {
    const touched: string[] = [];
    const watched = { ...remote, exec: (argv: readonly string[]) => (touched.push(argv.join(' ')), remote.exec(argv)) };
    await (await setHostState(watched, undefined, fixtures))[Symbol.asyncDispose]();
    expect(touched).toEqual([]);
  });

  it('is restored when it cannot be set, and says what is wrong', async () => {
    await using place = await temporary();
    const disk = join(place.path, 'disk');
    await writeFile(disk, '');
    await chmod(disk, 0o640);
    const memory = join(place.path, 'memory');
    const wrong = setHostState(remote, { blockPlain: { owner, mode: 'rwx?' } }, { ...fixtures, blockPlain: disk }, memory);
    await expect(wrong).rejects.toThrow(`Cannot set ${disk} to ${owner} rwx?: `);
    expect(await modeOf(disk)).toBe('640');
    const gone = { ...fixtures, blockPlain: `${disk}-2` };
    const absent = setHostState(remote, { blockPlain: { owner, mode: '0666' } }, gone, memory);
    await expect(absent).rejects.toThrow(`Cannot set ${disk}-2 to ${owner} 0666: `);
    expect(await readdir(memory)).toEqual([]);
  });

  it('is restored by whoever comes next where a run was killed in between', async () => {
    await using place = await temporary();
    const [disk, memory] = [join(place.path, "one's disk"), join(place.path, 'memory')];
    await writeFile(disk, '');
    await chmod(disk, 0o604);
    // A killed run disposes of nothing, and its successor changes the host again before it is killed too.
    for (const mode of ['0666', '0600'])
      await setHostState(remote, { blockPlain: { owner, mode } }, { ...fixtures, blockPlain: disk }, memory);
    expect(await modeOf(disk)).toBe('600');
    await undoChanges(remote, memory);
    expect(await modeOf(disk)).toBe('604');
    expect(await readdir(memory)).toEqual([]);
    await undoChanges(remote, memory);
  });

  it('needs no restoring where the node is gone', async () => {
    await using place = await temporary();
    const [disk, memory] = [join(place.path, 'disk'), join(place.path, 'memory')];
    await writeFile(disk, '');
    {
      await using _ = await setHostState(
        remote,
        { blockPlain: { owner, mode: '0666' } },
        { ...fixtures, blockPlain: disk },
        memory,
      );
      await rm(disk);
    }
    expect(await readdir(memory)).toEqual([]);
  });
});
