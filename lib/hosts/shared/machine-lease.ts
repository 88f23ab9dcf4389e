import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { hostKindFacts, type HostSpec } from '../facts.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { lock } from '../../util/lock.ts';
import { waitFor } from '../../util/wait.ts';
import { grant, Ledgered, type Capacity, type Claim, type Need } from './budget.ts';
import { identify, isRunning } from './process-identity.ts';

/** What podproof may take: an eighth of the memory is left to the machine. A container's limit counts as its machine's. */
export function capacityOfMachine(): Capacity {
  const limit = process.constrainedMemory?.() ?? 0;
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { memoryMiB: Math.floor((bytes / 1024 ** 2) * (7 / 8)), cpus: availableParallelism() };
}

/** Whether one process can hold hosts of these kinds at once. */
export function fitTogether(specs: readonly HostSpec[], capacity = capacityOfMachine()): boolean {
  const needs = specs.map((spec) => hostKindFacts(spec).claim(spec));
  const names = needs.flatMap(({ exclusive }) => exclusive);
  const total = (what: 'memoryMiB' | 'cpus'): number => needs.reduce((sum, need) => sum + need[what], 0);
  return total('memoryMiB') <= capacity.memoryMiB && total('cpus') <= capacity.cpus && new Set(names).size === names.length;
}

export interface MachineLeaseOptions {
  /** For people: the run and the host. */
  title: string;
  signal: AbortSignal;
  /** Hears once, when there is something to wait for. */
  onWait: (why: string) => void;
  capacity?: Capacity;
}

/** Takes a share of this machine, or waits for it. What processes held that have ended is free. */
export async function leaseMachine(need: Need, options: MachineLeaseOptions): Promise<AsyncDisposable> {
  const owner = await identify(process.pid);
  if (owner === undefined) throw new Error('Cannot lease this machine: /proc/self/stat has no start time; mount /proc');
  const claim: Claim = { ...need, id: randomUUID(), owner, title: options.title };
  const capacity = options.capacity ?? capacityOfMachine();
  const release = (): Promise<unknown> =>
    update(capacity, ({ held, waiting }) => ({ held: held.filter(others), waiting: waiting.filter(others) }));
  const others = ({ id }: Claim): boolean => id !== claim.id;
  try {
    const first = await update(capacity, ({ held, waiting }) => ({ held, waiting: [...waiting, claim] }));
    if (first.waiting.some(({ id }) => id === claim.id)) {
      options.onWait(`wait for ${first.held.map(({ owner, title }) => `process ${owner.pid} (${title})`).join(', ')}`);
      const name = `have ${need.cpus} CPUs, ${need.memoryMiB} MiB and ${need.exclusive.join(', ') || 'no device'} for ${options.title}`;
      await waitFor({ name, timeoutMs: 24 * 3_600_000, intervalMs: 500, signal: options.signal }, async () => {
        const now = await update(capacity, (state) => state);
        return now.held.some(({ id }) => id === claim.id) ? true : undefined;
      });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { [Symbol.asyncDispose]: async () => void (await release()) };
}

/** Changes the claims of this machine's user under a lock, and grants what is free then. */
async function update(capacity: Capacity, change: (state: Ledgered) => Ledgered): Promise<Ledgered> {
  const directory = runtimeDirectory();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await using _ = await lock(join(directory, 'machine.lock'));
  const file = join(directory, 'machine.json');
  const state = change(await living(await read(file)));
  const granted = grant(state, capacity);
  await writeFile(`${file}.new`, JSON.stringify(granted), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return granted;
}

/** A file that cannot be read is one of another version, or torn by a full disk: nobody can rely on it. */
async function read(file: string): Promise<Ledgered> {
  try {
    return Ledgered.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { held: [], waiting: [] };
  }
}

async function living({ held, waiting }: Ledgered): Promise<Ledgered> {
  const alive = async (claims: Claim[]): Promise<Claim[]> => {
    const running = await Promise.all(claims.map(({ owner }) => isRunning(owner)));
    return claims.filter((_, index) => running[index]);
  };
  return { held: await alive(held), waiting: await alive(waiting) };
}
