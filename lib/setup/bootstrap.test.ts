import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exec } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';

const setup = join(packageRoot, 'lib/setup');

test('under an old Node.js the message names the one that is needed, before anything is installed', async () => {
  const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.4"}})';
  const { exitCode, stderr, stdout } = await exec([process.execPath, '--import', old, join(setup, 'bootstrap.mjs'), 'start']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('podproof needs Node.js 20.19 or newer, this is 18.20.4');
  expect(stdout).toBe('');
});

test('a command that there is not is refused, and installs nothing', async () => {
  const { exitCode, stderr } = await exec([process.execPath, '--import', 'tsx', join(setup, 'main.ts'), 'deploy'], {
    cwd: packageRoot,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Cannot set up for "deploy": expected one of start, test, plan.');
});
