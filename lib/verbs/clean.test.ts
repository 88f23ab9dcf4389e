import { Command } from 'commander';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { openLedger } from '../hosts/shared/ledger.ts';
import { cleanVerb } from './clean.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** The exit code of `podproof clean --all` when the ledger holds this path. */
async function cleaned(home: string, path: string): Promise<typeof process.exitCode> {
  for (const name of ['STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, home);
  await (await openLedger('run-1')).record({ kind: 'path', path });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command('podproof').exitOverride();
  cleanVerb(program);
  await program.parseAsync(['clean', '--all'], { from: 'user' });
  return process.exitCode;
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
