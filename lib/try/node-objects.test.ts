import { access, mkdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectRemote } from '../hosts/shared/remote.ts';
import { temporary } from '../testing/temporary.ts';
import { KubeletRefusal, makeNodeObjects } from './node-objects.ts';
import { pageSizes } from './site.ts';

const here = connectRemote({ prefix: [], quoting: 'none' });

describe('what a kubelet makes on its node', () => {
  it('is made in its order with its modes, and goes with the pod', async () => {
    await using place = await temporary();
    const own = join(place.path, 'pods/uid');
    const objects = [
      { what: 'directory', path: join(own, 'volumes/empty'), mode: 0o777 },
      { what: 'file', path: join(own, "etc hosts; 'x'"), mode: 0o644, text: '127.0.0.1\tlocalhost\n$(id)' },
      { what: 'link', path: join(own, 'volumeDevices/disk'), target: '/dev/null' },
      { what: 'hostPath', path: join(place.path, 'made/data'), type: 'DirectoryOrCreate' },
    ] as const;
    {
      await using _made = await makeNodeObjects(here, objects, { directories: [own], own: false });
      expect((await stat(join(own, 'volumes/empty'))).mode & 0o7777).toBe(0o777);
      expect(await readFile(join(own, "etc hosts; 'x'"), 'utf8')).toBe('127.0.0.1\tlocalhost\n$(id)');
      expect(await readlink(join(own, 'volumeDevices/disk'))).toBe('/dev/null');
      expect((await stat(join(place.path, 'made/data'))).isDirectory()).toBe(true);
    }
    await expect(access(own)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['CharDevice', 'character device'],
    ['BlockDevice', 'block device'],
    ['File', 'file'],
    ['Socket', 'socket file'],
  ] as const)('is refused in its words where a path is no %s, and nothing of the pod is left', async (type, words) => {
    await using place = await temporary();
    const [own, path] = [join(place.path, 'pod'), join(place.path, 'data')];
    await mkdir(path);
    const objects = [
      { what: 'directory', path: own, mode: 0o750 },
      { what: 'hostPath', path, type },
    ] as const;
    const made = makeNodeObjects(here, objects, { directories: [own], own: true });
    await expect(made).rejects.toThrow(KubeletRefusal);
    await expect(made).rejects.toThrow(`hostPath type check failed: ${path} is not a ${words}`);
    await expect(access(own)).rejects.toThrow('ENOENT');
  });

  it('has an empty directory in place of one of the node on a machine of ours alone', async () => {
    await using place = await temporary();
    const path = join(place.path, 'var/data');
    const objects = [{ what: 'hostPath', path, type: 'Directory' }] as const;
    await expect(makeNodeObjects(here, objects, { directories: [], own: false })).rejects.toThrow('is not a directory');
    await makeNodeObjects(here, objects, { directories: [], own: true });
    expect((await stat(path)).isDirectory()).toBe(true);
  });
});

it('sizes of huge pages are spelled as the kubelet spells them', () => {
  expect(pageSizes('hugepages-1048576kB\nhugepages-2048kB\nhugepages-64kB\nelse\n')).toEqual(['1GB', '2MB', '64KB']);
});
