import type { Duplex } from 'node:stream';
import type { HostFacts } from '../model/host-facts.ts';
import type { ExecOptions, ExecResult } from '../util/exec.ts';
import type { Check } from './doctor/check.ts';
import type { HostSpec } from './facts.ts';
import type { AcquireOptions, MissingFeatures } from './needs.ts';
import type { FixturePlan } from './shared/fixture-plan.ts';
import type { Ledger } from './shared/ledger.ts';

/**
 * How another process reaches a leased host: an argv prefix that runs a command on it.
 * Serialisable, so that a vitest worker can open its own connection. `posix` prefixes need the argv quoted as one shell line.
 */
export interface Connection {
  prefix: readonly string[];
  quoting: 'posix' | 'none';
}

/** What any connection can do; the runner and the vitest workers both hold one. */
export interface Remote {
  readonly connection: Connection;
  /** The argv that runs `argv` on the host from here, for subprocesses whose streams are joined to others. */
  argv(argv: readonly string[]): string[];
  /** Runs an argv on the host as root. A failure is a value. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Opens a byte stream to a unix socket on the host. Errors surface on the stream. */
  dial(socketPath: string): Duplex;
  /** Writes a file on the host; parents are created. */
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
}

/** A directory on this machine to be readable on the host, content-addressed. */
export interface Attachment {
  /** Readable, unique per content: `containerd-1.7.24-3f2a9c01`. */
  id: string;
  directory: string;
}

/** A leased machine under test. Disposing it ends the lease and everything that it created. */
export interface Host extends Remote, AsyncDisposable {
  readonly id: string;
  readonly facts: HostFacts;
  /** What this kind of host can hand to pods. */
  readonly fixtures: FixturePlan;
  /** What its kernel has not, of what some cells need. */
  readonly missingFeatures: MissingFeatures;
  /** Makes `attachment` readable on the host, read-only; returns its path there. Idempotent. */
  attach(attachment: Attachment): Promise<string>;
  /** Makes a TCP port of this machine's loopback reachable on the host's loopback; returns the port there. */
  expose(port: number): Promise<number>;
  /** Last lines of the machine's console, for evidence; empty where there is none. */
  consoleTail(): Promise<string>;
  /** Throws HostLostError when the host is gone or is no longer the same boot. */
  assertAlive(): Promise<void>;
}

/** What an acquisition may use besides its own spec. */
export interface LeaseContext {
  /** Every process, mount, socket and file is written here before it is created. */
  ledger: Ledger;
  /** Directory of this lease for logs: console, ssh. */
  logs: string;
  signal: AbortSignal;
  /** One line of progress for the user: phase and, where it is known, detail. */
  progress: (phase: string) => void;
}

/** How hosts of one kind are leased. */
export interface HostKind<Spec extends HostSpec = HostSpec> {
  /** Throws BlockedError when the host is unavailable. */
  acquire(id: string, spec: Spec, context: LeaseContext, options: AcquireOptions): Promise<Host>;
  /** What such hosts take of this machine, and the fix for each gap; a kind without it takes nothing of its own. */
  examine?(signal?: AbortSignal): Promise<Check[]>;
  /** Pre-builds in the cache what a lease needs, and says what that is; a kind without it needs nothing. Throws BlockedError. */
  prepare?(id: string, spec: Spec, context: LeaseContext, options: Pick<AcquireOptions, 'variant'>): Promise<string>;
}
