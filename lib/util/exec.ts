import { execa } from 'execa';

export interface ExecOptions {
  /** Bytes for standard input; without it standard input is empty. */
  input?: string | Uint8Array;
  /** Deadline in milliseconds. Default: 60,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
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

/** What a killed process had written is still read for so long. */
const lastWordsMs = 200;

/** The one seam through which every subprocess of this project starts: argv, never a shell line. */
export async function exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new RangeError('Cannot run an empty argv');
  const child = execa(file, rest, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 60_000,
    forceKillAfterDelay: 2_000,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  // Who was killed may have given its pipes to others, as ssh does to its master: they would be waited for as long as those live.
  child.once('exit', (_, signal) => {
    if (signal === null) return;
    setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), lastWordsMs).unref();
  });
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

/** Runs `from` with its standard output as the standard input of `to`, whatever its size. Throws an Error with the last words of the first that failed. */
export async function execPipe(
  from: readonly [string, ...string[]],
  to: readonly string[],
  options: Pick<ExecOptions, 'timeoutMs' | 'signal'> = {},
): Promise<void> {
  const limits = {
    reject: false,
    timeout: options.timeoutMs ?? 60_000,
    forceKillAfterDelay: 2_000,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  } as const;
  const [source, ...sourceArguments] = from;
  const [sink = '', ...sinkArguments] = to;
  const sending = execa(source, sourceArguments, { ...limits, stdin: 'ignore', buffer: { stdout: false } });
  const received = await sending.pipe(sink, sinkArguments, limits);
  const sent = await sending;
  for (const [argv, result] of [
    [to, received],
    [from, sent],
  ] as const) {
    if (result.failed) throw refusal(argv, result.shortMessage ?? 'failed', String(result.stderr ?? ''));
  }
}

/** Which command failed, how, and its last words. */
function refusal(argv: readonly string[], failure: string, said: string): Error {
  const words = said.trim().split('\n').slice(-5).join(' | ');
  return new Error(`Cannot run ${argv.slice(0, 4).join(' ')}: ${failure.split('\n')[0]}${words === '' ? '' : `: ${words}`}`);
}
