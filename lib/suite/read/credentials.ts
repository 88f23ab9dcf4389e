import { engines } from '../../engines/facts.ts';
import type { Credentials } from '../../model/credentials.ts';
import { runtimeFacts } from '../../runtimes/facts.ts';
import { agreed, ofLaunch, podReading, type Reading } from '../reading.ts';

/**
 * Whether the process has exactly these ids, as id(1) prints them in numbers and as its status has them, four times each. The
 * primary group may be missing among the supplementary ones, where id(1) shows it all the same.
 */
export function identity(line: string): Reading<'asked' | 'primary group missing'> {
  const wanted = /^uid=(\d+) gid=(\d+) groups=([\d,]+)$/.exec(line)?.slice(1) ?? [];
  const [uid = '', gid = '', list = ''] = wanted;
  const others = list.split(',').filter((group) => group !== gid);
  return podReading(['asked', 'primary group missing'], ({ id, credentials: { uids, gids, groups } }) => {
    const seen = [...groups].sort((a, b) => a - b).join();
    const same = id === line && agreed(uids.map(String)) === uid && agreed(gids.map(String)) === gid;
    const word = same && seen === list ? 'asked' : same && seen === others.join() ? 'primary group missing' : 'other';
    const text = `uids ${uids.join(' ')}, gids ${gids.join(' ')}, groups ${groups.join(' ') || 'none'}`;
    return { word, text: word === 'asked' ? id : `${id}, and in its status ${text}` };
  });
}

type CapabilitySet = Extract<keyof Credentials, `cap${string}`>;

/**
 * What these capability sets of the process hold: nothing; what the engine grants by default; or all that there are, of Linux
 * before or since 5.9, or of a machine that lacks some itself, as its shims show.
 */
export function capabilities(...sets: [CapabilitySet, ...CapabilitySet[]]): Reading<'none' | 'default' | 'all'> {
  return podReading(['none', 'default', 'all'], ({ credentials }, host, { cell }) => {
    const { withheldCapabilities: less = 0n } = runtimeFacts(cell.runtime.name);
    const machine = host.processes.find(({ role }) => role === 'shim')?.capBnd ?? '0';
    const all = [(1n << 38n) - 1n, (1n << 41n) - 1n, BigInt(`0x${machine}`)].map((mask) => mask & ~less);
    const granted = engines[cell.engine.name].defaultCapabilities & ~less;
    const words = sets.map((set) => {
      const mask = BigInt(`0x${credentials[set]}`);
      if (mask === 0n) return 'none';
      return mask === granted ? 'default' : all.includes(mask) ? 'all' : mask.toString(16);
    });
    return { word: agreed(words), text: sets.map((set) => `${set} ${credentials[set]}`).join(', ') };
  });
}

/** Whether the process runs under a seccomp filter, and whether it can gain privileges. */
export function confinement(): Reading<(typeof confinements)[keyof typeof confinements]> {
  return podReading(Object.values(confinements), ({ credentials: { noNewPrivs, seccomp } }) => ({
    word: new Map(Object.entries(confinements)).get(`${noNewPrivs} ${seccomp}`) ?? 'other',
    text: `NoNewPrivs ${noNewPrivs}, Seccomp ${seccomp}`,
  }));
}

const confinements = {
  '0 0': 'none',
  '1 0': 'no new privileges',
  '0 2': 'filter',
  '1 2': 'filter, no new privileges',
} as const;

/** Whether AppArmor holds the process to the profile that its engine loads by itself, or to none. */
export function appArmor(): Reading<'default' | 'none'> {
  return podReading(['default', 'none'], ({ appArmor: seen }, _, { cell }) => {
    if (seen === undefined) return { word: 'unseen', text: 'the kernel of the process has no AppArmor' };
    const word = seen === `${engines[cell.engine.name].defaultProfile} (enforce)` ? 'default' : 'other';
    return { word: seen === 'unconfined' ? 'none' : word, text: `AppArmor ${seen}` };
  });
}

/** Which paths the engine told the runtime to mask or to make read-only: none, those of the kubelet, or more besides. */
export function masked(): Reading<'none' | 'asked' | 'more'> {
  return ofLaunch(['none', 'asked', 'more'], ({ observation: { request, spec, outcome } }) => {
    if (outcome.kind !== 'ran') return undefined;
    if (spec === undefined) return { word: 'unknown', text: 'the engine reported no OCI spec' };
    const paths = new Set([...(spec.linux?.maskedPaths ?? []), ...(spec.linux?.readonlyPaths ?? [])]);
    const asked = new Set([...request.maskedPaths, ...request.readonlyPaths]);
    const missing = [...asked].filter((path) => !paths.has(path));
    const word = missing.length > 0 ? 'some' : paths.size > asked.size ? 'more' : 'asked';
    return paths.size === 0
      ? { word: 'none', text: 'no path is masked or read-only' }
      : { word, text: `${paths.size} paths are masked or read-only${missing.length > 0 ? `, not ${missing.join(' ')}` : ''}` };
  });
}

/** Whether the mount at `target` is writable. */
export function writability(target: string): Reading<'rw' | 'ro'> {
  return mountOption(target, ['rw', 'ro']);
}

/** Whether device nodes can be opened on the mount at `target`. */
export function devices(target: string): Reading<'dev' | 'nodev'> {
  return mountOption(target, ['dev', 'nodev']);
}

function mountOption<const Word extends string>(target: string, [usual, other]: readonly [Word, Word]): Reading<Word> {
  return podReading([usual, other], ({ mounts }) => {
    const found = mounts.findLast((entry) => entry.target === target);
    if (found === undefined) return { word: 'absent', text: `${target} is not a mount` };
    const word = found.options.split(',').includes(other) ? other : usual;
    return { word, text: `${target} is mounted ${word}` };
  });
}
