import { execa } from 'execa';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../util/paths.ts';
import { podproof } from './podproof.ts';

/** explain, with a text on its standard input. */
function piped(input: string) {
  return execa('node', [join(packageRoot, 'lib/bin.mjs'), 'explain', '-'], { input, reject: false });
}

describe('explain', () => {
  test('answers a message with its cause, a fix, what the fix costs, and tested versions', async () => {
    const { stdout, exitCode } = await podproof(['explain', 'open /dev/dri/renderD128: permission denied']);
    expect(exitCode).toBe(0);
    for (const label of ['cause', 'fix 1', 'costs', 'tested']) expect(stdout).toMatch(new RegExp(`^  ${label} +\\S`, 'm'));
    expect(stdout).not.toContain('\u001b');
  });

  test('answers the last failure of a log of megabytes on standard input', async () => {
    const noise = '2026-01-02T03:04:05Z info served a request\n'.repeat(250_000);
    const { stdout, exitCode } = await piped(
      `cat: /dev/early: No such device\n${noise}open /dev/late: permission denied\n${noise.slice(0, 9_000)}`,
    );
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'open of /dev/late by an application: EACCES']);
  });

  test('takes a text that begins with a dash for a text', async () => {
    const { stdout, exitCode } = await podproof([
      'explain',
      "-blockdev driver=host_device: Could not open '/dev/x': Permission denied",
    ]);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'open of /dev/x by an application: EACCES']);
  });

  test('ends with 1 and what it read where nothing is known, with 2 for a bad flag', async () => {
    const unknown = await podproof(['explain', 'frobnicate: /dev/foo: Bad address']);
    expect([unknown.exitCode, unknown.stdout]).toEqual([1, expect.stringContaining('EFAULT')]);
    expect((await podproof(['explain', 'x y', '--engine', '!!'])).exitCode).toBe(2);
  });
});
