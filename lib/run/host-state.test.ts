import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../artifact/testing.ts';
import { connectRemote } from '../host/remote.ts';
import { fixtures } from '../judge/evidence.sample.ts';
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
      await using _ = await setHostState(remote, { blockPlain: { owner, mode: '0666' } }, { ...fixtures, blockPlain: disk });
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
    const wrong = setHostState(remote, { blockPlain: { owner, mode: 'rwx?' } }, { ...fixtures, blockPlain: disk });
    await expect(wrong).rejects.toThrow(`Cannot set ${disk} to ${owner} rwx?: `);
    expect(await modeOf(disk)).toBe('640');
    const absent = setHostState(remote, { blockPlain: { owner, mode: '0666' } }, { ...fixtures, blockPlain: `${disk}-2` });
    await expect(absent).rejects.toThrow(`Cannot read owner and mode of ${disk}-2: `);
  });
});
