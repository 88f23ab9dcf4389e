import { Command } from 'commander';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { ledgerPath, openLedger, readLedger } from '../hosts/shared/ledger.ts';
import { cleanVerb } from './clean.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** A home in which everything of podproof lies. */
function liveIn(home: string): void {
  for (const name of ['STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, home);
}

/** What `podproof clean` prints, and its exit code. */
async function clean(...flags: string[]): Promise<{ stdout: string; exitCode: typeof process.exitCode }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const program = new Command('podproof').exitOverride();
  cleanVerb(program);
  await program.parseAsync(['clean', ...flags], { from: 'user' });
  return { stdout: stdout.replaceAll(/\s+/g, ' '), exitCode: process.exitCode };
}

/** The exit code of `podproof clean --all` when the ledger holds this path. */
async function cleaned(home: string, path: string): Promise<typeof process.exitCode> {
  liveIn(home);
  await (await openLedger('run-1')).record({ kind: 'path', path });
  return (await clean('--all')).exitCode;
}

const gone = {
  kind: 'machine' as const,
  token: 'podproof-0123456789ab',
  prefix: ['sh', '-c', 'exit 255', 'ssh'],
  quoting: 'none' as const,
};

/** The ledger as a run leaves it that was killed. */
async function afterKill(): Promise<void> {
  const text = await readFile(ledgerPath(), 'utf8');
  await writeFile(ledgerPath(), text.replaceAll(/"start":"\d+"/g, '"start":"1"'));
}

it('exits with 75 where something could not be undone, and with 0 where all was', async () => {
  await using gone = await temporary();
  expect(await cleaned(gone.path, join(gone.path, 'podproof', 'gone'))).toBe(0);
  const precious = await mkdtemp(join(tmpdir(), 'clean-test-'));
  try {
    await using refused = await temporary();
    expect(await cleaned(refused.path, precious)).toBe(75);
    expect(await readdir(precious)).toEqual([]);
  } finally {
    await rm(precious, { recursive: true, force: true });
  }
});

it('fails on a machine that is gone for good, says how to forget it, and then has nothing left to do', async () => {
  await using home = await temporary();
  liveIn(home.path);
  const ledger = await openLedger('run-1');
  await ledger.record(gone);
  await ledger.record({ ...gone, token: 'podproof-another' });
  await afterKill();
  const failed = await clean();
  expect(failed.exitCode).toBe(75);
  expect(failed.stdout).toMatch(
    /failed: machine podproof-0123456789ab of run run-1: Cannot reach .*; if it is gone for good: podproof clean --forget podproof-0123456789ab/,
  );
  expect(await clean('--forget', gone.token, '--dry-run')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^would be forgotten: machine podproof-0123456789ab of run run-1/),
  });
  expect(await readLedger()).toHaveLength(2);
  expect(await clean('--forget', gone.token)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^forgotten: /) });
  expect((await readLedger()).map(({ entry }) => entry)).toMatchObject([{ token: 'podproof-another' }]);
});

it('forgets no machine that a run still uses, and nothing that can be undone here', async () => {
  await using home = await temporary();
  liveIn(home.path);
  const ledger = await openLedger('run-1');
  await ledger.record(gone);
  await ledger.record({ kind: 'process', token: 'podproof-process' });
  await expect(clean('--forget', gone.token)).rejects.toThrow(/run run-1 still uses it, in process \d+$/);
  await expect(clean('--forget', 'podproof-process')).rejects.toThrow(
    'Cannot forget podproof-process: the ledger has machine podproof-0123456789ab',
  );
  expect(await readLedger()).toHaveLength(2);
});
