import { existsSync } from 'node:fs';
import { lstat, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Host } from '../../hosts/host.ts';
import { acquireHost } from '../../hosts/registry.ts';
import { leastNeeds } from '../../hosts/needs.ts';
import { startDockerd, reasonNoDockerd, type Dockerd } from './dockerd.ts';
import { markerFile } from '../../hosts/borrowed/examine.ts';
import type { HostSpec } from '../../hosts/facts.ts';
import type { Document } from '../../model/document.ts';
import { Observation } from '../../model/observation.ts';
import { packageRoot } from '../../util/paths.ts';
import { waitFor } from '../../util/wait.ts';
import { forFile } from './for-file.ts';
import { leaseContext } from './lease.ts';
import { cleanKilled, documentOf, podproof, recordedLines } from './podproof.ts';
import { temporary } from '../temporary.ts';

const { path: directory } = await forFile(temporary());
const reason = await reasonNoDockerd();
if (reason !== undefined) console.log(`skipped: ${reason}`);

const deb = (name: string): object => ({ kind: 'deb', suite: 'trixie', packages: [name] });
const suites = ['identity', 'privileged', 'ownership', 'devices', 'hygiene'];
const matrix = {
  hosts: { box: { kind: 'container', suite: 'trixie' }, open: { kind: 'container', suite: 'trixie', disposable: true } },
  engines: { containerd: [{ version: '1.7.24', source: deb('containerd') }] },
  runtimes: { runc: [{ version: '1.1.15', source: deb('runc') }], crun: [{ version: '1.21', source: deb('crun') }] },
  profiles: {
    quick: { title: 'in a container', hosts: ['box'], engines: ['*'], runtimes: ['*'], suites },
    open: { title: 'given away', hosts: ['open'], engines: ['*'], runtimes: ['runc'], suites: ['identity'] },
  },
};

describe.skipIf(reason !== undefined)('a container as host, on a real dockerd', () => {
  let dockerd: Dockerd;
  beforeAll(async () => {
    await writeFile(join(directory, 'matrix.json'), JSON.stringify(matrix));
    dockerd = await startDockerd();
    process.env['DOCKER_HOST'] = dockerd.address;
  });
  afterAll(() => dockerd?.[Symbol.asyncDispose]());
  const run = (...args: string[]) =>
    podproof(['--matrix', join(directory, 'matrix.json'), '--results', join(directory, 'results'), 'run', ...args]);
  const latest = (): string => join(directory, 'results/latest');

  async function acquireBox(spec: HostSpec): Promise<Host> {
    const context = await leaseContext(`container-${process.pid}`, join(directory, 'logs'));
    return acquireHost('box', spec, context, { variant: 'plain', needs: leastNeeds });
  }

  /** Containers, volumes and networks that the daemon has, and loop devices of this machine whose file lies where ours lie. */
  async function left(): Promise<string[]> {
    const containers = z.array(z.object({ Id: z.string() })).parse(await dockerd.get('/containers/json?all=true'));
    const volumes = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullish() }).parse(await dockerd.get('/volumes'));
    const networks = z.array(z.object({ Name: z.string() })).parse(await dockerd.get('/networks'));
    return [
      ...containers.map(({ Id }) => `container ${Id}`),
      ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
      ...networks.map(({ Name }) => `network ${Name}`).filter((name) => !/ (bridge|host|none)$/.test(name)),
    ];
  }

  describe('the main job', () => {
    let document: Document;
    let exitCode: number | undefined;
    let output = '';
    const seen = new Map<string, string>();
    beforeAll(async () => {
      const over = new AbortController();
      const watched = watchNodes(dockerd, seen, over.signal);
      const done = await run();
      over.abort();
      await watched;
      exitCode = done.exitCode;
      output = `${done.stdout}\n${done.stderr}`;
      document = await documentOf(latest());
    });

    test('every question holds', () => {
      const red = document.verdicts.filter(({ verdict }) => !['pass', 'unsupported', 'known'].includes(verdict));
      expect(
        red.map(({ cell, question, scenario, observed, reason: why }) => ({ cell, question, scenario, observed, why })),
      ).toEqual([]);
      expect(exitCode, output).toBe(0);
    });

    test('its verdicts are those of the VM, but for what shares the kernel or would reach disks', async () => {
      const reference = await documentOf(join(packageRoot, 'results/reference/containerd-1.7.24'));
      const verdict = (from: Document): Map<string, Document['verdicts'][number]> =>
        new Map(from.verdicts.map((each) => [`${each.cell.split('/')[2]} ${each.scenario} ${each.question}`, each]));
      const theirs = verdict(reference);
      const mine = verdict(document);
      const applies = [...mine].filter(([key]) => (theirs.get(key)?.verdict ?? 'unsupported') !== 'unsupported');
      expect(applies.length).toBeGreaterThan(80);
      const differ = applies.filter(([key, each]) => each.verdict !== theirs.get(key)?.verdict);
      for (const [key, each] of differ) {
        expect(each, key).toMatchObject({ verdict: 'unsupported' });
        expect(each.reason, key).toMatch(/^(shares the kernel|would reach this machine's disks)$/);
      }
      const handsOut = differ
        .filter(([, each]) => each.reason === "would reach this machine's disks")
        .map(([key]) => key.split(' ')[1]);
      expect(new Set(handsOut)).toEqual(new Set(['host-devices', 'host-devices-and-own', 'all-allowed']));
      expect(document.counts.pass).toBeGreaterThan(70);
    });

    test('no node of a disk of this machine was there, in the container or in any pod', async () => {
      const disks = await machineDisks();
      expect(disks.length).toBeGreaterThan(0);
      const recorded = (await recordedLines(latest())).map((line) => Observation.parse(JSON.parse(line)));
      expect(recorded.length).toBeGreaterThan(30);
      const nodes = recorded.flatMap(({ guest, host }) => [...(guest?.dev ?? []), ...(host?.dev ?? [])]);
      const recordedBlocks = new Set(nodes.filter(({ type }) => type === 'b').map(({ major, minor }) => `${major}:${minor}`));
      for (const blocks of [recordedBlocks, new Set(seen.keys())]) {
        expect([...blocks].filter((number) => disks.includes(number))).toEqual([]);
        // The observers do see block devices: the two loops of ours, and nothing else.
        expect([...blocks].map((number) => number.split(':')[0])).toEqual(['7', '7']);
        expect(blocks).toEqual(recordedBlocks);
      }
    });

    test('container, volume, network and loop devices are gone', async () => {
      expect(await left()).toEqual([]);
      for (const number of seen.keys()) expect(existsSync(`/sys/block/loop${number.split(':')[1]}`)).toBe(false);
    });
  });

  test('the kernel itself lets nobody in the container open a disk of this machine, whatever node is made', async () => {
    await using host = await acquireBox({ kind: 'container', suite: 'trixie' });
    expect(host.facts).toMatchObject({ ownKernel: false, disposable: false });
    for (const number of await machineDisks()) {
      const [major = '', minor = ''] = number.split(':');
      const script = 'mknod /tmp/disk b "$1" "$2" || exit 0; if head -c 1 /tmp/disk; then exit 9; fi; rm /tmp/disk';
      const { exitCode, stderr } = await host.exec(['sh', '-c', script, 'sh', major, minor]);
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/Operation not permitted/);
    }
  });

  test('a disk among its devices is refused, and so is "disposable" without the marker; no container is made', async () => {
    const [disk] = await diskPaths();
    const spec: HostSpec = { kind: 'container', suite: 'trixie', devices: [disk ?? ''] };
    const refused = acquireBox(spec);
    if (disk !== undefined) await expect(refused).rejects.toThrow(/pods would reach this machine's disks/);
    else await expect(refused).rejects.toThrow();
    expect(existsSync(markerFile), `this machine has ${markerFile}`).toBe(false);
    const { stdout, stderr, exitCode } = await run('--profile', 'open');
    expect(`${stdout}\n${stderr}`).toMatch(
      /Refused to use this machine for the containers of host open: its owner has not marked it as disposable/,
    );
    expect(exitCode).not.toBe(0);
    expect(await left()).toEqual([]);
  });

  test('after kill -9 in mid-run, clean leaves nothing and --resume finishes the rest', async () => {
    const only = 'runtime=runc suite=ownership scenario=user-and-group,user-only,root,image-user';
    const running = run('--only', only);
    const file = join(latest(), 'cells/box/containerd-1.7.24/runc-1.1.15/observations.ndjson');
    const before = existsSync(join(latest(), 'plan.json')) ? await readFile(join(latest(), 'plan.json'), 'utf8') : '';
    await waitFor({ name: 'see the first pod recorded', timeoutMs: 300_000 }, async () =>
      existsSync(file) && (await readFile(join(latest(), 'plan.json'), 'utf8')) !== before ? true : undefined,
    );
    running.kill('SIGKILL');
    await running;
    const kinds = new Set((await left()).map((name) => name.split(' ')[0]));
    expect(kinds).toEqual(new Set(['container', 'volume']));
    await cleanKilled(await readlink(latest()));
    expect(await left()).toEqual([]);
    expect(await ourLoops()).toEqual([]);
    const resumed = await run('--resume');
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const document = await documentOf(latest());
    expect(document.run.complete).toBe(true);
    expect(document.counts).toMatchObject({ missing: 0, error: 0, blocked: 0, fail: 0 });
    expect(await left()).toEqual([]);
  });
});

/** `major:minor` of every disk of this machine that is not a loop, memory or swap device. */
async function machineDisks(): Promise<string[]> {
  const names = (await readdir('/sys/block')).filter((name) => !/^(loop|ram|zram)/.test(name));
  return Promise.all(names.map(async (name) => (await readFile(`/sys/block/${name}/dev`, 'utf8')).trim()));
}

async function diskPaths(): Promise<string[]> {
  const names = (await readdir('/sys/block')).filter((name) => !/^(ram|zram)/.test(name));
  return names.map((name) => `/dev/${name}`).filter((path) => existsSync(path));
}

/** Loop devices with the numbers that we take, whose file is one of ours. */
async function ourLoops(): Promise<string[]> {
  const names = (await readdir('/sys/block')).filter((name) => /^loop\d{6}$/.test(name));
  const files = await Promise.all(names.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')));
  return names.filter((_, index) => files[index]?.includes('/run/podproof/'));
}

/**
 * Until `signal`, notes every block device node in the /dev of any process that lives in a container of the daemon: its pods too.
 * Processes of one mount namespace have the same; ten times a second is often enough for pods, of which none lives shorter.
 */
async function watchNodes(dockerd: Dockerd, seen: Map<string, string>, signal: AbortSignal): Promise<void> {
  const Containers = z.array(z.object({ Id: z.string() }));
  while (!signal.aborted) {
    const ids = Containers.parse(await dockerd.get('/containers/json')).map(({ Id }) => Id);
    const looked = new Set<string>();
    for (const pid of ids.length > 0 ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)) : []) {
      const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
      const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => '');
      if (looked.has(namespace) || !ids.some((id) => cgroup.includes(id))) continue;
      looked.add(namespace);
      await noteBlocks(`/proc/${pid}/root/dev`, seen);
    }
    await delay(100);
  }
}

async function noteBlocks(directory: string, seen: Map<string, string>): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !['pts', 'shm', 'mqueue'].includes(entry.name)) await noteBlocks(path, seen);
    if (!entry.isBlockDevice()) continue;
    const found = await lstat(path).catch(() => undefined);
    // glibc's encoding of a device number (sys/sysmacros.h).
    if (found !== undefined)
      seen.set(`${(found.rdev >>> 8) & 0xfff}:${(found.rdev & 0xff) | ((found.rdev >>> 12) & 0xfff00)}`, path);
  }
}
