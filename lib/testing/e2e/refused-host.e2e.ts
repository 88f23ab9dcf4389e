import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Document } from '../../model/document.ts';
import { listen } from '../../util/listen.ts';
import { fakeFleet, only } from './fake-fleet.ts';
import { forFile } from './for-file.ts';
import { documentOf } from './podproof.ts';

const fleet = await forFile(fakeFleet());
/** Accepts connections, and its sshd never says a word. */
const silent = await forFile(listen(createServer()));
let document: Document;
let ended: { exitCode?: number | undefined; stderr: string };

beforeAll(async () => {
  const closed = await listen(createServer());
  await closed[Symbol.asyncDispose]();
  const ports = { refused: closed.port, silent: silent.port };
  const configFile = join(fleet.directory, 'ssh_config');
  const sections = Object.entries(ports).map(([alias, port]) => `Host ${alias}\n  HostName 127.0.0.1\n  Port ${port}\n`);
  await writeFile(configFile, sections.join(''));
  const ssh = (destination: string) => ({ kind: 'ssh' as const, destination, configFile, disposable: true });
  await fleet.join({ refused: ssh('refused'), silent: ssh('silent') });
  ended = await fleet.podproof('one', [
    'run',
    '--profile',
    'all',
    '--only',
    `engine=containerd@1.7.24 runtime=runc host=even,refused,silent ${only}`,
  ]);
  document = await documentOf(fleet.latest('one'));
});

const reasons = {
  refused:
    /^Cannot log in to ssh host refused \(refused\): ssh ended \(exit code 255\): .*port \d+: Connection refused; make this work without a question: ssh -F \S+ refused true$/,
  silent:
    /^Cannot log in to ssh host silent \(silent\): ssh ended \(exit code 255\): .*timed out.*; make this work without a question: /i,
};
test.for(Object.entries(reasons))(
  'the cells of a host whose ssh is %s are blocked, with the last words of ssh',
  ([host, reason]) => {
    const cells = document.cells.filter((cell) => cell.host === host);
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) {
      expect(cell.verdict).toBe('blocked');
      expect(cell.reason).toMatch(reason);
    }
  },
);

test('those of another host are judged', () => {
  const cells = document.cells.filter((cell) => cell.host === 'even');
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.map(({ verdict }) => verdict)).toEqual(cells.map(() => 'pass'));
});

test('the run is complete, says each sentence, and exits with 75', () => {
  expect(document.run.complete).toBe(true);
  expect(ended.exitCode).toBe(75);
  for (const host of Object.keys(reasons)) expect(ended.stderr).toContain(`Cannot log in to ssh host ${host}`);
});
