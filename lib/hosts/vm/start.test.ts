import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { assertion, fakeQemu, internalError, type Fault } from '../../testing/fake-qemu.ts';
import { readLedger } from '../shared/ledger.ts';
import { proveAccelerator } from './accelerator.ts';
import type { Enter } from './enter.ts';
import { startHost } from './start.ts';

afterEach(() => vi.unstubAllEnvs());

/** Starts a host where QEMU fails so under KVM, and once more, and says what came of it. */
async function start(
  path: string,
  fault: Fault,
  options: { wantsNested?: boolean; enter?: Enter<AsyncDisposable>; patienceMs?: number } = {},
) {
  const { host, device, environment, context: open, progress } = await fakeQemu(path, fault);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const context = await open();
  const limits = { device, patienceMs: options.patienceMs ?? 400 };
  const ways: string[] = [];
  const enter: Enter<AsyncDisposable> = async (running, how, { accelerator }) => {
    await running.qmp.command('query-status');
    running.child.assertRunning();
    ways.push(`${how} ${accelerator}`);
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  };
  const proof = await proveAccelerator(host, options.wantsNested ?? false, context, limits);
  const started = await startHost(host, proof, context, options.enter ?? enter);
  await started.running[Symbol.asyncDispose]();
  expect(await readLedger()).toEqual([]);
  const again = await proveAccelerator(host, options.wantsNested ?? false, context, limits);
  const second = await startHost(host, again, context, options.enter ?? enter);
  await second.running[Symbol.asyncDispose]();
  return { first: proof, last: started.proof, again, ways, progress };
}

test('a machine that runs under KVM is used so, goes on after it was saved, is restored from its snapshot, and says whether it has nested virtualization', async () => {
  await using place = await temporary();
  const { first, last, ways } = await start(place.path, 'none', { wantsNested: true });
  expect(first).toEqual({
    ...{ accelerator: 'kvm', nested: true },
    reason: 'KVM ran a stock kernel on the machine that hosts get, with nested virtualization',
  });
  expect(last).toEqual(first);
  expect(ways).toEqual(['cold kvm', 'warm kvm', 'warm kvm']);
});

test('a machine that dies at once under KVM is emulated, with a short reason and all that QEMU said', async () => {
  await using place = await temporary();
  const { last, ways } = await start(place.path, 'dies at once');
  expect(last).toEqual({
    ...{ accelerator: 'tcg', nested: true, said: assertion },
    reason: 'full emulation, as under KVM QEMU ended (killed by SIGABRT): an assertion failed in kvm_buf_set_msrs',
  });
  expect(ways).toEqual(['cold tcg', 'warm tcg', 'warm tcg']);
});

test('a machine that says nothing under KVM is emulated', async () => {
  await using place = await temporary();
  const { last, ways } = await start(place.path, 'says nothing');
  expect(last.reason).toBe('full emulation, as under KVM a stock kernel printed nothing in 0.4 s');
  expect(ways).toEqual(['cold tcg', 'warm tcg', 'warm tcg']);
});

test('a machine that QEMU stops under KVM, as for an instruction that it cannot execute, is emulated at once, with what it said and that instruction', async () => {
  await using place = await temporary();
  const { last, ways } = await start(place.path, 'is stopped by an instruction', { patienceMs: 30_000 });
  expect(last).toEqual({
    ...{ accelerator: 'tcg', nested: true, said: `${internalError}\nCode=05 <c4> 42` },
    reason: 'full emulation, as under KVM a stock kernel ended in internal-error',
  });
  expect(ways).toEqual(['cold tcg', 'warm tcg', 'warm tcg']);
});

test('what QEMU stopped under KVM is not tried by the next process, but where somebody asks for it', async () => {
  await using place = await temporary();
  await start(place.path, 'is stopped by an instruction');
  vi.resetModules();
  const next = await import('./accelerator.ts');
  await mkdir(`${place.path}/next`);
  const { host, context: open } = await fakeQemu(`${place.path}/next`, 'none');
  const context = await open();
  const same = { ...host, image: { ...host.image, kernel: join(place.path, 'vmlinuz') } };
  const limits = { device: join(place.path, 'kvm'), patienceMs: 400 };
  const remembered = await next.proveAccelerator(same, false, context, limits);
  expect(remembered).toMatchObject({
    accelerator: 'tcg',
    reason: expect.stringContaining('internal-error'),
    said: expect.stringContaining(internalError),
  });
  vi.resetModules();
  const afresh = await (await import('./accelerator.ts')).proveAccelerator(same, false, context, { ...limits, afresh: true });
  expect(afresh.accelerator).toBe('kvm');
  vi.resetModules();
  expect(await (await import('./accelerator.ts')).proveAccelerator(same, false, context, limits)).toEqual(afresh);
});

test('a machine without nested virtualization runs under KVM where nobody needs it, and is emulated for who does', async () => {
  await using place = await temporary();
  const plain = await start(place.path, 'has no nested virtualization');
  expect(plain.last).toMatchObject({ accelerator: 'kvm', nested: false, reason: expect.stringContaining('without nested') });
  await using other = await temporary();
  const kata = await start(other.path, 'has no nested virtualization', { wantsNested: true });
  expect(kata.last).toEqual({
    ...{ accelerator: 'tcg', nested: true },
    reason: 'full emulation, as KVM gives hosts no nested virtualization here, which Kata needs',
  });
});

test('a machine that dies under KVM after the trial is started under emulation, and so are all after it', async () => {
  await using place = await temporary();
  const dies: Enter<AsyncDisposable> = async (running, _, { accelerator }) => {
    if (accelerator === 'kvm') {
      await running.qmp.command('query-cpu-model-expansion');
      await running.child.ended;
    }
    running.child.assertRunning();
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  };
  const { first, last, again, progress } = await start(place.path, 'dies after its first line', { enter: dies });
  expect(first.accelerator).toBe('kvm');
  expect(last).toEqual({
    ...{ accelerator: 'tcg', nested: true, said: 'qemu-system-x86_64: error: failed to set MSR' },
    reason: 'full emulation, as under KVM the host did not come up: QEMU ended (killed by SIGABRT): error: failed to set MSR',
  });
  expect(again).toEqual(last);
  expect(progress).toContain(`start the host once more: ${last.reason}`);
});

test('a machine that dies while it is restored is booted cold, still under KVM', async () => {
  await using place = await temporary();
  const { last, ways, progress } = await start(place.path, 'dies while it is restored');
  expect(last.accelerator).toBe('kvm');
  expect(ways).toEqual(['cold kvm', 'warm kvm', 'cold kvm']);
  expect(progress.join('\n')).toContain('no snapshot start, boot cold instead');
});

test('a machine that comes up in no way is the error of its last try', async () => {
  await using place = await temporary();
  const never: Enter<AsyncDisposable> = (_, how, { accelerator }) => Promise.reject(new Error(`no ${how} ${accelerator}`));
  await expect(start(place.path, 'none', { enter: never })).rejects.toThrow('no cold tcg');
  expect(await readLedger()).toEqual([]);
});

test('a device that cannot be opened is not tried', async () => {
  await using place = await temporary();
  const { host, environment, context } = await fakeQemu(place.path, 'none');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const proof = await proveAccelerator(host, false, await context(), { device: `${place.path}/none`, patienceMs: 400 });
  expect(proof.reason).toBe(`full emulation, as this machine has no ${place.path}/none`);
});
