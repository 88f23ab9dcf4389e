import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BlockedError } from '../../util/errors.ts';
import { pairsIn } from '../../util/pairs.ts';
import type { FixturePlan } from './fixture-plan.ts';
import type { Remote } from '../host.ts';
import { machineDirectory } from '../borrowed/release.ts';
import type { HostNeeds, KernelFeature, MissingFeatures } from '../needs.ts';

const script = readFileSync(new URL('preflight.sh', import.meta.url), 'utf8');

/** A directory that podproof or an engine writes. */
interface Place {
  path: string;
  /** What must be free, in MiB. */
  needMiB: number;
  /** Who takes that. */
  for: string;
}

/** What is asked of one host. */
export interface PreflightQuestion {
  places: readonly Place[];
  memoryMiB: number;
  /** Without them no cell can be tried. */
  ofAll: readonly KernelFeature[];
  ofSome: readonly KernelFeature[];
}

/** What the host answered. */
export interface Preflight {
  places: Array<Place & { mount: string; freeMiB: number; refusal: string }>;
  memoryMiB: number;
  missingFeatures: MissingFeatures;
}

/** Two files of 16 MiB below /run/podproof replace disks where a machine has no spare ones. */
const loopDisksMiB = 32;

/** Pure: what a host with these fixtures is asked. What is asked for is more than is taken, as a run fills it while it goes on. */
export function questionOf(needs: HostNeeds, { disks }: Pick<FixturePlan, 'disks'>): PreflightQuestion {
  const ours = disks === 'spare';
  return {
    places: [
      ours
        ? { path: '/run', needMiB: 16, for: 'sockets and fixtures' }
        : { path: '/run', needMiB: 16 + loopDisksMiB, for: 'sockets, fixtures and loop disks' },
      {
        path: machineDirectory,
        needMiB: needs.stateMiB,
        for: ours ? 'the state of engines' : 'binaries and the state of engines',
      },
      { path: '/tmp', needMiB: 4, for: 'the temporary mounts of engines' },
      ...(ours ? [{ path: '/opt/podproof', needMiB: 1, for: 'the mount points of binaries' }] : []),
    ],
    memoryMiB: needs.memoryMiB,
    ofAll: ['overlay', 'fuse', ...(ours ? [] : (['loop'] as const))],
    ofSome: [...new Set(needs.features)],
  };
}

/** Asks without judging. Throws BlockedError when the host does not run the script. */
export async function readPreflight(what: string, remote: Remote, asked: PreflightQuestion): Promise<Preflight> {
  const words = [...asked.places.map(({ path }) => path), '--', ...asked.ofAll, ...asked.ofSome];
  const { exitCode, stdout, stderr, failure } = await remote.exec(['sh', '-c', script, 'preflight', ...words], {
    timeoutMs: 60_000,
  });
  if (exitCode !== 0)
    throw new BlockedError(`Cannot use ${what}: it does not say whether it is fit: ${lastLine(stderr) || lastLine(failure)}`, {
      remedy: 'log in there and see whether it still runs programs',
    });
  return parsePreflight(stdout, asked);
}

const pair = /^(\d{1,15}) (\d{1,15})$/;
const place = z.object({ write: z.string(), mount: z.string().startsWith('/'), free: z.string().regex(pair) });

/** Pure part: `key=value` lines of the script. Unknown lines are dropped. Throws an Error that names what is missing. */
export function parsePreflight(text: string, asked: PreflightQuestion): Preflight {
  const answers = pairsIn(text);
  const read = <T>(schema: z.ZodType<T>, key: string, value: unknown = answers[key]): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Error(`Cannot read how fit the host is: ${key}: ${z.prettifyError(parsed.error)}`);
  };
  const places = asked.places.map((each) => {
    const [write, mount, free] = ['write', 'mount', 'free'].map((name) => answers[`${name}:${each.path}`]);
    const answer = read(place, each.path, { write, mount, free });
    const [, blocks = '', size = ''] = pair.exec(answer.free) ?? [];
    // The last part of "dd: error writing '/run/x': No space left on device".
    const refusal = answer.write
      .slice(answer.write.lastIndexOf(': ') + 1)
      .trim()
      .slice(0, 300);
    return { ...each, mount: answer.mount, freeMiB: Math.floor((Number(blocks) * Number(size)) / 1024 ** 2), refusal };
  });
  const missingFeatures: MissingFeatures = {};
  for (const feature of [...asked.ofAll, ...asked.ofSome]) {
    const answer = read(z.string().regex(/^(yes$|no\b)/), `feature:${feature}`);
    if (answer !== 'yes') missingFeatures[feature] = answer.slice('no'.length).trim().slice(0, 300) || 'nothing loads it';
  }
  const memory = read(z.string().regex(/^\d{1,15}$/), 'memory');
  return { places, memoryMiB: Math.floor(Number(memory) / 1024), missingFeatures };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
