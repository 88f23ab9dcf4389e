import { expect, test } from 'vitest';
import { exec } from '../util/exec.ts';
import { chosen, shellArgv } from './shell.ts';

const owner = { pid: 2, start: '1', boot: 'b' };
const kept = (host: string) => ({
  ...{ host, run: 'r', owner, connection: { prefix: [], quoting: 'none' as const } },
  ...{ environment: { CONTAINER_RUNTIME_ENDPOINT: 'unix:///x y' }, welcome: 'hello' },
});

test('the shell is on the host that was named, or on the only one', () => {
  expect(chosen([kept('a'), kept('b')], 'b')?.host).toBe('b');
  expect(chosen([kept('a')], undefined)?.host).toBe('a');
});

test('where none of this name is kept, one has to come up', () => {
  expect(chosen([], undefined)).toBeUndefined();
  expect(chosen([kept('b')], 'a')).toBeUndefined();
});

test.each([
  [['a', 'b'], undefined, /Several hosts are kept: say which, a or b/],
  [['a', 'a'], 'a', /a is kept by process 2 \(run r\) and process 2/],
] as const)('of %j there is none on %s, and why is said', (hosts, name, words) => {
  expect(() => chosen(hosts.map(kept), name)).toThrow(words);
});

test('a terminal is asked for where somebody types, and not for a command', () => {
  const there = { ...kept('a'), connection: { prefix: ['ssh', 'root@a', '--'], quoting: 'posix' as const } };
  expect(shellArgv(there, [], true).slice(0, 3)).toEqual(['ssh', '-t', 'root@a']);
  expect(shellArgv(there, [], false).slice(0, 2)).toEqual(['ssh', 'root@a']);
  expect(shellArgv(there, ['crictl', 'ps'], true).slice(0, 2)).toEqual(['ssh', 'root@a']);
});

test('a command finds the engine by its environment, and no word of it is read as shell', async () => {
  const argv = shellArgv(kept('a'), ['printf', '%s|', '$CONTAINER_RUNTIME_ENDPOINT', "a'b; exit 3"], false);
  // The directory is on the host; here any will do.
  const here = argv.map((word) => (word === '/var/lib/podproof/kept' ? '/' : word));
  expect(await exec(here)).toMatchObject({ exitCode: 0, stdout: "$CONTAINER_RUNTIME_ENDPOINT|a'b; exit 3|" });
  const variables = shellArgv(kept('a'), ['printenv', 'CONTAINER_RUNTIME_ENDPOINT'], false);
  expect((await exec(variables.map((word) => (word === '/var/lib/podproof/kept' ? '/' : word)))).stdout).toBe('unix:///x y\n');
});
