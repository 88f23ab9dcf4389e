import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostLostError } from '../../util/errors.ts';
import type { ExecOptions, ExecResult } from '../../util/exec.ts';
import { connectRemote } from './remote.ts';
import { runStep, type Stepping } from './steps.ts';

const here = connectRemote({ prefix: [], quoting: 'none' });
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steps-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A host on which nothing that takes the words `hang` ends before its deadline, which is not waited for. */
function hanging(consoleTail?: () => Promise<string>): Stepping & { asked: ExecOptions[] } {
  const asked: ExecOptions[] = [];
  const said = (stdout: string): Partial<ExecResult> => ({ exitCode: 0, stdout, timedOut: false });
  return {
    asked,
    async exec(argv, options = {}) {
      asked.push(options);
      const answer = argv.includes('hang') ? { exitCode: undefined, timedOut: true } : said('task 7 (sh):\n[<0>] e1000_probe\n');
      return { argv, stdout: '', stderr: '', durationMs: 0, failure: 'timed out', exitCode: 0, timedOut: false, ...answer };
    },
    ...(consoleTail === undefined ? {} : { consoleTail }),
  };
}

test('a step gives what it printed', async () => {
  const step = { name: 'say it', script: 'echo "said=$1"; : > "$2/file"', args: ['word', directory] };
  expect(await runStep(here, step)).toBe('said=word\n');
  expect(await readFile(join(directory, 'file'), 'utf8')).toBe('');
});

test('a step that fails says which it was, and why', async () => {
  const step = { name: 'bind the function', script: 'echo "no such device" >&2; exit 3' };
  await expect(runStep(here, step)).rejects.toThrow(/^Cannot bind the function on the host: no such device$/);
  const mute = { name: 'bind the function', script: 'exit 3' };
  await expect(runStep(here, mute)).rejects.toThrow(/^Cannot bind the function on the host: .*exit code 3/);
});

test('a step that hangs is the loss of the host, with its console and what hangs in its kernel', async () => {
  const host = hanging(() => Promise.resolve('[  1.0] last words'));
  const error: unknown = await runStep(host, { name: 'bind the function', script: 'hang' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HostLostError);
  expect(error).toMatchObject({
    message: 'The host is lost: it hangs where it should bind the function',
    consoleTail: '[  1.0] last words\ntask 7 (sh):\n[<0>] e1000_probe',
  });
  expect(host.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([60_000, 20_000]);
});

test('a machine without a console is lost in the same words', async () => {
  await expect(runStep(hanging(), { name: 'bind the function', script: 'hang' })).rejects.toMatchObject({
    consoleTail: 'task 7 (sh):\n[<0>] e1000_probe',
  });
});
