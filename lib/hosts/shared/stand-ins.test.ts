import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undoChanges } from './changes.ts';
import { connectRemote } from './remote.ts';
import { makeStandIns } from './stand-ins.ts';

const here = connectRemote({ prefix: [], quoting: 'none' });

describe.runIf(process.getuid?.() === 0)('stand-ins', () => {
  let root = '';
  const at = (name: string): string => join(root, name);
  const make = (...standIns: Parameters<typeof makeStandIns>[1]): Promise<void> => makeStandIns(here, standIns, at('memory'));
  beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'podproof-nodes-'))));
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('have the type, numbers, owner and mode that were asked for, and go with all that was made for them', async () => {
    const access = { owner: '7:105', mode: '0640' };
    await make(
      { path: at('dev/dri/renderD128'), type: 'c', numbers: '10:229', access },
      { path: at('dev/sdx'), type: 'b', numbers: at('dev/dri/renderD128'), access },
    );
    const [character, block] = await Promise.all(['dev/dri/renderD128', 'dev/sdx'].map((name) => stat(at(name))));
    expect(character).toMatchObject({ uid: 7, gid: 105, mode: 0o20640, rdev: (10 << 8) | 229 });
    expect(block).toMatchObject({ mode: 0o60640, rdev: character?.rdev });
    await undoChanges(here, at('memory'));
    expect(await readdir(root)).toEqual(['memory']);
  });

  it('leave a node that is there with its numbers, and give its owner and mode back', async () => {
    await make({ path: at('kvm'), type: 'c', numbers: '10:232', access: { owner: '0:9', mode: '0600' } });
    const before = join(root, 'other');
    await makeStandIns(here, [{ path: at('kvm'), type: 'c', numbers: '1:3' }], before);
    expect(await stat(at('kvm'))).toMatchObject({ gid: 9, mode: 0o20600, rdev: (10 << 8) | 232 });
    await makeStandIns(here, [{ path: at('kvm'), type: 'c', numbers: '1:3', access: { owner: '5:6', mode: '0666' } }], before);
    expect(await stat(at('kvm'))).toMatchObject({ uid: 5, gid: 6, mode: 0o20666, rdev: (10 << 8) | 232 });
    await undoChanges(here, before);
    expect(await stat(at('kvm'))).toMatchObject({ uid: 0, gid: 9, mode: 0o20600 });
    await undoChanges(here, at('memory'));
  });

  it('are refused where something else is in the way', async () => {
    const wrong = make({ path: root, type: 'c', numbers: '10:229' });
    await expect(wrong).rejects.toThrow(`${root} is there, and is a directory, not a character special file`);
  });
});
