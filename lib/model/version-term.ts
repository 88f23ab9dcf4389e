import { versionLabel } from './matrix/pick.ts';
import type { RuntimeVersion } from './matrix/matrix.ts';
import { compareVersions, inRange } from './version.ts';
import { glob } from './glob.ts';

type Entry = Pick<RuntimeVersion, 'version' | 'shim' | 'vmm'>;

/** A test of an engine or runtime version: `containerd`, `containerd>=1.6<2.0`, `kata@3.30.0-go-*`, `*`. */
export interface VersionTerm {
  /** The name before `@` or a comparison; may hold `*`. */
  name: string;
  matches: (name: string, entry: Entry) => boolean;
}

const shape = /^([a-z*]+)(?:@([\w.+*-]+)|((?:(?:>=|<=|>|<|=)[^<>=]+)*))$/i;

/** Reads one value of `engine=` or `runtime=`; a text says what is wrong with it. */
export function parseVersionTerm(value: string): VersionTerm | string {
  const match = shape.exec(value);
  const name = match?.[1];
  if (match === null || name === undefined) return 'expected a name, name@version or name>=version, like containerd>=1.7';
  const named = glob(name);
  if (match[2] !== undefined) {
    const versioned = glob(match[2]);
    return { name, matches: (of, entry) => named(of) && (versioned(entry.version) || versioned(versionLabel(entry))) };
  }
  const range = [...(match[3] ?? '').matchAll(/(>=|<=|>|<|=)([^<>=]+)/g)].map(([, sign = '', version = '']) => ({
    sign,
    version,
  }));
  const unreadable = range.find(({ version }) => !readable(version));
  if (unreadable) return `"${unreadable.version}" is no version; expected one like 1.7.24 or 2.4.0-beta.0`;
  const comparators = range.map(({ sign, version }) => `${sign}${version}`).join(' ');
  return { name, matches: (of, entry) => named(of) && inRange(entry.version, comparators) };
}

function readable(version: string): boolean {
  if (!/^v?\d+(\.\d+)*([-~.](alpha|beta|rc)\.?\d*)?$/.test(version)) return false;
  return compareVersions(version, version) === 0;
}
