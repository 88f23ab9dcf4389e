import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CriError } from '../cri/error.ts';
import type { Remote } from '../hosts/host.ts';
import type { HostFacts } from '../model/host-facts.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { PodScenario } from '../suite/scenario.ts';
import { cell, kataCell } from '../testing/evidence.ts';
import { fakeHostFacts } from '../testing/fake-host/facts.ts';
import { temporary } from '../testing/temporary.ts';
import { exec } from '../util/exec.ts';
import { endingLostGuest, mayLoseGuest } from './lost-guest.ts';

const id = 'ab'.repeat(32);
const limits = { everyMs: 1, aloneMs: 0 };
const closedKvm = { hostState: { kvm: { owner: 'root:root', mode: '0600' } } } as const;
const closed = new CriError('RunPodSandbox', 'UNKNOWN', 'ttrpc: closed');

/** Guests of which none has booted yet, and such as take no time. */
const unknown = { add: () => undefined, patienceMs: () => undefined };
const quick = { ...unknown, patienceMs: () => 0 };

/** A host whose shims are listed so, one answer after the other and the last for ever; and what became of it. */
function host(...answers: string[]): { exec: Remote['exec']; over: Promise<string> } {
  const told = new EventEmitter();
  return {
    over: once(told, 'over').then(String),
    exec: (argv) => {
      const [, , , , ...ended] = argv;
      const [stdout = ''] = answers.length > 1 ? answers.splice(0, 1) : answers;
      if (ended.length > 0) told.emit('over', `ended ${ended.join(' ')}`);
      else if (answers.length === 1 && stdout === answers[0]) setImmediate(() => told.emit('over', 'none ended'));
      return Promise.resolve({ argv, exitCode: 0, stdout, stderr: '', timedOut: false, durationMs: 0, failure: '' });
    },
  };
}

it.for<[string, boolean, Partial<PodScenario>]>([
  ['a pod in a guest', true, {}],
  ['a pod in a guest that may not have KVM, of which is asked what its shim says', false, closedKvm],
])('%s is watched where KVM is emulated: %j, and nowhere else', ([, watched, change]) => {
  const scenario: PodScenario = { id: 'plain', title: 'pod', pod: {}, ...change };
  const on = (accelerator: HostFacts['accelerator'], { runtime }: CellFacts): boolean =>
    mayLoseGuest({ facts: { ...kataCell, runtime, facts: { ...fakeHostFacts, accelerator } }, handlers: {} }, scenario);
  expect([on('tcg', kataCell), on('kvm', kataCell), on('none', kataCell), on('tcg', cell)]).toEqual([
    watched,
    false,
    false,
    false,
  ]);
});

it.for<[string, string[], string]>([
  ['whose VMM is gone is ended', ['', `7 ${id} 3\n`, `7 ${id} 0\n`], `ended 7 ${id.slice(0, 16)}`],
  ['that has its VMM is left alone', ['', `7 ${id} 3\n`], 'none ended'],
  ['that had no VMM yet is left alone', ['', `7 ${id} 0\n`], 'none ended'],
  ['that was there before is left alone', [`7 ${id} 3\n`, `7 ${id} 0\n`], 'none ended'],
  ['that is not of a sandbox is left alone', ['', '7  3\n', '7  0\n'], 'none ended'],
])('a shim %s', async ([, answers, expected]) => {
  const { over, exec: asked } = host(...answers);
  expect(await endingLostGuest({ exec: asked }, unknown, () => over, limits)).toBe(expected);
});

it.for<[string, string[], string]>([
  ['is ended with its VMM', ['', `7 ${id} 3\n`], `ended 7 ${id.slice(0, 16)}`],
  ['is left alone where it was there before', [`7 ${id} 3\n`, `7 ${id} 3\n`], 'none ended'],
])('a shim whose guest is silent longer than others took to boot %s', async ([, answers, expected]) => {
  const { over, exec: asked } = host(...answers);
  expect(await endingLostGuest({ exec: asked }, quick, () => over, limits)).toBe(expected);
});

it('a shim whose guest has answered is left alone, and how long that took is remembered', async () => {
  const boots: number[] = [];
  const guests = { add: (ms: number) => boots.push(ms), patienceMs: () => 0 };
  const { over, exec: asked } = host('', `7 ${id} 3\n`);
  const launch = (answered: () => void): Promise<string> => {
    answered();
    return over;
  };
  expect(await endingLostGuest({ exec: asked }, guests, launch, limits)).toBe('none ended');
  expect(boots).toEqual([expect.any(Number)]);
});

it.for([
  ['VMM was gone', unknown, 0],
  ['guest was silent', quick, 3],
] as const)('a pod whose shim was ended says why, in the call that it cost: its %s', async ([words, guests, others]) => {
  const { over, exec: asked } = host('', `7 ${id} 3\n`, `7 ${id} ${others}\n`);
  const launch = (): Promise<never> => over.then(() => Promise.reject(closed));
  await expect(endingLostGuest({ exec: asked }, guests, launch, limits)).rejects.toMatchObject({
    call: 'RunPodSandbox',
    raw: `ttrpc: closed; its ${words} for 0 s, and podproof ended the shim 7 that waited on`,
  });
});

it('a failure that no lost guest is behind stays what it is, also where the host does not answer', async () => {
  const launch = (): Promise<never> => Promise.reject(closed);
  await expect(endingLostGuest(host(''), unknown, launch, limits)).rejects.toBe(closed);
  const silent = { exec: () => Promise.reject(new Error('the host is gone')) };
  await expect(endingLostGuest(silent, unknown, launch, limits)).rejects.toBe(closed);
});

it.for([
  ['alone', unknown],
  ['with its VMM', quick],
] as const)('a shim is found among real processes, and ended %s', async ([how, guests]) => {
  await using place = await temporary();
  const started: Array<{ child: ChildProcess; exited: Promise<unknown> }> = [];
  const start = async (program: string, ...words: string[]): Promise<ChildProcess> => {
    const path = join(place.path, program);
    await symlink('/bin/sh', path);
    const child = spawn(path, ['-c', 'echo; read -r line', ...words], { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push({ child, exited: once(child, 'exit') });
    await once(child.stdout, 'data');
    return child;
  };
  const own = randomBytes(32).toString('hex');
  const listed = new EventEmitter();
  // Nothing but what this test starts is listed, and so nothing else ended.
  const ours: Remote['exec'] = async (argv, options) => {
    const answer = await exec(argv, options);
    const stdout = answer.stdout.replaceAll(new RegExp(`^(?!\\d+ ${own} ).*\n`, 'gm'), '');
    listed.emit(stdout.trim().split(' ').slice(2).join(' '));
    return { ...answer, stdout };
  };
  try {
    const launch = async (): Promise<void> => {
      await once(listed, '');
      const vmm = await start('vmm', '-name', `sandbox-${own.slice(0, 32)}`);
      const accompanied = once(listed, '1');
      await start('containerd-shim', '-id', own);
      if (how === 'alone') {
        await accompanied;
        vmm.stdin?.end();
      }
      await Promise.all(started.map(({ exited }) => exited));
    };
    await endingLostGuest({ exec: ours }, guests, launch, limits);
    expect(started.map(({ child }) => child.signalCode)).toEqual([how === 'alone' ? null : 'SIGKILL', 'SIGKILL']);
  } finally {
    for (const { child } of started) child.kill('SIGKILL');
  }
});
