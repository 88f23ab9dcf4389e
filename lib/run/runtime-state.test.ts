import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { namedRuntime, whoseState } from './runtime-state.ts';

const here = connectRemote({ prefix: ['env'], quoting: 'none' });

it('is named by the shim, or by nobody', async () => {
  await using place = await temporary();
  await writeFile(join(place.path, 'runtime'), '/opt/podproof/crun/usr/bin/crun\n');
  expect(await namedRuntime(here, join(place.path, 'runtime'))).toBe('/opt/podproof/crun/usr/bin/crun');
  expect(await namedRuntime(here, join(place.path, 'none'))).toBe('');
});

describe('the state that a container’s runtime keeps', () => {
  it.each([
    ['runc', ['c1/state.json', 'c1/events']],
    ['crun', ['c1/status', 'c1/config.json']],
    ['runsc', ['c1_sandbox:s1.state', 'c1_sandbox:s1.lock', 's1_sandbox:s1.state']],
    [null, ['c2/state.json', 'c2_sandbox:s1.state', 's1_sandbox:c1.state', 'c1/other']],
    [null, []],
  ])('is that of %s where there is %j', async (whose, files) => {
    await using place = await temporary();
    for (const file of files) {
      await mkdir(join(place.path, file, '..'), { recursive: true });
      await writeFile(join(place.path, file), '');
    }
    expect(await whoseState(here, join(place.path, 'c1'))).toBe(whose);
  });
});
