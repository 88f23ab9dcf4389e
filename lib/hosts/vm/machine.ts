import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canary } from '../../model/fixtures.ts';
import { execOk } from '../../util/exec.ts';
import { cacheDirectory, runtimeDirectory } from '../../util/paths.ts';
import { scoped } from '../../util/scope.ts';
import { waitFor } from '../../util/wait.ts';
import { tailOf } from '../../util/tail.ts';
import type { LeaseContext } from '../host.ts';
import type { Image } from '../image/build.ts';
import { qemuArguments } from './arguments.ts';
import type { Machine } from './arguments.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import { endedIn, startProcess, type Child } from '../shared/process.ts';
import { clause } from './last-words.ts';
import type { Qemu } from './qemu.ts';
import { Qmp } from './qmp.ts';

/** A QEMU process of ours with its own throw-away disks. */
export interface RunningMachine extends AsyncDisposable {
  readonly token: string;
  readonly child: Child;
  readonly qmp: Qmp;
  /** Port of our loopback that leads to the machine's sshd. */
  readonly sshPort: number;
  /** Overlay over the base disk. */
  readonly disk: string;
  readonly console: string;
  /** Short directory for sockets. */
  readonly sockets: string;
}

/** Files that a machine boots from. */
export type Bootable = Pick<Image, 'kernel' | 'initrd' | 'disk'>;

/** What a machine is started from: all that its snapshot depends on. */
export interface Blueprint<I extends Bootable = Image> extends Machine {
  image: I;
  qemu: Qemu;
}

export interface StartOptions {
  /** Disk below the overlay, and its format. */
  base: { file: string; format: 'raw' | 'qcow2' };
  incoming: boolean;
  console: string;
}

const spareDiskBytes = 16 * 1024 * 1024;

/** Starts QEMU; with `incoming` it waits for a state, otherwise it boots. */
export async function startMachine(
  blueprint: Blueprint<Bootable>,
  options: StartOptions,
  context: LeaseContext,
): Promise<RunningMachine> {
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const disks = join(cacheDirectory(), 'leases', token);
  const sockets = join(runtimeDirectory(), token);
  return scoped(async (scope) => {
    for (const path of [disks, sockets]) await ownDirectory(path, scope, context.ledger);
    const disk = join(disks, 'root.qcow2');
    const { file, format } = options.base;
    await execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', file, '-F', format, disk]);
    const canaryDisk = await makeSpareDisk(join(disks, 'canary.raw'), canary);
    const plainDisk = await makeSpareDisk(join(disks, 'plain.raw'), '');
    const { kernel, initrd } = blueprint.image;
    const qmpSocket = join(sockets, 'qmp');
    const files = {
      token,
      kernel,
      initrd,
      disk,
      canaryDisk,
      plainDisk,
      qmpSocket,
      console: options.console,
      incoming: options.incoming,
    };
    const argv = [...blueprint.qemu.argv, ...qemuArguments(blueprint, files)] as const;
    const log = join(context.logs, 'qemu.log');
    const child = scope.adopt('QEMU', await startProcess([...argv], token, log, context.ledger, { title: 'QEMU', clause }));
    const qmp = await sayingItsEnd(child, context.signal, () => Qmp.connect(qmpSocket, child.assertRunning, context.signal));
    scope.onRelease('the QMP connection', () => qmp.close());
    const sshPort = await sayingItsEnd(child, context.signal, () => forwardedPort(qmp));
    return {
      token,
      child,
      qmp,
      sshPort,
      disk,
      console: options.console,
      sockets,
    };
  });
}

/** Ends a machine with which `work` fails. */
export async function endingOnError<T>(running: RunningMachine, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

/** A QEMU that ends closes its socket before its end is known: what it said then is the reason, and not the socket. */
async function sayingItsEnd<T>(child: Pick<Child, 'assertRunning'>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const wait = { name: 'see QEMU end', timeoutMs: 2_000, intervalMs: 50, signal, alive: child.assertRunning };
    throw await waitFor(wait, async () => undefined).catch((end: unknown) => endedIn(end) ?? error);
  }
}

async function makeSpareDisk(path: string, content: string): Promise<string> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.truncate(spareDiskBytes);
    await file.write(content, 0);
  } finally {
    await file.close();
  }
  return path;
}

/** QEMU chose a free port; only its monitor tells which. */
async function forwardedPort(qmp: Qmp): Promise<number> {
  const said = z.string().parse(await qmp.command('human-monitor-command', { 'command-line': 'info usernet' }));
  const port = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(said)?.[1];
  if (port === undefined) throw new Error(`Cannot find the port that QEMU forwards to sshd; it says: ${said.trim()}`);
  return Number(port);
}

/** Last lines of a console file, enough for an oops and the panic that follows it, without terminal control sequences. */
export async function consoleTail(file: string, lines = 150): Promise<string> {
  const text = await tailOf(file);
  // eslint-disable-next-line no-control-regex
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001bc|\r/g, '').replace(/[^\n\t\x20-\x7e]/g, '');
  return plain.trimEnd().split('\n').slice(-lines).join('\n');
}
