import { expect, test } from 'vitest';
import type { prepareHost } from '../hosts/registry.ts';
import type { PlannedCell } from '../model/cell.ts';
import { cell } from '../testing/stage.ts';
import { BlockedError } from '../util/errors.ts';
import { prepareEarly, type EarlyHosts } from './early-hosts.ts';

const kata: PlannedCell = {
  ...cell,
  runtime: { name: 'kata', version: '4.1.0', shim: 'go', vmm: 'qemu', source: { kind: 'path' } },
};
const other: PlannedCell = { ...cell, host: { id: 'debian-12', spec: { kind: 'container', suite: 'bookworm' } } };

/** Prepares early with `prepare`, and remembers for which hosts it was called and what was said. */
function early(cells: PlannedCell[], prepare: typeof prepareHost): { hosts: EarlyHosts; asked: string[]; said: string[] } {
  const asked: string[] = [];
  const said: string[] = [];
  const hosts = prepareEarly(cells, {
    folder: { id: 'run', path: '/nonexistent' },
    signal: new AbortController().signal,
    progress: (text) => said.push(text),
    timeline: { span: (_phase, _name, work) => work() },
    prepare: (id, spec, context, options) => {
      asked.push(id);
      return prepare(id, spec, context, options);
    },
  });
  return { hosts, asked, said };
}

const fails = (error: Error) => (): Promise<never> => Promise.reject(error);

test('only the first host of a plan is prepared before binaries are had, and no other is waited for', async () => {
  const { hosts, asked } = early([cell, other], () => Promise.resolve('an image'));
  await using _ = hosts;
  await hosts.ready('debian-13');
  await hosts.ready('debian-12');
  expect(asked).toEqual(['debian-13']);
});

test('a host with Kata is left to its lease', async () => {
  const { hosts, asked } = early([cell, kata], () => Promise.resolve('an image'));
  await using _ = hosts;
  await hosts.ready('debian-13');
  expect(asked).toEqual([]);
});

test('what blocks a host is passed to whoever leases it, and any other trouble the lease meets itself', async () => {
  await using blocked = early([cell], fails(new BlockedError('Cannot build'))).hosts;
  await expect(blocked.ready('debian-13')).rejects.toThrow('Cannot build');
  await using troubled = early([cell], fails(new Error('no network'))).hosts;
  await expect(troubled.ready('debian-13')).resolves.toBeUndefined();
});

test('what is under way is said once more when the host is waited for, and then no more', async () => {
  let end: (image: string) => void = () => undefined;
  const { hosts, said } = early([cell], (_id, _spec, { progress }) => {
    progress('build the image');
    return new Promise((resolve) => (end = resolve));
  });
  await using _ = hosts;
  while (said.length === 0) await new Promise(setImmediate);
  const waited = hosts.ready('debian-13');
  expect(said).toEqual(['build the image', 'build the image']);
  end('an image');
  await waited;
  await hosts.ready('debian-13');
  expect(said).toHaveLength(2);
});

test('what is under way when no host is needed any more is ended', async () => {
  let ended: unknown;
  let begun = (): void => undefined;
  const underWay = new Promise<void>((resolve) => (begun = resolve));
  const { hosts } = early([cell], (_id, _spec, { signal }) => {
    begun();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject((ended = signal.reason))));
  });
  await underWay;
  await hosts[Symbol.asyncDispose]();
  expect(ended).toMatchObject({ message: 'no host is needed any more' });
});
