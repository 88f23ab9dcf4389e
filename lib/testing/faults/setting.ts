import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeFakeBinary } from '../fake-host/scripts.ts';
import { findLeftovers } from '../leftover/find.ts';
import type { Leftover } from '../leftover/leftover.ts';
import { Document } from '../../model/document.ts';
import { cacheDirectory, packageRoot } from '../../util/paths.ts';
import { waitFor } from '../../util/wait.ts';

export interface Program {
  readonly pid: number;
  /** How it ended, with all that it said. Never rejects. */
  readonly ended: Promise<{ exitCode: number | undefined; said: string }>;
}

/** What one experiment happens in: a home of its own, so that it can be swept among others. */
export interface Setting extends AsyncDisposable {
  readonly directory: string;
  /** Where a fault for the engine is written. */
  readonly orders: string;
  /** Starts a program of ours in this home; a failure is a value. */
  start(argv: string[], environment?: Record<string, string>): Program;
  /** What is left of everything that was started here. Gives processes that were told to end a moment. */
  leftovers(): Promise<Leftover[]>;
  /** The document of the newest run. */
  document(): Promise<Document>;
}

const options = { reject: false, stdin: 'ignore', all: true, cwd: packageRoot, timeout: 900_000 } as const;

/** A matrix of one cell, in which devices do not open. `engine` is the source of the engine's binaries; by default those that are scripts of ours. */
export function matrixText(engine: unknown = { kind: 'path' }): string {
  return JSON.stringify({
    hosts: { odd: { kind: 'vm', suite: 'trixie' } },
    engines: { containerd: [{ version: '1.7.24', source: engine }] },
    runtimes: { crun: [{ version: '1.21', source: { kind: 'path' } }] },
    profiles: {
      all: { title: 'All', hosts: ['odd'], engines: ['*'], runtimes: ['*'], suites: ['identity', 'ownership', 'devices'] },
    },
  });
}

/** With `vm` the runs are real ones: images, snapshots and artifacts come out of this user's own cache, which is not swept. */
export async function makeSetting(target: 'fake' | 'vm'): Promise<Setting> {
  const directory = await mkdtemp(join(tmpdir(), 'pf-'));
  const at = (name: string): string => join(directory, name);
  for (const name of ['tmp', 'home', 'results']) await mkdir(at(name));
  await writeFakeBinary('containerd', at('artifacts/containerd-1.7.24'));
  await writeFakeBinary('crun', at('artifacts/crun-1.21'));
  await writeFile(at('matrix.json'), matrixText());
  const environment = {
    HOME: at('home'),
    TMPDIR: at('tmp'),
    XDG_CACHE_HOME: target === 'vm' ? join(cacheDirectory(), '..') : at('c'),
    XDG_STATE_HOME: at('s'),
    XDG_RUNTIME_DIR: at('r'),
    ...(target === 'vm' ? {} : { PODPROOF_ARTIFACTS: at('artifacts'), PODPROOF_FAULT: at('fault.json') }),
    PODPROOF_TIMEOUT_FACTOR: process.env['PODPROOF_TIMEOUT_FACTOR'] ?? (target === 'vm' ? '2' : '0.5'),
  };
  const roots = ['c/podproof', 's/podproof', `r/podproof-${process.getuid?.() ?? 0}`, 'tmp'].map(at);
  const scope = { roots, environment: `XDG_STATE_HOME=${at('s')}`, amongOthers: true };
  return {
    directory,
    orders: at('fault.json'),
    start(argv, more = {}) {
      const child = execa(process.execPath, argv, { ...options, env: { ...environment, ...more } });
      if (child.pid === undefined) throw new Error(`Cannot start ${argv.join(' ')}`);
      return { pid: child.pid, ended: child.then(({ exitCode, all }) => ({ exitCode, said: all ?? '' })) };
    },
    async leftovers() {
      let left: Leftover[] = [];
      const look = async (): Promise<true | undefined> => {
        left = await findLeftovers(scope);
        return left.length === 0 ? true : undefined;
      };
      await waitFor({ name: 'see nothing left', timeoutMs: 5_000, intervalMs: 300 }, look).catch(() => undefined);
      return left;
    },
    document: async () => Document.parse(JSON.parse(await readFile(at('results/latest/report.json'), 'utf8'))),
    async [Symbol.asyncDispose]() {
      for (const { kind, what } of await findLeftovers(scope)) if (kind === 'process') tryKill(Number(what.split(' ')[0]));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
