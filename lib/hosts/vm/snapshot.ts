import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { execOk } from '../../util/exec.ts';
import { alone } from '../../util/lock.ts';
import { markUsed } from '../../util/cache.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { quote } from '../../util/quote.ts';
import { Scope } from '../../util/scope.ts';
import { prepareSteps } from '../shared/fixture-scripts.ts';
import { spareFixtures } from '../shared/fixture-plan.ts';
import type { LeaseContext } from '../host.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import { qemuArguments } from './arguments.ts';
import { endingOnError, startMachine } from './machine.ts';
import type { Blueprint, RunningMachine } from './machine.ts';
import { settleScript } from './enter.ts';
import type { Enter } from './enter.ts';

/** A booted, settled and stopped host: a frozen disk and the machine state that belongs to it. */
interface Snapshot {
  disk: string;
  state: string;
}

const Manifest = z.object({ format: z.literal(1), key: z.string(), stateBytes: z.number() });

/**
 * A machine in the state of the snapshot of its shape, running: restored from the cache, or the one that was booted to make the
 * snapshot, which has translated much of its kernel by then. What does not fit exactly has another name and is never used.
 */
export async function startFromSnapshot<T extends AsyncDisposable>(
  blueprint: Blueprint,
  context: LeaseContext,
  enter: Enter<T>,
): Promise<RunningMachine> {
  const key = await snapshotKey(blueprint);
  const directory = join(cacheDirectory(), 'snapshots', key);
  const onWait = (holder: string): void => context.progress(`wait for ${holder}, which makes the same snapshot`);
  const found =
    (await read(directory, key)) ??
    (await alone(
      `snapshot-${key}`,
      { signal: context.signal, onWait },
      async () => (await read(directory, key)) ?? (await make(blueprint, key, directory, context, enter)),
    ));
  await markUsed(directory);
  return 'state' in found ? restore(blueprint, found, context) : found;
}

async function read(directory: string, key: string): Promise<Snapshot | undefined> {
  const snapshot = { disk: join(directory, 'root.qcow2'), state: join(directory, 'state') };
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(join(directory, 'snapshot.json'), 'utf8')));
    const { size } = await stat(snapshot.state);
    await stat(snapshot.disk);
    return manifest.key === key && manifest.stateBytes === size ? snapshot : undefined;
  } catch {
    return undefined;
  }
}

async function snapshotKey(blueprint: Blueprint): Promise<string> {
  const { image, qemu, accelerator } = blueprint;
  const paths = {
    token: '',
    kernel: '',
    initrd: '',
    disk: '',
    canaryDisk: '',
    plainDisk: '',
    qmpSocket: '',
    console: '',
    incoming: false,
  };
  // A rebuilt image has other keys and perhaps other packages under the same name. Under KVM the state holds the CPU's features.
  const parts = [
    [qemu.build, qemu.origin],
    qemuArguments(blueprint, paths),
    image.id,
    // The disk of a snapshot names its image by this path: one in a cache that was copied would read the image of the old place.
    image.disk,
    await readFile(image.knownHosts, 'utf8'),
    settleScript,
    prepareSteps(spareFixtures),
  ];
  if (accelerator === 'kvm') parts.push(cpus()[0]?.model ?? '', release());
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}

async function make<T extends AsyncDisposable>(
  blueprint: Blueprint,
  key: string,
  directory: string,
  context: LeaseContext,
  enter: Enter<T>,
): Promise<RunningMachine> {
  const work = join(cacheDirectory(), 'snapshots', `podproof-${randomBytes(6).toString('hex')}`);
  await using scope = new Scope();
  await ownDirectory(work, scope, context.ledger);
  context.progress('boot the host once for a snapshot: under emulation about a minute');
  const running = await coldBoot(blueprint, join(context.logs, 'console.log'), context);
  return await endingOnError(running, async () => {
    await (await enter(running, 'cold', blueprint))[Symbol.asyncDispose]();
    context.progress('save the snapshot');
    await saveState(running, join(work, 'state'), context.signal);
    await copyFile(running.disk, join(work, 'root.qcow2'));
    await running.qmp.command('cont');
    await chmod(join(work, 'root.qcow2'), 0o400);
    const { size } = await stat(join(work, 'state'));
    await writeFile(join(work, 'snapshot.json'), JSON.stringify({ format: 1, key, stateBytes: size }));
    await rm(directory, { recursive: true, force: true });
    await rename(work, directory);
    return running;
  });
}

/** Boots from the image's own disk. */
export function coldBoot(blueprint: Blueprint, console: string, context: LeaseContext): Promise<RunningMachine> {
  const base = { file: blueprint.image.disk, format: 'raw' as const };
  return startMachine(blueprint, { base, incoming: false, console }, context);
}

async function saveState(running: RunningMachine, file: string, signal: AbortSignal): Promise<void> {
  const { qmp } = running;
  await qmp.command('stop');
  await qmp.command('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  await qmp.command('migrate-set-parameters', { 'max-bandwidth': 8 * 1024 ** 3 });
  const done = qmp.event('save the state of the host', migrationEnded, 120_000, signal);
  done.catch(() => undefined);
  await qmp.command('migrate', { uri: `exec:cat > ${quote(file)}` });
  assertCompleted(await done);
  await execOk(['chmod', '0400', file]);
}

async function restore(blueprint: Blueprint, snapshot: Snapshot, context: LeaseContext): Promise<RunningMachine> {
  const base = { file: snapshot.disk, format: 'qcow2' as const };
  const console = join(context.logs, 'console.log');
  const running = await startMachine(blueprint, { base, incoming: true, console }, context);
  return endingOnError(running, async () => {
    await loadState(running, snapshot, context.signal);
    return running;
  });
}

async function loadState({ qmp }: RunningMachine, snapshot: Snapshot, signal: AbortSignal): Promise<void> {
  await qmp.command('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  const done = qmp.event('load the state of the host', migrationEnded, 60_000, signal);
  done.catch(() => undefined);
  await qmp.command('migrate-incoming', { uri: `exec:cat ${quote(snapshot.state)}` });
  assertCompleted(await done);
  await qmp.command('cont');
}

const Migration = z.object({ status: z.string() });
const migrationEnded = ({ event, data }: { event: string; data?: unknown }): boolean =>
  event === 'MIGRATION' && ['completed', 'failed', 'cancelled'].includes(Migration.safeParse(data).data?.status ?? '');

function assertCompleted({ data }: { data?: unknown }): void {
  const status = Migration.safeParse(data).data?.status;
  if (status !== 'completed') throw new Error(`Cannot move the state of the host: QEMU says ${status}`);
}
