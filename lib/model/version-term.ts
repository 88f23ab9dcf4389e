import { type Flavour, versionLabel } from './matrix/pick.ts';
import { isVersion, newest, rangeTest } from './version.ts';
import { glob } from './glob.ts';

/** A test of an engine or runtime version: `containerd`, `containerd>=1.6<2.0`, `kata@3.30.0-go-*`, `kata-3*`, `>=2`, `*`. */
export interface VersionTerm {
  /** The name before `@` or a comparison; may hold `*`. */
  name: string;
  matches: (name: string, entry: Flavour) => boolean;
}

const shape = /^([a-z*]*)(?:[@-]([\w.+*-]+)|((?:(?:>=|<=|>|<|=)[^<>=]+)*))$/i;

/** Reads one value of `engine=` or `runtime=`; a text says what is wrong with it. */
export function parseVersionTerm(value: string): VersionTerm | string {
  const match = shape.exec(value);
  if (match === null) return 'expected a name, name@version or name>=version, like containerd>=1.7';
  const name = match[1] || '*';
  const named = glob(name);
  // A version that nobody has looked up may be any.
  const test = (holds: (entry: Flavour) => boolean): VersionTerm => ({
    name,
    matches: (of, entry) => named(of) && (entry.version === newest || holds(entry)),
  });
  if (match[2] !== undefined) {
    const versioned = glob(match[2]);
    return test((entry) => versioned(entry.version) || versioned(versionLabel(entry)));
  }
  const range = [...(match[3] ?? '').matchAll(/(>=|<=|>|<|=)([^<>=]+)/g)];
  const unreadable = range.find(([, , version = '']) => !readable(version));
  if (unreadable) return `"${unreadable[2]}" is no version; expected one like 1.7.24 or 2.4.0-beta.0`;
  const within = rangeTest(range.map(([text]) => text).join(' '));
  return test(({ version }) => range.length === 0 || (isVersion(version) && within(version)));
}

function readable(version: string): boolean {
  return /^v?\d+(\.\d+)*([-~.](alpha|beta|rc)\.?\d*)?$/.test(version);
}
