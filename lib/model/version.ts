/** The version of a source that takes what there is. A plan names the version that was found. */
export const newest = 'newest';

/**
 * Version order of container software. Unlike semver, `rc9 < rc10`, a pre-release counts inside ranges,
 * Debian's epoch and revision are dropped (`1.7.24~ds1-6+b4` is 1.7.24), and any number of parts is read (`1.21`).
 */
interface Version {
  parts: number[];
  /** Empty for a final release. */
  pre: string;
}

/** Runs name few versions, and ask for their order at every verdict. */
const known = new Map<string, Version>();

function parse(text: string): Version {
  const found = known.get(text);
  if (found !== undefined) return found;
  const version = read(text);
  if (known.size < 10_000) known.set(text, version);
  return version;
}

const shape = /^v?(?:\d+:)?(\d+(?:\.\d+)*)(?:[-~.]?(alpha|beta|rc|dev)[-.]?(\d*))?/i;

/** Whether a text begins as a version does: a component may say anything of itself. */
export function isVersion(text: string): boolean {
  return text === newest || shape.test(text.trim());
}

function read(text: string): Version {
  // A version that floats: until it is looked up, no known one is newer.
  if (text === newest) return { parts: [Number.MAX_SAFE_INTEGER], pre: '' };
  const match = shape.exec(text.trim());
  if (!match?.[1])
    throw new RangeError(`Cannot read the version "${text}": expected numbers with dots, like 1.7.24 or 2.4.0-beta.0`);
  const pre = match[2] ? `${match[2].toLowerCase()}${(match[3] ?? '').padStart(6, '0')}` : '';
  return { parts: match[1].split('.').map(Number), pre };
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. Throws RangeError on unreadable input. */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  for (let i = 0; i < Math.max(left.parts.length, right.parts.length); i++) {
    const difference = (left.parts[i] ?? 0) - (right.parts[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.pre === right.pre) return 0;
  if (left.pre === '') return 1;
  if (right.pre === '') return -1;
  return left.pre < right.pre ? -1 : 1;
}

/** Whether it is a release, and no preview of one. */
export function isFinal(version: string): boolean {
  return parse(version).pre === '';
}

/** Whether both are the same version; what cannot be read, as a component may say anything of itself, is the same as nothing. */
export function sameVersion(a: string, b: string): boolean {
  return isVersion(a) && isVersion(b) && compareVersions(a, b) === 0;
}

const comparator = /^(>=|<=|>|<|=)?(\S+)$/;

/** Whether `version` satisfies every blank-separated comparator of `range`, like `>=1.6 <2.0`; an empty range or `*` holds for all. */
export function inRange(version: string, range: string): boolean {
  return rangeTest(range)(version);
}

/** `inRange` for many versions: the range is read once. */
export function rangeTest(range: string): (version: string) => boolean {
  const tests = range
    .trim()
    .split(/\s+/)
    .filter((part) => part !== '' && part !== '*')
    .map((part) => {
      const [, sign = '=', wanted = ''] = comparator.exec(part) ?? [];
      return (version: string) => holds(compareVersions(version, wanted), sign);
    });
  return (version) => tests.every((test) => test(version));
}

function holds(order: number, sign: string): boolean {
  switch (sign) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      return order === 0;
  }
}
