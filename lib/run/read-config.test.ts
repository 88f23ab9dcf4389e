import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRemote } from '../hosts/shared/remote.ts';
import { Observation } from '../model/observation.ts';
import type { ConfigReading } from '../suite/scenario.ts';
import { readConfig } from './read-config.ts';
import { workerContext } from '../testing/worker.ts';

const flag = 'device_ownership_from_security_context';
const text = `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  ${flag} = true\n`;
const at = { cell: 'debian-13/containerd-1.7.24/runc-1.1.15', suite: 'docs' };
const remote = connectRemote({ prefix: ['env'], quoting: 'none' });

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-reading-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Reads a file back with a program in place of containerd: it gets the same arguments. */
async function read(program: string, reads: ConfigReading): Promise<Observation> {
  const binary = join(directory, 'containerd');
  await writeFile(binary, `#!/bin/sh\n${program}\n`);
  await chmod(binary, 0o755);
  const context = workerContext({ binary, log: join(directory, 'containerd.log') });
  return readConfig(context, at, { id: 'snippet', title: 'a snippet', reads }, remote);
}

describe('reading a configuration file back', () => {
  it('records what the engine prints of the keys that the file means to set, and nothing else', async () => {
    const seen = await read('[ "$3 $4" = "config dump" ] && cat "$2" && echo "    enable_selinux = true"', { text });
    expect(Observation.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({ ...at, scenario: 'snippet', outcome: { kind: 'ran' } });
    expect(seen.config).toMatchObject({ text, wanted: { [flag]: true }, effective: { [flag]: true }, ignored: [] });
  });

  it('shows a key that the engine left out by its absence, and what the engine says of it', async () => {
    const words = `echo 'level=warning msg="Ignoring unknown key in TOML for plugin" key=${flag} plugin=x' >&2`;
    const { config } = await read(`${words}; echo 'version = 2'`, { text });
    expect(config).toMatchObject({ effective: {}, ignored: [flag] });
  });

  it('takes an error of the engine for its answer, with its last words', async () => {
    const { outcome } = await read('echo first >&2; echo "containerd: failed to load TOML" >&2; exit 1', { text });
    expect(outcome).toEqual({
      kind: 'refused',
      call: 'containerd config dump',
      code: 'EXIT_1',
      message: 'first | containerd: failed to load TOML',
    });
  });

  it('records the time of the program as a call, where it gave an answer', async () => {
    const said = await read('cat "$2"', { text });
    expect(said.calls).toMatchObject([{ call: 'containerd config dump' }]);
    for (const { startMs, durationMs } of said.calls) {
      expect(startMs).toBeGreaterThanOrEqual(said.startMs);
      expect(startMs + durationMs).toBeLessThanOrEqual(said.endMs);
    }
    const refused = await read('echo "containerd: no such version" >&2; exit 1', { text, running: true });
    expect(refused.calls).toMatchObject([{ call: 'containerd', error: { code: 'EXIT_1' } }]);
    expect((await read('exit 127', { text })).calls).toEqual([]);
  });

  it('takes a program that cannot be run for trouble of our own', async () => {
    expect((await read('exit 127', { text })).outcome.kind).toBe('error');
  });

  it('takes a daemon that ends at once for a refusal, with the end of its log', async () => {
    const { outcome } = await read('echo "containerd: no such version" >&2; exit 1', { text, running: true });
    expect(outcome).toMatchObject({ kind: 'refused', call: 'containerd' });
    expect(outcome).toHaveProperty('message', expect.stringMatching(/ended before .*: containerd: no such version$/));
  });

  it('puts a drop-in beside the file that imports it', async () => {
    const program = 'cat "$2" "${2%/*}"/conf.d/*.toml | grep -v -e imports';
    const { config } = await read(program, { text: text.replace('version = 2\n', ''), beside: 'version = 3\n' });
    expect(config).toMatchObject({ beside: 'version = 3\n', effective: { [flag]: true } });
  });

  it('leaves nothing on the host', async () => {
    await read('cat "$2"', { text });
    expect(await readdir(directory)).toEqual(['containerd']);
  });
});
