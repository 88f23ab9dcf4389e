import { exec } from '../../util/exec.ts';
import type { Suite } from './recipe.ts';

const format = '$(SITE)\t$(ORIGIN)\t$(LABEL)';

/**
 * Package sources for mmdebstrap: those that this machine's apt uses where they are Debian's,
 * so that a company mirror is honoured; an empty list leaves mmdebstrap's own default.
 */
export async function debianSources(suite: Suite, signal?: AbortSignal): Promise<string[]> {
  const asked = await exec(['apt-get', 'indextargets', '--format', format], signal ? { signal } : {});
  return asked.exitCode === 0 ? sourcesFrom(asked.stdout, suite) : [];
}

/** Pure part: `SITE\tORIGIN\tLABEL` lines of apt-get indextargets → deb lines. */
export function sourcesFrom(targets: string, suite: Suite): string[] {
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
