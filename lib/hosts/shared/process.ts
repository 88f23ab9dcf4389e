import { spawn } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { tailOf } from '../../util/tail.ts';
import { withDeadline } from '../../util/wait.ts';
import type { Ledger } from './ledger.ts';

/** A long-running child of ours. It has a session of its own, so that Ctrl-C reaches us alone and the release happens in order. */
export interface Child extends AsyncDisposable {
  readonly pid: number | undefined;
  /** Settles when the child is gone, with its last words. Never rejects. */
  readonly ended: Promise<string>;
  /** Throws when the child is gone. */
  assertRunning: () => void;
}

/** How errors call a child, and what of its last output they quote. */
export interface Naming {
  title: string;
  clause: (said: string) => string;
}

const lastLines = (said: string): string => said.split(/\r?\n/).slice(-5).join(' | ');

/** A child of ours is gone, without our doing. */
export class ChildEndedError extends Error {
  override readonly name = 'ChildEndedError';
  /** The end of its output, whole. */
  readonly said: string;
  constructor(message: string, said: string) {
    super(message);
    this.said = said;
  }
}

/** The end of a child that an error is about, directly or as its cause. */
export function endedIn(error: unknown): ChildEndedError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof ChildEndedError) return each;
  return undefined;
}

/** Starts `argv`, which must carry `token`, after writing it to the ledger. Output goes to `log`. Disposal kills it. */
export async function startProcess(
  argv: readonly [string, ...string[]],
  token: string,
  log: string,
  ledger: Ledger,
  { title, clause }: Naming = { title: argv[0], clause: lastLines },
): Promise<Child> {
  // First: a log that cannot be opened leaves nothing to undo.
  const output = await open(log, 'a', 0o600);
  const { size: before } = await output.stat();
  const receipt = await ledger.record({ kind: 'process', token });
  const [file, ...rest] = argv;
  const child = spawn(file, rest, { detached: true, stdio: ['ignore', output.fd, output.fd] });
  let error: ChildEndedError | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  }).then(async (how) => {
    const after = await stat(log).catch(() => ({ size: before }));
    const said = (await tailOf(log, Math.min(after.size - before, 256 * 1024))).trim();
    error = new ChildEndedError(`${title} ended (${how})${said ? `: ${clause(said)}` : ''}`, said);
    return error.message;
  });
  if (child.pid !== undefined) await receipt.started(child.pid);
  await output.close();
  return {
    pid: child.pid,
    ended,
    assertRunning() {
      if (error !== undefined) throw error;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await withDeadline({ name: `end ${title}`, timeoutMs: 10_000 }, () => ended);
      await receipt.done();
    },
  };
}
