import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { exec, execPipe } from './exec.ts';

it('does not wait for those to whom a killed process gave its pipes', async () => {
  const started = performance.now();
  const result = await exec(['sh', '-c', 'echo said; sleep 30 & exec sleep 30'], { timeoutMs: 300 });
  expect(result).toMatchObject({ timedOut: true, exitCode: undefined, stdout: 'said\n' });
  expect(result.failure).toMatch(/^Command timed out after 300 milliseconds/);
  expect(performance.now() - started).toBeLessThan(20_000);
});

// The client of ssh answers SIGTERM with the code 255, and its master keeps the pipes for as long as the command runs there.
it.each([
  ['ends by itself when it is asked to', 'trap "exit 255" TERM; echo said; sleep 30 & wait', 255],
  ['ended well before', 'echo said; sleep 30 &', 0],
])('a deadline is one too for those who hold the pipes of a process that %s', async (_, script, exitCode) => {
  const result = await exec(['sh', '-c', script], { timeoutMs: 300 });
  expect(result).toMatchObject({ timedOut: true, exitCode, stdout: 'said\n' });
  expect(result.failure).toMatch(/^Command timed out after 300 milliseconds/);
});

it('an abort is one too', async () => {
  const abort = new AbortController();
  const ended = exec(['sh', '-c', 'trap "exit 255" TERM; echo said; sleep 30 & wait'], { signal: abort.signal });
  setTimeout(() => abort.abort(), 300);
  expect(await ended).toMatchObject({ exitCode: 255, failure: expect.stringContaining('cancel') });
});

it('waits for what was started in the background by a process that ended well', async () => {
  const { stdout, exitCode } = await exec(['sh', '-c', '(sleep 1; echo later) &']);
  expect({ stdout, exitCode }).toEqual({ stdout: 'later\n', exitCode: 0 });
});

it('gives one process what another writes, and tells which of both failed', async () => {
  await using directory = await temporary();
  const file = join(directory.path, 'copy');
  const write = ['sh', '-c', 'cat >"$1"', 'sh', file];
  await execPipe(['sh', '-c', 'printf all'], write);
  expect(await readFile(file, 'utf8')).toBe('all');
  await expect(execPipe(['sh', '-c', 'echo half; echo torn >&2; exit 3'], write)).rejects.toThrow(
    /^Cannot run sh -c echo half; .*exit code 3.*: torn$/,
  );
  await expect(execPipe(['yes'], ['sh', '-c', 'echo full >&2; exit 4'])).rejects.toThrow(/^Cannot run sh .*exit code 4.*: full$/);
  await expect(execPipe(['printf', 'all'], ['no-such-program'])).rejects.toThrow(
    /^Cannot run no-such-program: .*ENOENT: no-such-program$/,
  );
});

it('does not wait for those to whom the receiver of a pipe gave its own', async () => {
  const started = performance.now();
  const stuck = ['sh', '-c', 'echo said >&2; sleep 30 & exec sleep 30'];
  await expect(execPipe(['yes'], stuck, { timeoutMs: 300 })).rejects.toThrow(/timed out after 300 milliseconds.*: said$/);
  expect(performance.now() - started).toBeLessThan(20_000);
});

it('finds programs of sbin for a user whose PATH lacks it, behind all others', async () => {
  vi.stubEnv('PATH', '/usr/bin:/bin');
  const { stdout } = await exec(['sh', '-c', 'echo "$PATH"; command -v mke2fs']);
  expect(stdout).toMatch(/^\/usr\/bin:\/bin:\/usr\/sbin:\/sbin\n\S*\/mke2fs\n$/);
  vi.unstubAllEnvs();
});
