import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { loadedConfiguration, readShimLog, type ShimOf } from './shim-log.ts';

const id = '6c4d86e31937f892f910dbf28b1b45683b33afd5ff84451ed08fd7d827d83477';
const loaded = `time="2026-11-21T08:54:45Z" level=info msg="loaded configuration" file=/var/lib/kata/rootless.toml format=TOML sandbox=${id}`;
const announced = `level=debug msg="reading guest console" sandbox=${id} vmconsole="{\\"msg\\":\\"announce\\",\\"agent-version\\":\\"3.30.0\\"}"`;
const warned = `level=error msg="Could not access KVM kernel module: Permission denied" sandbox=${id}`;

/** A host whose journalctl prints these lines. */
async function read(shim: ShimOf, ...lines: string[]): Promise<string> {
  await using place = await temporary();
  const program = join(place.path, 'journalctl');
  const warnings = lines.filter((line) => line.includes('level=error')).join('\n');
  await writeFile(
    program,
    `#!/bin/sh\ncase "$*" in *PRIORITY*) cat <<'E'\n${warnings}\nE\n;; *) cat <<'E'\n${lines.join('\n')}\nE\n;; esac\n`,
  );
  await chmod(program, 0o755);
  const remote = connectRemote({ prefix: ['env', `PATH=${place.path}:${process.env['PATH']}`], quoting: 'none' });
  return await readShimLog(remote, shim);
}

describe('the log of a Kata shim', () => {
  it('is what the shim’s own process wrote: configuration, announcement of the agent, warnings', async () => {
    const log = await read({ pids: [772], sandboxId: id }, 'level=debug msg="Create() start"', loaded, announced, warned);
    expect(log.split('\n').filter(Boolean)).toEqual([loaded, announced, warned]);
  });

  it('is recognized by the id of the sandbox where no process was seen', async () => {
    const other = loaded.replaceAll(id, 'f'.repeat(64));
    expect((await read({ pids: [], sandboxId: id }, other, loaded, warned)).trim().split('\n')).toEqual([loaded, warned]);
  });

  it('is empty where there never was a sandbox', async () => {
    expect(await read({ pids: [], sandboxId: '' }, loaded)).toBe('');
  });

  it('stays small, whatever a guest writes to its console', async () => {
    const loud = Array.from({ length: 500 }, () => `${warned} ${'x'.repeat(9_000)}`);
    expect((await read({ pids: [772], sandboxId: id }, ...loud)).length).toBeLessThan(12_001);
  });
});

describe('the configuration that a shim loaded', () => {
  it.for([
    ['the Go shim', loaded, '/var/lib/kata/rootless.toml'],
    ['the Go shim, of a path with blanks', 'level=info msg="loaded configuration" file="/a b/c.toml" x=1', '/a b/c.toml'],
    ['runtime-rs', 'load configuration from: /var/lib/kata/rootless.toml', '/var/lib/kata/rootless.toml'],
  ])('is read from the log of %s', ([, line = '', path]) => {
    expect(loadedConfiguration(`other words\n${line}\n`)).toBe(path);
  });

  it('is unknown where no line names it', () => {
    expect(loadedConfiguration('file=/etc/passwd\nget config path "/a.toml"')).toBeNull();
    expect(loadedConfiguration('')).toBeNull();
  });
});
