import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { identityOf } from '../judge/planned-identity.ts';
import { lease } from '../testing/evidence.ts';
import { componentKey, type PlannedCell } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import { resolveAll, reasonNot } from './artifacts.ts';

afterEach(() => void vi.unstubAllEnvs());

/** A directory of one test, with the cache in it too. */
async function workshop(): Promise<Awaited<ReturnType<typeof temporary>>> {
  const place = await temporary();
  vi.stubEnv('XDG_CACHE_HOME', join(place.path, 'cache'));
  return place;
}

async function program(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, 0o755);
  return createHash('sha256').update(content).digest('hex');
}

function cellOf(root: string, runtime: PlannedCell['runtime']): PlannedCell {
  return {
    id: `debian-13/containerd-1.7.24/${runtime.name}-${runtime.version}${runtime.shim === undefined ? '' : `-${runtime.shim}-qemu`}`,
    host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
    engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path', path: join(root, 'containerd') } },
    runtime,
  };
}

/** A cell of runc with CNI plugins in bin of a directory, and the checksums of those. */
async function withPlugins(root: string, ...names: string[]): Promise<{ cell: PlannedCell; sums: Record<string, string> }> {
  await program(join(root, 'containerd/usr/bin/containerd'), '#!/bin/sh');
  await program(join(root, 'runc/usr/sbin/runc'), '#!/bin/sh');
  const sums: Record<string, string> = {};
  for (const name of names) sums[name] = await program(join(root, 'cni/bin', name), `#!/bin/sh\necho ${name}`);
  const cell: PlannedCell = {
    ...cellOf(root, { name: 'runc', version: '1.1.15', source: { kind: 'path', path: join(root, 'runc') } }),
    cni: { name: 'cni', version: '1.9.0', source: { kind: 'path', path: join(root, 'cni') } },
  };
  return { cell, sums };
}

async function resolved(
  cells: readonly PlannedCell[],
  signal = new AbortController().signal,
  before: readonly JournalEvent[] = [],
) {
  const events: JournalEvent[] = [];
  const had = await resolveAll(cells, { signal, progress: () => undefined, append: (event) => events.push(event), before });
  return { had, events };
}

describe('artifacts of a plan', () => {
  it('are resolved once each, with the checksum of what will run', async () => {
    await using place = await workshop();
    const containerd = await program(join(place.path, 'containerd/usr/bin/containerd'), '#!/bin/sh\necho containerd');
    const runc = await program(join(place.path, 'runc/usr/sbin/runc'), '#!/bin/sh\necho runc');
    const cell = cellOf(place.path, {
      name: 'runc',
      version: '1.1.15',
      source: { kind: 'path', path: join(place.path, 'runc') },
    });
    const { had, events } = await resolved([cell, { ...cell, id: cell.id.replace('debian-13', 'debian-12') }]);
    expect([...had.keys()]).toEqual([componentKey(cell.engine), componentKey(cell.runtime)]);
    expect(events).toHaveLength(2);
    expect(identityOf(cell, events)).toEqual({ engineSha256: containerd, runtimeSha256: runc });
  });

  it('that are unavailable block their own cells, with what to do, and the rest goes on', async () => {
    await using place = await workshop();
    await program(join(place.path, 'containerd/usr/bin/containerd'), '#!/bin/sh');
    await program(join(place.path, 'runc/usr/sbin/runc'), '#!/bin/sh');
    const source = { kind: 'path', path: join(place.path, 'absent') } as const;
    const crun = cellOf(place.path, { name: 'crun', version: '1.21', source });
    const runc = cellOf(place.path, {
      name: 'runc',
      version: '1.1.15',
      source: { kind: 'path', path: join(place.path, 'runc') },
    });
    const { had, events } = await resolved([crun, runc]);
    expect(had.get(componentKey(crun.runtime))).toEqual({
      reason: `crun 1.21 is not at ${source.path}; put the binaries there, or change matrix.json crun.source.path`,
    });
    expect(had.get(componentKey(runc.runtime))).toHaveProperty('artifact');
    expect(events.map((event) => (event.event === 'artifact' ? event.name : event.event))).toEqual(['containerd', 'runc']);
  });

  it('of a version that could not be looked up block their cells, and take none that is heard of later', async () => {
    await using place = await workshop();
    await program(join(place.path, 'containerd/usr/bin/containerd'), '#!/bin/sh');
    const source = { kind: 'deb' as const, suite: 'sid', packages: ['crun'] };
    const cell = cellOf(place.path, { name: 'crun', version: 'newest', source });
    const { had, events } = await resolved([cell]);
    expect(reasonNot(cell, had)).toBe(
      'Which crun is the newest of Debian sid could not be looked up when this run was planned; see why with "podproof plan --check-newest", and start a new run',
    );
    expect(events).toHaveLength(1);
  });

  it('of gVisor without a shim block the cells of containerd, before any host is up, and not those of CRI-O', async () => {
    await using place = await workshop();
    for (const name of ['containerd/usr/bin/containerd', 'containerd/usr/bin/crio', 'runsc/usr/bin/runsc'])
      await program(join(place.path, name), '#!/bin/sh');
    const source = { kind: 'path', path: join(place.path, 'runsc') } as const;
    const cell = cellOf(place.path, { name: 'runsc', version: '20240729.0', source });
    const crio: PlannedCell = { ...cell, engine: { ...cell.engine, name: 'crio', version: '1.36.3' } };
    const { had } = await resolved([cell, crio]);
    expect(reasonNot(cell, had)).toMatch(/^runsc 20240729\.0 has no containerd-shim-runsc-v1/);
    expect(reasonNot(crio, had)).toBeUndefined();
  });

  it('have the CNI plugins among them where the plan names some, each with its checksum', async () => {
    await using place = await workshop();
    const { cell, sums } = await withPlugins(place.path, 'bridge', 'host-local', 'loopback', 'tuning');
    const { had, events } = await resolved([cell]);
    expect(reasonNot(cell, had)).toBeUndefined();
    const { tuning: _, ...needed } = sums;
    expect(events.at(-1)).toMatchObject({ event: 'artifact', name: 'cni', version: '1.9.0', binaries: needed });
  });

  it('block every cell of their plan where CNI plugins are incomplete', async () => {
    await using place = await workshop();
    const { cell } = await withPlugins(place.path, 'bridge', 'host-local');
    const { had, events } = await resolved([cell]);
    const directory = join(place.path, 'cni');
    expect(reasonNot(cell, had)).toMatch(
      new RegExp(`^Cannot take the CNI plugins 1\\.9\\.0 from ${directory}: ${directory}/bin has no program loopback; take `),
    );
    expect(events.map((event) => (event.event === 'artifact' ? event.name : event.event))).toEqual(['containerd', 'runc']);
  });

  it('must be those that a resumed run began with, CNI plugins too', async () => {
    await using place = await workshop();
    const { cell } = await withPlugins(place.path, 'bridge', 'host-local', 'loopback');
    const before: JournalEvent[] = [...(await resolved([cell])).events, { event: 'lease', record: lease }];
    expect(reasonNot(cell, (await resolved([cell], undefined, before)).had)).toBeUndefined();
    await program(join(place.path, 'cni/bin/bridge'), '#!/bin/sh\necho another');
    expect(reasonNot(cell, (await resolved([cell], undefined, before)).had)).toMatch(
      /^cni 1\.9\.0 from path .*\/cni is not what this run began with: bridge has sha256 .*; resume with the same binaries, or start a new run$/,
    );
  });

  it('of Kata are shim, configuration, guest kernel and image, each of which a resumed run must have as it was', async () => {
    await using place = await workshop();
    const prefix = join(place.path, 'kata');
    const configuration = 'share/defaults/kata-containers/configuration-qemu.toml';
    const guest = ['share/kata-containers/vmlinux.container', 'share/kata-containers/kata-containers.img'] as const;
    await program(join(prefix, 'bin/containerd-shim-kata-v2'), '#!/bin/sh');
    await program(join(place.path, 'containerd/usr/bin/containerd'), '#!/bin/sh');
    const named = `kernel = "/opt/kata/${guest[0]}"\nimage = "/opt/kata/${guest[1]}"\ndisable_image_nvdimm = true`;
    await program(join(prefix, configuration), `[hypervisor.qemu]\n${named}\n`);
    for (const file of guest) await program(join(prefix, file), file);
    const runtime = { name: 'kata', version: '3.30.0', shim: 'go', vmm: 'qemu', source: { kind: 'path', path: prefix } } as const;
    const cell = cellOf(place.path, runtime);
    const { events } = await resolved([cell]);
    expect(Object.keys(events.flatMap((event) => (event.event === 'artifact' ? [event.binaries] : [])).at(-1) ?? {})).toEqual([
      'containerd-shim-kata-v2 (go)',
      configuration,
      ...guest,
    ]);
    const before: JournalEvent[] = [...events, { event: 'lease', record: lease }];
    for (const file of [configuration, ...guest]) {
      expect(reasonNot(cell, (await resolved([cell], undefined, before)).had)).toBeUndefined();
      const kept = await readFile(join(prefix, file), 'utf8');
      await writeFile(join(prefix, file), `${kept}#`);
      expect(reasonNot(cell, (await resolved([cell], undefined, before)).had)).toContain(
        `is not what this run began with: ${file} has sha256 `,
      );
      await writeFile(join(prefix, file), kept);
    }
  });

  it('end with the run that was interrupted', async () => {
    await using place = await workshop();
    const cell = cellOf(place.path, { name: 'runc', version: '1.1.15', source: { kind: 'path', path: place.path } });
    await expect(resolved([cell], AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
  });
});
