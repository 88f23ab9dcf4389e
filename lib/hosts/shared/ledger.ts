import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheDirectory, runtimeDirectory, stateDirectory } from '../../util/paths.ts';
import { identify, ProcessIdentity } from './process-identity.ts';

/** Something of ours that would outlive a killed run. */
export const LedgerEntry = z.discriminatedUnion('kind', [
  /** `token` is in the argv of the process and nowhere else, so that it is found even when its pid was never written down. */
  z.object({ kind: z.literal('process'), token: z.string().min(12) }),
  /** File, socket or directory tree below one of our own directories. */
  z.object({ kind: z.literal('path'), path: z.string().startsWith('/') }),
  /** A machine that was taken for a run, and the argv prefix that reaches it. */
  z.object({
    kind: z.literal('machine'),
    token: z.string().min(12),
    prefix: z.array(z.string()),
    quoting: z.enum(['posix', 'none']),
  }),
  /** A container with its volumes, labelled with `token`, and where its daemon listens. */
  z.object({ kind: z.literal('container'), token: z.string().min(12), daemon: z.string().min(1) }),
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

const Line = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('created'),
    id: z.string(),
    run: z.string(),
    at: z.string(),
    owner: ProcessIdentity,
    /** Absent in ledgers of podproofs that knew the directories of their own environment only. */
    roots: z.array(z.string().startsWith('/')).optional(),
    entry: LedgerEntry,
  }),
  z.object({ event: z.literal('started'), id: z.string(), process: ProcessIdentity }),
  z.object({ event: z.literal('done'), id: z.string() }),
]);
type Line = z.infer<typeof Line>;

/** An entry that nobody has marked as done. `owner` is the process of podproof that created it. */
export interface OpenEntry {
  id: string;
  run: string;
  owner: ProcessIdentity;
  /** The owner's own directories; `clean` may run where the environment names others. */
  roots: string[];
  entry: LedgerEntry;
  /** The process that an entry of kind process became, when its pid could be written down. */
  process?: ProcessIdentity;
}

export interface Receipt {
  /** Adds the pid of a process entry, as soon as it is known. */
  started(pid: number): Promise<void>;
  /** The thing is gone. */
  done(): Promise<void>;
}

/** What this run creates outside its own process, written down before it exists. */
export interface Ledger {
  readonly run: string;
  /** Resolves when the entry is on the disk; only then may the thing be created. */
  record(entry: LedgerEntry): Promise<Receipt>;
}

export function ledgerPath(): string {
  return join(stateDirectory(), 'ledger.ndjson');
}

/** Where this process creates what a ledger names: nothing else is ever removed by it. */
export function ownDirectories(): string[] {
  return [cacheDirectory(), runtimeDirectory()];
}

/** The ledger of this machine's user, for entries of `run`. Several processes may append at once. */
export async function openLedger(run: string): Promise<Ledger> {
  const owner = await identify(process.pid);
  if (owner === undefined) throw new Error('Cannot open the ledger: /proc/self/stat has no start time; mount /proc');
  const roots = ownDirectories();
  return {
    run,
    async record(entry) {
      const id = randomUUID();
      await append({ event: 'created', id, run, at: new Date().toISOString(), owner, roots, entry });
      return {
        async started(pid) {
          const started = await identify(pid);
          if (started !== undefined) await append({ event: 'started', id, process: started });
        },
        done: () => markDone(id),
      };
    },
  };
}

export async function markDone(id: string): Promise<void> {
  await append({ event: 'done', id });
}

/** Open entries in the order of their creation. Lines that a crash tore are skipped. */
export async function readLedger(): Promise<OpenEntry[]> {
  return openEntries(await readFile(ledgerPath(), 'utf8').catch(() => ''));
}

/** Pure part of `readLedger`. */
export function openEntries(text: string): OpenEntry[] {
  const open = new Map<string, OpenEntry>();
  for (const raw of text.split('\n')) {
    const line = parseLine(raw);
    if (line === undefined) continue;
    if (line.event === 'created') {
      const { id, run, owner, roots = ownDirectories(), entry } = line;
      open.set(id, { id, run, owner, roots, entry });
    } else if (line.event === 'done') open.delete(line.id);
    else {
      const entry = open.get(line.id);
      if (entry !== undefined) entry.process = line.process;
    }
  }
  return [...open.values()];
}

function parseLine(raw: string): Line | undefined {
  try {
    return Line.safeParse(JSON.parse(raw)).data;
  } catch {
    return undefined;
  }
}

async function append(line: Line): Promise<void> {
  await mkdir(stateDirectory(), { recursive: true, mode: 0o700 });
  const file = await open(ledgerPath(), 'a', 0o600);
  try {
    const { size } = await file.stat();
    // The leading newline ends a line that another process's death has torn; one write, so that writers do not interleave.
    await file.write(`\n${JSON.stringify(line)}\n`);
    await file.datasync();
    // A new file is lost with the power, however well it was flushed, until its directory is.
    if (size === 0) await flushDirectory(stateDirectory());
  } finally {
    await file.close();
  }
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
