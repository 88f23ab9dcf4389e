import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../serving.ts';
import { craftElf, craftTar } from '../artifacts.ts';
import type { Document } from '../../model/document.ts';
import { cacheDirectory, packageRoot } from '../../util/paths.ts';
import { forFile } from './for-file.ts';
import { documentOf, podproof } from './podproof.ts';
import { temporary } from '../temporary.ts';

const { path: place } = await forFile(temporary());
/** Only root can have a small disk of its own here; for others a full disk is tested without a host (artifact/disk.test.ts). */
const asRoot = process.getuid?.() === 0;
const good = 'debian-13/containerd-1.7.24/runc-1.1.15';
const program = { path: 'bin/runc', content: '#!/bin/sh\n' };
const whole = gzipSync(craftTar([{ ...program, content: 'x'.repeat(50_000) }]), { level: 0 });
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/** One version of runc each: what it is, and what the report says of its cell. */
interface Case {
  version: string;
  source: (place: string, server: string) => Record<string, string>;
  archive?: Buffer;
  says: RegExp;
}

const inArchive = (version: string, members: Parameters<typeof craftTar>[0], says: RegExp): Case => ({
  version,
  archive: craftTar(members),
  source: (place) => ({ kind: 'path', path: join(place, `runc-${version}.tar`) }),
  says,
});

const cases: Record<string, Case> = {
  'a wrong checksum': {
    version: '9.0.1',
    source: (_, server) => ({ kind: 'release', url: `${server}/whole.tar.gz`, sha256: 'a'.repeat(64) }),
    says: /^Cannot have the release of runc 9\.0\.1: http\S+\/whole\.tar\.gz has the sha256 [0-9a-f]{64}, not a{64}; do not use this file/,
  },
  'a truncated tarball': {
    version: '9.0.2',
    source: (_, server) => ({ kind: 'release', url: `${server}/cut.tar.gz` }),
    says: /^Cannot read the archive \S+cut\.tar\.gz: .*(unexpected end of file|Unexpected EOF).*; get the archive again/,
  },
  'a file that is not there': {
    version: '9.0.3',
    source: (_, server) => ({ kind: 'release', url: `${server}/absent.tar.gz`, sha256: 'b'.repeat(64) }),
    says: /absent\.tar\.gz answers 404 Not Found; run podproof fetch on a connected machine/,
  },
  'a member that climbs out': inArchive(
    '9.0.4',
    [program, { path: '../../../outside/hit', content: 'hit' }],
    /^Cannot unpack the archive .*: "\.\.\/\.\.\/\.\.\/outside\/hit" is absolute, leaves the prefix/,
  ),
  'an absolute link': inArchive(
    '9.0.5',
    [program, { path: 'lib', type: '2', target: '/etc' }, { path: 'lib/podproof-hit', content: 'hit' }],
    /^Cannot unpack the archive .*: "lib\/podproof-hit" lies below "lib", which is no directory/,
  ),
  'a link that leaves the prefix': inArchive(
    '9.0.6',
    [program, { path: 'lib', type: '2', target: '/etc/passwd' }],
    /^Cannot unpack the archive .*: the link "lib" to "\/etc\/passwd" leaves the prefix/,
  ),
  'a device node': inArchive(
    '9.0.7',
    [program, { path: 'dev/sda', type: '4' }],
    /^Cannot unpack the archive .*: "dev\/sda" is a block device/,
  ),
  'a program for another architecture': inArchive(
    '9.0.8',
    [{ path: 'bin/runc', content: craftElf({ machine: 0xb7 }) }],
    /^runc 9\.0\.8: runc is built for aarch64, the host is x86_64$/,
  ),
  'a program that needs a newer libc': inArchive(
    '9.0.9',
    [{ path: 'bin/runc', content: craftElf({ libraries: ['libc.so.6'], versions: ['GLIBC_2.99'] }) }],
    /^runc 9\.0\.9: runc needs glibc 2\.99, the host has 2\.\d+$/,
  ),
  ...(asRoot
    ? {
        'a disk that is full': inArchive(
          '9.0.10',
          [{ path: 'bin/runc', content: Buffer.alloc(150 * 1024 ** 2) }],
          /^Cannot keep \S+runc-9\.0\.10\.tar in \S+: it has 150 MiB, and \d+ MiB are free; make room there/,
        ),
      }
    : {}),
};

/**
 * Runs the command line; as root with a small disk in the place of the cached artifacts, in a mount namespace of its own. The emulator
 * that was fetched is seen there too: without it the host would be booted anew, by the one that is installed.
 */
function onSmallDisk(place: string, args: string[]) {
  if (!asRoot) return podproof(args);
  const script = `
    mount -t tmpfs -o size=260m podproof-small "$1"
    cp -a "$2"/artifacts/containerd-1.7.24-* "$2"/artifacts/runc-1.1.15-* "$1"
    for qemu in "$2"/artifacts/qemu-*; do
      [ -d "$qemu" ] || continue
      mkdir "$1/\${qemu##*/}"
      mount --bind "$qemu" "$1/\${qemu##*/}"
    done
    mount --rbind "$1" "$2"/artifacts
    small=$1 kept=$3
    shift 3
    code=0
    "$@" || code=$?
    ls "$small" >"$kept"
    exit $code`;
  const command = ['sh', '-euc', script, 'sh', join(place, 'small'), cacheDirectory(), join(place, 'results/kept')];
  return execa('unshare', ['--mount', ...command, 'node', join(packageRoot, 'lib/bin.mjs'), ...args], {
    reject: false,
    stdin: 'ignore',
  });
}

/** Every path below `directory` but for what is the run's own to write. */
async function listing(directory: string): Promise<string[]> {
  return (await readdir(directory, { recursive: true })).filter((path) => !/^(results|small)(\/|$)/.test(path)).sort();
}

/** Names in /etc, but for those that come and go with the accounts that another test makes meanwhile. */
async function namesInEtc(): Promise<string[]> {
  return (await readdir('/etc')).filter(
    (name) => !/^((passwd|group|shadow|gshadow|subuid|subgid)[-+.].*|\.pwd\.lock)$/.test(name),
  );
}

/** What the cache has of the cases: two of them are sound but for the host, and one is a whole file that is no archive. */
async function ofCases(): Promise<string[]> {
  const folders = ['artifacts', 'disks', 'downloads'].map((name) => join(cacheDirectory(), name));
  const names = await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))));
  return names.flat().filter((path) => /\/runc-9\.0\.\d+-[^/]+$|-(whole|cut|absent)\.tar\.gz$/.test(path));
}

describe('artifacts that are broken or hostile, as runtimes of one run on a real host', () => {
  let document: Document;
  let exitCode: number | undefined;
  let before: string[];
  const etc: string[][] = [];

  beforeAll(async () => {
    for (const directory of ['outside', 'small', 'results']) await mkdir(join(place, directory));
    await writeFile(join(place, 'outside/canary'), 'untouched');
    for (const { version, archive } of Object.values(cases))
      if (archive !== undefined) await writeFile(join(place, `runc-${version}.tar`), archive);
    const cut = whole.subarray(0, 20_000);
    await using server = await serve((request, response) => {
      const url = request.url ?? '';
      if (url.endsWith('/whole.tar.gz')) response.end(whole);
      else if (url.endsWith('/cut.tar.gz')) response.end(cut);
      else if (url.endsWith('/cut.tar.gz.sha256sum')) response.end(`${sha256(cut)}  cut.tar.gz\n`);
      else response.writeHead(404).end();
    });
    const root = new URL(server.url).origin;
    const deb = (name: string) => ({ kind: 'deb', suite: 'trixie', packages: [name] });
    const hostile = Object.values(cases).map(({ version, source }) => ({ version, source: source(place, root) }));
    const matrix = {
      hosts: { 'debian-13': { kind: 'vm', suite: 'trixie' } },
      engines: { containerd: [{ version: '1.7.24', source: deb('containerd') }] },
      runtimes: { runc: [{ version: '1.1.15', source: deb('runc') }, ...hostile] },
      profiles: { all: { title: 'All', hosts: ['debian-13'], engines: ['*'], runtimes: ['*'], suites: ['identity'] } },
    };
    await writeFile(join(place, 'matrix.json'), JSON.stringify(matrix));
    const flags = ['--matrix', join(place, 'matrix.json'), '--results', join(place, 'results')];
    await podproof([...flags, 'fetch', '--profile', 'all', '--only', 'runtime=runc@1.1.15']);
    before = await listing(place);
    etc.push(await namesInEtc());
    const run = await onSmallDisk(place, [...flags, 'run', '--profile', 'all', '--only', 'scenario=plain']);
    etc.push(await namesInEtc());
    exitCode = run.exitCode;
    document = await documentOf(join(place, 'results/latest'));
  });
  afterAll(async () => {
    for (const path of await ofCases()) await rm(path, { recursive: true });
  });

  test.each(Object.entries(cases))('%s blocks its own cell, with a clear sentence', (_, { version, says }) => {
    const cell = document.cells.find(({ id }) => id === `debian-13/containerd-1.7.24/runc-${version}`);
    expect(cell?.verdict).toBe('blocked');
    expect(cell?.reason).toMatch(says);
    const verdicts = document.verdicts.filter((verdict) => verdict.cell === cell?.id);
    expect(verdicts.length).toBeGreaterThan(0);
    for (const { verdict, reason } of verdicts)
      if (verdict !== 'unsupported') expect([verdict, reason]).toEqual(['blocked', cell?.reason]);
  });

  test('the sound cell beside them is judged, and the exit code asks for another try', () => {
    const verdicts = document.verdicts.filter(({ cell }) => cell === good);
    expect(verdicts.map(({ verdict }) => verdict)).toContain('pass');
    expect(verdicts.filter(({ verdict }) => !['pass', 'unsupported'].includes(verdict))).toEqual([]);
    expect(exitCode).toBe(75);
  });

  test('their host is run by the emulator that was fetched, where one was', async () => {
    const fetched = (await readdir(join(cacheDirectory(), 'artifacts'))).some((name) => name.startsWith('qemu-'));
    expect(document.hosts[0]?.facts?.qemuOrigin).toMatch(fetched ? /backports/ : /^installed/);
  });

  test('nothing outside of the cache was touched', async () => {
    expect(await listing(place)).toEqual(before);
    expect(await readFile(join(place, 'outside/canary'), 'utf8')).toBe('untouched');
    expect(etc[1]).toEqual(etc[0]);
  });

  test('nothing of what was refused is left in the cache', async () => {
    const kept = asRoot
      ? (await readFile(join(place, 'results/kept'), 'utf8')).split('\n')
      : await readdir(join(cacheDirectory(), 'artifacts'));
    expect(kept.some((name) => name.startsWith('runc-1.1.15-'))).toBe(true);
    expect(kept.filter((name) => /^runc-9\.0\.[1-7]\b|^runc-9\.0\.10\b/.test(name))).toEqual([]);
    const downloads = await readdir(join(cacheDirectory(), 'downloads'));
    expect(downloads.filter((name) => /-absent\.tar\.gz/.test(name))).toEqual([]);
  });
});
