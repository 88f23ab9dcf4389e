import { execa, ExecaError, type Subprocess } from 'execa';

export interface ExecOptions {
  /** Bytes for standard input; without it standard input is empty. */
  input?: string | Uint8Array;
  /** Deadline in milliseconds. Default: 60,000. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
}

/** What a finished subprocess said. A failure is a value: exitCode is undefined when it was killed or never started. */
export interface ExecResult {
  argv: readonly string[];
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  durationMs: number;
  /** One line that says how it failed; empty after success. */
  failure: string;
}

type Limits = Pick<ExecOptions, 'timeoutMs' | 'signal'>;

/** Milliseconds. */
const defaultMs = 60_000;

/** How long what a killed process wrote is still read. */
const lastWordsMs = 200;

/** The one seam through which every subprocess of this project starts: argv, never a shell line. */
export async function exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new RangeError('Cannot run an empty argv');
  const child = execa(file, rest, {
    ...limits(options),
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  endWithItsProcess(child, options);
  const result = await child;
  return {
    argv,
    exitCode: result.exitCode,
    stdout: result.stdout ?? '',
    stderr: result.stderr ?? '',
    timedOut: result.timedOut,
    durationMs: Math.round(result.durationMs),
    failure: result.failed ? (result.shortMessage ?? 'failed') : '',
  };
}

/** Standard output of a subprocess that must succeed; otherwise an Error with its last words. */
export async function execOk(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const result = await exec(argv, options);
  if (result.exitCode !== 0) {
    throw refusal(argv, result.failure, result.stderr.trim() === '' ? result.stdout.trim().slice(-400) : result.stderr);
  }
  return result.stdout;
}

/** Runs an argv on the terminal and the streams of this process, without a deadline. Returns its exit code; undefined after a signal. */
export async function execAttached(argv: readonly string[], signal?: AbortSignal): Promise<number | undefined> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new RangeError('Cannot run an empty argv');
  const cancelSignal = signal === undefined ? {} : { cancelSignal: signal };
  const { exitCode } = await execa(file, rest, { stdio: 'inherit', reject: false, ...cancelSignal });
  return exitCode;
}

/** Runs `from` with its standard output as the standard input of `to`, whatever its size. Throws an Error with the last words of the first that failed. */
export async function execPipe(from: readonly [string, ...string[]], to: readonly string[], options: Limits = {}): Promise<void> {
  const [source, ...sourceArguments] = from;
  const [sink = '', ...sinkArguments] = to;
  const sending = execa(source, sourceArguments, { ...limits(options), stdin: 'ignore', buffer: { stdout: false } });
  const receiving = execa(sink, sinkArguments, limits(options));
  for (const child of [sending, receiving]) endWithItsProcess(child, options);
  const ended = await Promise.allSettled([receiving, sending, sending.pipe(receiving)]);
  for (const [index, end] of ended.entries()) {
    if (end.status === 'fulfilled') continue;
    const error: unknown = end.reason;
    // What never started has no words.
    throw error instanceof ExecaError ? refusal(index === 0 ? to : from, error.shortMessage, String(error.stderr ?? '')) : error;
  }
}

function limits({ timeoutMs, signal, env }: Limits & Pick<ExecOptions, 'env'>) {
  return {
    // Debian keeps mke2fs and debugfs out of the PATH of a user who is not root.
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...env },
    timeout: timeoutMs ?? defaultMs,
    forceKillAfterDelay: 2_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  };
}

/**
 * A process's children may still hold its pipes, as the ControlMaster of ssh does; they are not waited for.
 * Once the process is gone, its pipes are closed: after a signal, or after its deadline or abort, however it ended then.
 */
function endWithItsProcess(
  child: Pick<Subprocess, 'once' | 'stdout' | 'stderr'>,
  { timeoutMs = defaultMs, signal }: Limits,
): void {
  let gone = false;
  let over = false;
  const letGo = (): void => {
    if (!gone || !over) return;
    setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), lastWordsMs).unref();
  };
  const end = (): void => {
    over = true;
    letGo();
  };
  const deadline = setTimeout(end, timeoutMs).unref();
  signal?.addEventListener('abort', end, { once: true });
  child.once('exit', (_, killedBy) => {
    gone = true;
    over ||= killedBy !== null;
    letGo();
  });
  child.once('close', () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', end);
  });
}

/** Which command failed, how, and its last words. */
function refusal(argv: readonly string[], failure: string, said: string): Error {
  const words = said.trim().split('\n').slice(-5).join(' | ');
  return new Error(`Cannot run ${argv.slice(0, 4).join(' ')}: ${failure.split('\n')[0]}${words === '' ? '' : `: ${words}`}`);
}
