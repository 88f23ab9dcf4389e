import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { hostKindFacts, type HostSpec } from '../facts.ts';
import { VmHost } from '../vm/facts.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { Ledgered, type Need } from './budget.ts';
import { fitTogether, leaseMachine } from './machine-lease.ts';

afterEach(() => void vi.unstubAllEnvs());

const capacity = { memoryMiB: 8_000, cpus: 2 };
const need: Need = { memoryMiB: 3_000, cpus: 2, exclusive: [] };

async function place(): Promise<AsyncDisposable> {
  const directory = await temporary();
  vi.stubEnv('XDG_RUNTIME_DIR', directory.path);
  await mkdir(runtimeDirectory(), { recursive: true });
  return directory;
}

const claims = async (): Promise<Ledgered> =>
  Ledgered.parse(JSON.parse(await readFile(join(runtimeDirectory(), 'machine.json'), 'utf8')));

const needOf = (spec: HostSpec): Need => hostKindFacts(spec).claim(spec);

const unheard: (why: string) => void = () => undefined;

function lease(title: string, change: Partial<Need> = {}, signal = new AbortController().signal, onWait = unheard) {
  return leaseMachine({ ...need, ...change }, { title, signal, onWait, capacity });
}

describe('a share of this machine', () => {
  it('is written down while it is held, and no longer', async () => {
    await using _ = await place();
    const held = await lease('run-1: debian-13');
    expect(await claims()).toMatchObject({ held: [{ title: 'run-1: debian-13', owner: { pid: process.pid } }], waiting: [] });
    await held[Symbol.asyncDispose]();
    expect(await claims()).toEqual({ held: [], waiting: [] });
  });

  it('is waited for until the one before it ends, with a word on who holds it', async () => {
    await using _ = await place();
    const first = await lease('first');
    const told: string[] = [];
    let release: Promise<void> | undefined;
    await using _second = await lease('second', {}, undefined, (why) => {
      told.push(why);
      release = Promise.resolve(first[Symbol.asyncDispose]());
    });
    await release;
    expect(told).toEqual([`wait for process ${process.pid} (first)`]);
    expect((await claims()).held.map(({ title }) => title)).toEqual(['second']);
  });

  it('of a process that has ended is free', async () => {
    await using _ = await place();
    const dead = { ...need, id: 'x', title: 'killed', owner: { pid: process.pid, start: '1', boot: 'another boot' } };
    await writeFile(join(runtimeDirectory(), 'machine.json'), JSON.stringify({ held: [dead], waiting: [dead] }));
    await using _held = await lease('mine');
    expect((await claims()).held.map(({ title }) => title)).toEqual(['mine']);
  });

  it('is not kept in line by a wait that was interrupted', async () => {
    await using _ = await place();
    await using _first = await lease('first');
    const abort = new AbortController();
    const second = lease('second', {}, abort.signal, () => abort.abort(new Error('interrupted')));
    await expect(second).rejects.toThrow('interrupted');
    expect((await claims()).waiting).toEqual([]);
  });

  it.each(['', 'null', '{"held":[{}]}', '\u0000'])('is had although the file of claims is %j', async (text) => {
    await using _ = await place();
    await writeFile(join(runtimeDirectory(), 'machine.json'), text);
    await using _held = await lease('mine');
    expect((await claims()).held).toHaveLength(1);
  });
});

describe('what a host takes', () => {
  it('is memory and CPUs for a virtual machine, and the kernel and devices of this machine for those that share them', () => {
    const vm = VmHost.parse({ kind: 'vm', suite: 'trixie' });
    expect(needOf(vm)).toEqual({ memoryMiB: 3456, cpus: 2, exclusive: [] });
    expect(needOf({ kind: 'container', suite: 'trixie' }).exclusive).toEqual(
      needOf({ kind: 'local', disposable: true }).exclusive,
    );
    expect(needOf({ kind: 'ssh', destination: 'root@metal-1', disposable: true }).exclusive).toEqual(['ssh root@metal-1']);
  });

  it('decides which hosts one process holds at once', () => {
    const vm = VmHost.parse({ kind: 'vm', suite: 'trixie' });
    const metal = { kind: 'ssh', destination: 'root@metal-1', disposable: true } as const;
    const machine = { memoryMiB: 16_000, cpus: 4 };
    expect(fitTogether([vm, vm, metal], machine)).toBe(true);
    expect(fitTogether([vm, vm, vm], machine)).toBe(false);
    expect(fitTogether([metal, metal], machine)).toBe(false);
    expect(fitTogether([vm, vm], { ...machine, memoryMiB: 4_000 })).toBe(false);
  });
});
