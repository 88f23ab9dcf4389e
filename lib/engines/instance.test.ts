import { execa } from 'execa';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exec, type ExecResult } from '../util/exec.ts';
import { thinPoolFunctions } from '../hosts/shared/thin-pool.ts';
import { waitFor } from '../util/wait.ts';

const script = `${thinPoolFunctions}${readFileSync(new URL('instance.sh', import.meta.url), 'utf8')}`;
const instance = (...argv: string[]): Promise<ExecResult> => exec(['sh', '-c', script, 'instance', ...argv]);

/** Listens where its argument says, as engines do, and says in its log what is in its environment. */
const daemon = "console.log(process.env.WORD); require('node:net').createServer().listen(process.argv[1])";

let directory = '';
const path = (name: string): string => join(directory, name);
const start = (...argv: string[]): Promise<ExecResult> => instance('start', path('log'), path('pid'), path('s'), '', '', ...argv);
const stopping = (): string[] => ['stop', path('pid'), path('s'), directory, '', ''];
const stop = (): Promise<ExecResult> => instance(...stopping());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-instance-'));
});
afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true });
});

/** A process that nobody waits for stays as a zombie where the first process does not reap. */
async function alive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return !/^State:\s[XZ]/m.test(status);
}

async function ended(pid: number): Promise<void> {
  const wait = { name: `see process ${pid} end`, timeoutMs: 5_000, intervalMs: 20 };
  await waitFor(wait, async () => ((await alive(pid)) ? undefined : true));
}

describe('instance.sh', () => {
  it('prints the process id once the socket is there, and hands on the environment', async () => {
    const started = await start('env', 'WORD=handed on', process.execPath, '-e', daemon, path('s'));
    expect(await alive(Number(started.stdout))).toBe(true);
    expect(await readFile(path('log'), 'utf8')).toBe('handed on\n');
  });

  it('prints nothing for a daemon that ends without a socket, and keeps its words in the log', async () => {
    const started = await start('sh', '-c', 'echo no good; exit 3');
    expect(started).toMatchObject({ stdout: '', exitCode: 1 });
    expect(await readFile(path('log'), 'utf8')).toBe('no good\n');
  });

  it('does not take the socket of a dead daemon for that of the new one', async () => {
    await start(process.execPath, '-e', daemon, path('s'));
    const pid = Number(await readFile(path('pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await ended(pid);
    expect((await start('sh', '-c', 'exit 3')).stdout).toBe('');
  });

  it('stops the daemon and lives to say so', async () => {
    const pid = Number((await start(process.execPath, '-e', daemon, path('s'))).stdout);
    expect(await stop()).toMatchObject({ exitCode: 0 });
    await ended(pid);
  });

  it('waits for no daemon that has ended, and that nobody has reaped', async () => {
    // The shell gives its process away to a program that does not ask for its children.
    const parent = execa('sh', ['-c', 'true & echo $!; exec sleep 60']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [pid] = await once(parent.stdout, 'data');
    await ended(Number(pid));
    await writeFile(path('pid'), String(pid));
    const stopped = await exec(['sh', '-c', `sleep() { echo waited; }\n${script}`, 'instance', ...stopping()]);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: '' });
    parent.kill('SIGKILL');
    await parent.catch(() => undefined);
  });

  it('does nothing where there is nothing to stop', async () => {
    expect(await stop()).toMatchObject({ exitCode: 0 });
  });
});
