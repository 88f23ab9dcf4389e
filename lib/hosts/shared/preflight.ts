import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BlockedError } from '../../util/errors.ts';
import type { FixturePlan } from './fixture-plan.ts';
import type { Host, Remote } from '../host.ts';
import { machineDirectory } from '../borrowed/release.ts';
import type { HostNeeds, KernelFeature, MissingFeatures } from '../needs.ts';
import { groupBy } from '../../util/group-by.ts';

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

/** One thing that is wrong, and what helps. */
interface Problem {
  found: string;
  remedy: string;
}

/** Two files of 16 MiB below /run/podproof stand for disks where a machine has no spare ones. */
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

/**
 * Asks a host in one round trip whether engines and pods can be started on it. `what` names it: "ssh host metal-1". Returns what
 * only some cells will miss. Throws BlockedError, with a sentence for each thing that is wrong, where no cell can be tried.
 */
export async function assertFit(
  what: string,
  remote: Remote,
  needs: HostNeeds,
  fixtures: Pick<FixturePlan, 'disks'>,
): Promise<MissingFeatures> {
  const asked = questionOf(needs, fixtures);
  const preflight = await readPreflight(what, remote, asked);
  const problems = problemsOf(preflight, asked);
  if (problems.length > 0)
    throw new BlockedError(`Cannot use ${what}: ${problems.map(({ found }) => found).join('; ')}`, {
      remedy: [...new Set(problems.map(({ remedy }) => remedy))].join(', and '),
    });
  return Object.fromEntries(
    asked.ofSome.flatMap((name) => (name in preflight.missingFeatures ? [[name, preflight.missingFeatures[name]]] : [])),
  );
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

/** Why cells that need these features cannot be tried on this host, or undefined. */
export function reasonMissing(
  { id, missingFeatures }: Pick<Host, 'id' | 'missingFeatures'>,
  features: readonly KernelFeature[],
): BlockedError | undefined {
  const missing = features.filter((feature) => feature in missingFeatures);
  if (missing.length === 0) return undefined;
  const said = missing.map((feature) => `${feature} (${missingFeatures[feature]})`).join(', ');
  return new BlockedError(`The kernel of host ${id} has no ${said}`, { remedy: howToLoad(missing) });
}

const pair = /^(\d{1,15}) (\d{1,15})$/;
const place = z.object({
  write: z.string(),
  mount: z.string().startsWith('/'),
  free: z.string().regex(pair),
});

/** Pure part: `key=value` lines of the script. Unknown lines are dropped. Throws an Error that names what is missing. */
export function parsePreflight(text: string, asked: PreflightQuestion): Preflight {
  const answers = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  const read = <T>(schema: z.ZodType<T>, key: string, value: unknown = answers.get(key)): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Error(`Cannot read how fit the host is: ${key}: ${z.prettifyError(parsed.error)}`);
  };
  const places = asked.places.map((each) => {
    const [write, mount, free] = ['write', 'mount', 'free'].map((name) => answers.get(`${name}:${each.path}`));
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

/** Pure: what keeps every cell from being tried. Directories of one file system are one problem. */
export function problemsOf({ places, memoryMiB, missingFeatures }: Preflight, asked: PreflightQuestion): Problem[] {
  const mounts = groupBy(places, ({ mount }) => mount);
  const missing = asked.ofAll.filter((feature) => feature in missingFeatures);
  return [
    ...[...mounts].flatMap(([mount, held]) => problemOfMount(mount, held)),
    ...(memoryMiB < asked.memoryMiB
      ? [
          {
            found: `it has ${memoryMiB} MiB of memory available, and engines and pods of this plan take ${asked.memoryMiB}`,
            remedy: 'end what takes it there (ps -eo rss,args --sort -rss | head), or give the host more ("memoryMiB" of a vm)',
          },
        ]
      : []),
    ...(missing.length === 0
      ? []
      : [
          {
            found: `its kernel has no ${missing.map((feature) => `${feature} (${missingFeatures[feature]})`).join(', ')}`,
            remedy: howToLoad(missing),
          },
        ]),
  ];
}

function problemOfMount(mount: string, held: Preflight['places']): Problem[] {
  const refused = held.filter(({ refusal }) => refusal !== '');
  const paths = (some: Preflight['places']): string => some.map(({ path }) => path).join(', ');
  if (refused.some(({ refusal }) => refusal === 'Read-only file system'))
    return [
      {
        found: `the file system at ${mount} is read-only, and podproof writes ${paths(held)}`,
        remedy: `see why in its kernel log (dmesg), then mount -o remount,rw ${mount}`,
      },
    ];
  const needMiB = held.reduce((sum, each) => sum + each.needMiB, 0);
  const freeMiB = Math.min(...held.map((each) => each.freeMiB));
  const noSpace = refused.some(({ refusal }) => refusal === 'No space left on device');
  if (freeMiB < needMiB || noSpace) {
    const why = held.map((each) => `${each.needMiB} for ${each.for} in ${each.path}`).join(', ');
    const found =
      freeMiB < needMiB
        ? `the file system at ${mount} has ${freeMiB} MiB free and takes ${needMiB}: ${why}`
        : `the file system at ${mount} takes no file: it has ${freeMiB} MiB free, but no inode`;
    return [{ found, remedy: `make room there: du -xh ${mount} | sort -h | tail` }];
  }
  return refused.map(({ path, refusal }) => ({
    found: `${path} cannot be written: ${refusal}`,
    remedy: `make ${path} writable for root there`,
  }));
}

function howToLoad(features: readonly KernelFeature[]): string {
  const [first] = features;
  const modules = features.map((feature) => (feature === 'kvm' ? 'kvm_intel (or kvm_amd)' : feature)).join(' ');
  const virtual = features.includes('kvm') ? ', with virtualisation on in the firmware or nested in the hypervisor' : '';
  return `modprobe -a ${modules} on its machine${virtual}, and look for what forbids it: grep -rw ${first} /etc/modprobe.d /run/modprobe.d`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
