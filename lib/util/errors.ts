/** Bad input by the user: one sentence with the path inside the input. The command line exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * A host, an artifact or an engine was unavailable. Its cells are `blocked` with this reason; others go on.
 * `remedy` is the command or setting that would help.
 */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  readonly remedy: string | undefined;
  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.remedy = options.remedy;
  }
}

/** The host under test died, rebooted or stopped answering: not a verdict on a question, but on the host. */
export class HostLostError extends Error {
  override readonly name = 'HostLostError';
  readonly consoleTail: string;
  /** When it last said something, by monotonicMs(), where it fell silent before it was given up. */
  readonly answeredMs: number | undefined;
  constructor(message: string, consoleTail: string, cause?: unknown, answeredMs?: number) {
    super(message, cause === undefined ? undefined : { cause });
    this.consoleTail = consoleTail;
    this.answeredMs = answeredMs;
  }
}

/** What failed and what would help, as one sentence: the message of anything thrown, and the remedy where it has one. */
export function sentenceOf(error: unknown): string {
  const remedy = error instanceof BlockedError ? error.remedy : undefined;
  return remedy === undefined ? messageOf(error) : `${messageOf(error)}; ${remedy}`;
}

/** The message of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a full or read-only disk threw, as a reason to stop; undefined for anything else. */
export function diskTrouble(error: unknown): BlockedError | undefined {
  const { code, path } = error as Partial<NodeJS.ErrnoException>;
  const why = typeof code === 'string' ? diskWords[code] : undefined;
  if (why === undefined) return undefined;
  return new BlockedError(`Cannot write ${path ?? 'to the disk'}: ${why}`, {
    remedy: 'make room, then go on with podproof run --resume',
    cause: error,
  });
}

const diskWords: Partial<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than it may be',
  EROFS: 'the file system is read-only',
  EIO: 'the disk does not work',
};
