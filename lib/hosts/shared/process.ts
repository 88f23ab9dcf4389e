import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
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

/** Starts `argv`, which must carry `token`, after writing it to the ledger. Output goes to `log`. Disposal kills it. Errors call it `title`. */
export async function startProcess(
  argv: readonly [string, ...string[]],
  token: string,
  log: string,
  ledger: Ledger,
  title: string = argv[0],
): Promise<Child> {
  // First: a log that cannot be opened leaves nothing to undo.
  const output = await open(log, 'a', 0o600);
  const receipt = await ledger.record({ kind: 'process', token });
  const [file, ...rest] = argv;
  const child = spawn(file, rest, { detached: true, stdio: ['ignore', output.fd, output.fd] });
  let words: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  }).then(async (how) => {
    const said = (await tailOf(log)).trim().split(/\r?\n/).slice(-5).join(' | ');
    words = `${title} ended (${how})${said ? `: ${said}` : ''}`;
    return words;
  });
  if (child.pid !== undefined) await receipt.started(child.pid);
  await output.close();
  return {
    pid: child.pid,
    ended,
    assertRunning() {
      if (words !== undefined) throw new Error(words);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await withDeadline({ name: `end ${title}`, timeoutMs: 10_000 }, () => ended);
      await receipt.done();
    },
  };
}
