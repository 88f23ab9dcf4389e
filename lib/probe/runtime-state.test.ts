import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { sweepPod } from './host-sweep.ts';
import { runtimeOf, type RuntimeTraces } from './runtime-state.ts';

const here = connectRemote({ prefix: ['env'], quoting: 'none' });
const ids = { sandboxId: 's1', containerId: 'c1' };

/** What a sweep finds of the container c1 where its runtime and its shim left these files. */
async function traces(files: Readonly<Record<string, string>>): Promise<RuntimeTraces> {
  await using place = await temporary();
  for (const [path, content] of Object.entries(files)) {
    const file = join(place.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const places = { runtimeState: join(place.path, 'oci/{id}'), runtimeFile: join(place.path, 'task/{id}/runtime') };
  return (await sweepPod(here, ids, places)).runtime;
}

describe('the runtime of a container', () => {
  const planned = { path: '/opt/podproof/crun/usr/bin/crun', sha256: 'ab' };

  it('is named by its shim, or by nobody', async () => {
    const { named } = await traces({ 'task/c1/runtime': `${planned.path}\n`, 'task/c2/runtime': '/other' });
    expect(named).toBe(planned.path);
    expect((await traces({ 'task/c2/runtime': '/other' })).named).toBe('');
  });

  it('is the planned one with its checksum where a shim names it, or does not say, and no other', () => {
    const of = (named: string | undefined) => runtimeOf({ named, stateOf: null }, planned);
    for (const named of [planned.path, undefined])
      expect(of(named)).toMatchObject({ runtimePath: planned.path, runtimeSha256: 'ab' });
    for (const named of ['/usr/bin/runc', '']) expect(of(named)).toMatchObject({ runtimePath: named, runtimeSha256: '' });
  });

  it.each([
    ['runc', ['c1/state.json', 'c1/events']],
    ['crun', ['c1/status', 'c1/config.json']],
    ['runsc', ['c1_sandbox:s1.state', 'c1_sandbox:s1.lock', 's1_sandbox:s1.state']],
    [null, ['c2/state.json', 'c2_sandbox:s1.state', 's1_sandbox:c1.state', 'c1/other']],
    [null, []],
  ])('is %s where its state is %j', async (whose, files) => {
    const left = Object.fromEntries(files.map((file) => [`oci/${file}`, '']));
    expect((await traces(left)).stateOf).toBe(whose);
  });
});
