import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { stoppedMachines } from './stopped-machines.ts';

afterEach(() => vi.unstubAllEnvs());

const stop = {
  why: 'under KVM a stock kernel ended in internal-error',
  said: 'KVM internal error. Suberror: 1',
};

test('a machine that was stopped is known by the next process, and no other machine is', async () => {
  await using place = await temporary();
  vi.stubEnv('XDG_CACHE_HOME', place.path);
  const device = join(place.path, 'kvm');
  await writeFile(device, '');
  await stoppedMachines('one', device).keep(stop);
  expect(await stoppedMachines('one', device).find()).toEqual(stop);
  expect(await stoppedMachines('another', device).find()).toBeUndefined();
  await stoppedMachines('one', device).forget();
  expect(await stoppedMachines('one', device).find()).toBeUndefined();
});

test('a device that was made anew is tried, and so is one whose note is damaged or cannot be kept', async () => {
  await using place = await temporary();
  vi.stubEnv('XDG_CACHE_HOME', place.path);
  const device = join(place.path, 'kvm');
  await writeFile(device, '');
  const one = stoppedMachines('one', device);
  await one.keep(stop);
  await writeFile(`${device}.new`, '');
  await rm(device);
  expect(await one.find()).toBeUndefined();
  await writeFile(device, '');
  expect(await one.find()).toBeUndefined();
  await one.keep(stop);
  const notes = join(place.path, 'podproof/stopped-machines');
  for (const name of await readdir(notes)) await writeFile(join(notes, name), '{"of": ');
  expect(await one.find()).toBeUndefined();
  await rm(notes, { recursive: true });
  await writeFile(notes, 'no directory');
  await one.keep(stop);
  expect(await one.find()).toBeUndefined();
});
