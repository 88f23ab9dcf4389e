import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheDirectory } from '../../util/paths.ts';
import { scoped } from '../../util/scope.ts';
import { waitFor } from '../../util/wait.ts';
import type { Ledger } from './ledger.ts';
import { ownPath } from './own-directory.ts';
import { isRunning, ProcessIdentity } from './process-identity.ts';

/** A host that a process of podproof keeps up for people to look around, and how they reach its engine. */
export const KeptHost = z.object({
  host: z.string(),
  run: z.string(),
  owner: ProcessIdentity,
  connection: z.object({ prefix: z.array(z.string()).readonly(), quoting: z.enum(['posix', 'none']) }),
  /** Of a shell there. */
  environment: z.record(z.string(), z.string()),
  /** What to say first in a shell there. */
  welcome: z.string(),
});
export type KeptHost = z.infer<typeof KeptHost>;

function directory(): string {
  return join(cacheDirectory(), 'kept');
}

/** Tells other processes of a host, until it is disposed. */
export async function announce(kept: KeptHost, ledger: Ledger): Promise<AsyncDisposable> {
  const path = join(directory(), `${encodeURIComponent(kept.host)}-${kept.owner.pid}.json`);
  return scoped(async (scope) => {
    await ownPath(path, scope, ledger);
    await mkdir(directory(), { recursive: true, mode: 0o700 });
    await writeFile(path, JSON.stringify(kept), { mode: 0o600 });
    return {};
  });
}

/** The hosts that are kept now. */
export async function keptHosts(): Promise<KeptHost[]> {
  const all: KeptHost[] = [];
  for (const name of await readdir(directory()).catch(() => [])) {
    const kept = read(await readFile(join(directory(), name), 'utf8').catch(() => ''));
    if (kept !== undefined && (await isRunning(kept.owner))) all.push(kept);
  }
  return all;
}

function read(text: string): KeptHost | undefined {
  try {
    return KeptHost.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Has its process give the host back, and waits until that is done. Throws an Error where it takes too long. */
export async function endKept({ host, owner }: KeptHost): Promise<void> {
  process.kill(owner.pid, 'SIGTERM');
  await waitFor({ name: `have process ${owner.pid} give back host ${host}`, timeoutMs: 120_000, intervalMs: 200 }, async () =>
    (await isRunning(owner)) ? undefined : true,
  );
}
