import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BlockedError } from '../../util/errors.ts';
import { assertFit, reasonMissing } from './assert-fit.ts';
import { parsePreflight, questionOf, readPreflight } from './preflight.ts';
import { problemsOf } from './preflight-problems.ts';
import { kernelFeatures, type HostNeeds } from '../needs.ts';
import { connectRemote } from './remote.ts';

const needs: HostNeeds = { memoryMiB: 192, stateMiB: 128, features: ['bridge', 'vhost_vsock'] };
const asked = questionOf(needs, { disks: [1, 2] });

/** What a Debian 13 says that is reached by ssh and has all that is needed. */
const fit = [
  'write:/run=',
  'mount:/run=/run',
  'free:/run=152342 4096',
  'write:/var/lib/podproof=',
  'mount:/var/lib/podproof=/',
  'free:/var/lib/podproof=1433519 4096',
  'write:/tmp=',
  'mount:/tmp=/tmp',
  'free:/tmp=381010 4096',
  'memory=2742604',
  'feature:overlay=yes',
  'feature:fuse=yes',
  'feature:loop=yes',
  'feature:bridge=yes',
  'feature:vhost_vsock=yes',
];

/** Those lines with some others in their place. */
function answers(...changed: string[]): string {
  const keyOf = (line: string): string => line.slice(0, line.indexOf('='));
  const lines = new Map([...fit, ...changed].map((line) => [keyOf(line), line]));
  return [...lines.values(), ''].join('\n');
}

/** Asks a host that answers so, and returns its refusal. */
async function refusal(text: string, exitCode = 0): Promise<BlockedError> {
  const script = `cat <<'END'\n${text}\nEND\necho 'ssh: connect to host metal port 22: No route to host' >&2; exit ${exitCode}`;
  const error = await assertFit(
    'ssh host metal (metal-1)',
    connectRemote({ prefix: ['sh', '-c', script], quoting: 'none' }),
    needs,
    {
      disks: [1, 2],
    },
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BlockedError);
  return error as BlockedError;
}

test('a host that has what the plan needs has no problem and lacks nothing', () => {
  const preflight = parsePreflight(answers(), asked);
  expect(problemsOf(preflight, asked)).toEqual([]);
  expect(preflight.missingFeatures).toEqual({});
});

const fullRun = [
  "write:/run=dd: error writing '/run/.podproof-XyZ123': No space left on device",
  'mount:/run=/run',
  'free:/run=0 4096',
];
const readOnly = [
  "write:/var/lib/podproof=mktemp: failed to create file via template '/var/lib/.podproof-XXXXXX': Read-only file system",
  "write:/tmp=mktemp: failed to create file via template '/tmp/.podproof-XXXXXX': Read-only file system",
  'mount:/tmp=/',
];

const unfit: Array<{ what: string; says: string; changed: string[]; helps: string }> = [
  {
    what: 'a full /run is reported with its number and who needs more',
    changed: fullRun,
    says: 'the file system at /run has 0 MiB free and takes 48: 48 for sockets, fixtures and loop disks in /run',
    helps: 'make room there: du -xh /run | sort -h | tail',
  },
  {
    what: 'directories of one file system share its room',
    changed: ['mount:/tmp=/', 'free:/tmp=33280 4096', 'free:/var/lib/podproof=33280 4096'],
    says: 'the file system at / has 130 MiB free and takes 132: 128 for binaries and the state of engines in /var/lib/podproof, 4 for the temporary mounts of engines in /tmp',
    helps: 'make room there: du -xh / | sort -h | tail',
  },
  {
    what: 'a file system without an inode is distinguished from a full one',
    changed: ["write:/run=mktemp: failed to create file via template '/run/.podproof-XXXXXX': No space left on device"],
    says: 'the file system at /run takes no file: it has 595 MiB free, but no inode',
    helps: 'make room there: du -xh /run | sort -h | tail',
  },
  {
    what: 'a read-only root is one sentence, whatever is written there',
    changed: readOnly,
    says: 'the file system at / is read-only, and podproof writes /var/lib/podproof, /tmp',
    helps: 'see why in its kernel log (dmesg), then mount -o remount,rw /',
  },
  {
    what: 'another refusal is reported in the words of the host',
    changed: ["write:/tmp=mktemp: failed to create file via template '/tmp/.podproof-XXXXXX': Permission denied"],
    says: '/tmp cannot be written: Permission denied',
    helps: 'make /tmp writable for root there',
  },
  {
    what: 'memory that is taken is reported with both numbers',
    changed: ['memory=51200'],
    says: 'it has 50 MiB of memory available, and engines and pods of this plan take 192',
    helps: 'end what takes it there (ps -eo rss,args --sort -rss | head), or give the host more ("memoryMiB" of a vm)',
  },
  {
    what: 'a module without which nothing runs is reported with the words of modprobe',
    changed: ['feature:overlay=no modprobe: FATAL: Module overlay not found in directory /lib/modules/6.12.0'],
    says: 'its kernel has no overlay (modprobe: FATAL: Module overlay not found in directory /lib/modules/6.12.0)',
    helps: 'modprobe -a overlay on its machine, and look for what forbids it: grep -rw overlay /etc/modprobe.d /run/modprobe.d',
  },
];
test.for(unfit)('$what', async ({ changed, says, helps }) => {
  const { message, remedy } = await refusal(answers(...changed));
  expect(message).toBe(`Cannot use ssh host metal (metal-1): ${says}`);
  expect(remedy).toBe(helps);
});

test('all that is wrong is reported at once', async () => {
  const { message } = await refusal(answers(...fullRun, ...readOnly, 'memory=0'));
  expect(message).toMatch(/\/run has 0 MiB free.*; the file system at \/ is read-only.*; it has 0 MiB of memory available/);
});

test('a host that does not answer is reported with its last words', async () => {
  expect((await refusal('', 255)).message).toBe(
    'Cannot use ssh host metal (metal-1): it does not say whether it is fit: ssh: connect to host metal port 22: No route to host',
  );
});

test('a module that only some cells need costs those cells alone', async () => {
  const text = answers("feature:vhost_vsock=no modprobe: ERROR: could not insert 'vhost_vsock': Invalid argument");
  const remote = connectRemote({ prefix: ['sh', '-c', `cat <<'END'\n${text}\nEND`], quoting: 'none' });
  const missingFeatures = await assertFit('host metal', remote, needs, { disks: [1, 2] });
  const host = { id: 'metal', missingFeatures };
  expect(reasonMissing(host, ['bridge'])).toBeUndefined();
  const why = reasonMissing(host, ['bridge', 'vhost_vsock']);
  expect(why?.message).toBe(
    "The kernel of host metal has no vhost_vsock (modprobe: ERROR: could not insert 'vhost_vsock': Invalid argument)",
  );
  expect(why?.remedy).toMatch(/^modprobe -a vhost_vsock on its machine/);
});

test('a machine of ours needs no loop devices, and a place for the mount points of binaries', () => {
  const ours = questionOf(needs, { disks: 'spare' });
  expect(ours.ofAll).not.toContain('loop');
  expect(ours.places.map(({ path }) => path)).toContain('/opt/podproof');
});

test.for(fit.map((line) => line.slice(0, line.indexOf('='))))('a missing %s is an error that names it', (key) => {
  const text = fit.filter((line) => !line.startsWith(`${key}=`)).join('\n');
  expect(() => parsePreflight(text, asked)).toThrow(key.replace(/^(write|mount|free):/, ''));
});

test.for([
  'free:/run=-1 4096',
  'free:/run=1e9 4096',
  'mount:/run=',
  'memory=much',
  'feature:overlay=maybe',
  'feature:fuse=yes yes',
])('an answer that none of our scripts gives is refused: %s', (line) => {
  expect(() => parsePreflight(answers(line), asked)).toThrow(/^Cannot read how fit the host is: /);
});

test('no output makes the parser do anything but return or throw an Error that says what it read', () => {
  const line = fc.oneof(
    fc.constantFrom(...fit),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom(...fit), fc.string()).map((two) => two.join('')),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        problemsOf(parsePreflight(lines.join('\n'), asked), asked);
      } catch (error) {
        expect(String(error)).toMatch(/^Error: Cannot read how fit the host is: /);
      }
    }),
  );
});

test('the script looks at this machine, and leaves nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'podproof-preflight-'));
  await mkdir(join(directory, "it's here"));
  const places = [join(directory, "it's here"), join(directory, 'not/yet'), '/proc/none'].map((path) => ({
    path,
    needMiB: 0,
    for: 'a test',
  }));
  const here = connectRemote({ prefix: [], quoting: 'none' });
  const question = { places, memoryMiB: 0, ofAll: [], ofSome: [] };
  const preflight = await readPreflight('this machine', here, question);
  expect(preflight.memoryMiB).toBeGreaterThan(0);
  expect(preflight.places.map(({ refusal: why }) => why === '')).toEqual([true, true, false]);
  expect(problemsOf(preflight, question).map(({ found }) => found)).toEqual([
    expect.stringMatching(/^\/proc\/none cannot be written: /),
  ]);
  expect(await readdir(directory, { recursive: true })).toEqual(["it's here"]);
  await rm(directory, { recursive: true });
});

test.for(kernelFeatures)('the script knows how %s is seen', (feature) => {
  const script = readFileSync(new URL('preflight.sh', import.meta.url), 'utf8');
  const [, cases = ''] = /^there\(\) \{\n(.*?)^\}/ms.exec(script) ?? [];
  expect(cases).toMatch(new RegExp(`^  (\\w+ \\| )*${feature}( \\| \\w+)*\\) `, 'm'));
});
