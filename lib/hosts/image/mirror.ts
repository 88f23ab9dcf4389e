import { exec } from '../../util/exec.ts';

const format = '$(SITE)\t$(ORIGIN)\t$(LABEL)';

/**
 * Package sources for mmdebstrap: those that this machine's apt uses where they are Debian's,
 * so that a company mirror is honoured; an empty list leaves mmdebstrap's own default.
 */
export async function debianSources(suite: string, signal?: AbortSignal): Promise<string[]> {
  const asked = await exec(['apt-get', 'indextargets', '--format', format], signal ? { signal } : {});
  return asked.exitCode === 0 ? sourcesFrom(asked.stdout, suite) : [];
}

/** Pure part: `SITE\tORIGIN\tLABEL` lines of apt-get indextargets → deb lines. */
export function sourcesFrom(targets: string, suite: string): string[] {
  const rows = targets.split('\n').map((line) => line.split('\t'));
  const site = (label: string): string | undefined =>
    rows.find(
      ([uri, origin, found]) => origin === 'Debian' && found === label && /^(https?|file|copy):\S+$/.test(uri ?? ''),
    )?.[0];
  const archive = site('Debian');
  if (archive === undefined) return [];
  if (suite === 'sid') return [`deb ${archive} sid main`];
  const security = site('Debian-Security');
  return [
    `deb ${archive} ${suite} main`,
    `deb ${archive} ${suite}-updates main`,
    ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
  ];
}

/**
 * Sources for the suite `bookworm-backports`, say, and for the release that it belongs to, from the mirrors of this machine.
 * Throws where its apt names none of Debian's.
 */
export async function withBackports(suite: string, signal?: AbortSignal): Promise<string[]> {
  const release = suite.replace(/-backports$/, '');
  const sources = await debianSources(release, signal);
  if (sources.length === 0) throw new Error(`apt of this machine names no mirror of Debian to take ${suite} from`);
  return [...sources, ...sources.slice(0, 1).map((source) => source.replace(` ${release} `, ` ${suite} `))];
}
