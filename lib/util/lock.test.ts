import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { lock } from './lock.ts';

const holder = `
const { lock } = await import(process.argv[1]);
const held = await lock(process.argv[2]);
process.stdout.write('held');
setInterval(() => held, 1000);
`;

/** Another process that holds the lock until it is killed. */
async function otherProcess(path: string): Promise<{ pid: number | undefined; kill: () => Promise<void> }> {
  const module = new URL('lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', holder, module, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), gone]);
  expect(child.exitCode).toBeNull();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { pid: child.pid, kill };
}

describe('a lock', () => {
  it('is held by one at a time within a process', async () => {
    await using place = await temporary();
    const path = join(place.path, 'deep', 'lock');
    let inside = 0;
    let most = 0;
    let turns = 0;
    const work = async (): Promise<void> => {
      await using _ = await lock(path);
      most = Math.max(most, ++inside);
      await readFile('/proc/self/stat');
      inside--;
      turns++;
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect({ most, turns }).toEqual({ most: 1, turns: 6 });
  });

  it('of a process that is killed is free at once, and until then whoever waits sees who holds it', async () => {
    await using place = await temporary();
    const path = join(place.path, 'lock');
    const other = await otherProcess(path);
    let kill: Promise<void> | undefined;
    const told: string[] = [];
    const onWait = (who: string): void => {
      told.push(who);
      kill = other.kill();
    };
    {
      await using _ = await lock(path, { onWait });
      expect(told).toEqual([`process ${other.pid}`]);
    }
    await kill;
    await using _ = await lock(path, { onWait });
    expect(told).toHaveLength(1);
  });

  it('is no longer waited for once the wait is aborted', async () => {
    await using place = await temporary();
    const path = join(place.path, 'lock');
    await using _ = await lock(path);
    const abort = new AbortController();
    const second = lock(path, { signal: abort.signal, onWait: () => abort.abort(new Error('interrupted')) });
    await expect(second).rejects.toThrow('interrupted');
  });

  it('that cannot be made says where and why', async () => {
    await expect(lock('/dev/null/lock')).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});
