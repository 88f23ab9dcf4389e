import { posix } from 'node:path';

/** One member of an archive, as `tar --list` shows it. */
export interface TarEntry {
  /** `-` file, `d` directory, `l` symbolic link, `h` hard link; anything else has no place in an artifact. */
  type: string;
  size: number;
  path: string;
  /** Of a link. */
  target: string;
}

/** More than any release has: Kata's prefix has about 500 members and 2 GiB. */
export const limits = { entries: 200_000, bytes: 16 * 1024 ** 3, pathLength: 1_024, hops: 40 };

/** With this every name is one quoted word, so that no name can pretend to be another column or line. */
export const listArguments = ['--list', '--verbose', '--numeric-owner', '--full-time', '--quoting-style=c'] as const;

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const line = new RegExp(String.raw`^(\S)\S{9,10} \S+ +(\d+|\d+,\d+) \S+ \S+ ${quoted}(?: (?:->|link to) ${quoted})?$`);

/** Reads the listing. Throws an Error at a line that it does not understand: what is not understood is not unpacked. */
export function parseTarList(text: string): TarEntry[] {
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => {
      const [, type, size, path, target = ''] = line.exec(each) ?? [];
      if (type === undefined || size === undefined || path === undefined)
        throw new Error(`Cannot read the line ${JSON.stringify(each.slice(0, 200))} of tar`);
      return { type, size: Number(size) || 0, path: unquote(path), target: unquote(target) };
    });
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unquote(text: string): string {
  const bytes = text.replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
    /^[0-7]{3}$/.test(code) ? String.fromCharCode(parseInt(code, 8) & 0xff) : (escapes[code] ?? code),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Why an archive must not be unpacked: the first reason, naming the member. Undefined when it is harmless. */
export function refusal(entries: readonly TarEntry[]): string | undefined {
  if (entries.length > limits.entries) return `it has ${entries.length} members, more than ${limits.entries}`;
  const types = new Map<string, string>();
  const links = new Map<string, string>();
  let bytes = 0;
  for (const { type, size, path, target } of entries) {
    const shown = JSON.stringify(path.slice(0, 200));
    const place = inside(path);
    if (place === undefined) return `${shown} is absolute, leaves the prefix or is too long`;
    if (!'-dlh'.includes(type)) return `${shown} is ${kinds[type] ?? 'of an unknown kind'}`;
    const before = types.get(place);
    if (before !== undefined && !(before === 'd' && type === 'd')) return `${shown} is defined twice`;
    if (type === 'h' && types.get(inside(target) ?? '') !== '-' && types.get(inside(target) ?? '') !== 'h')
      return `the hard link ${shown} names no file of the archive before it`;
    types.set(place, type);
    if (type === 'l') links.set(place, target);
    bytes += size;
    if (bytes > limits.bytes) return `it unpacks to more than ${limits.bytes / 1024 ** 3} GiB`;
  }
  for (const place of types.keys()) {
    for (let parent = posix.dirname(place); parent !== '.'; parent = posix.dirname(parent)) {
      if (types.has(parent) && types.get(parent) !== 'd')
        return `${JSON.stringify(place)} lies below ${JSON.stringify(parent)}, which is no directory`;
    }
  }
  for (const place of links.keys()) {
    if (!staysInside(place, links))
      return `the link ${JSON.stringify(place)} to ${JSON.stringify(links.get(place)?.slice(0, 200))} leaves the prefix`;
  }
  return undefined;
}

const kinds: Record<string, string> = { b: 'a block device', c: 'a character device', p: 'a fifo', s: 'a socket' };

/** The path without `./` and doubled slashes; undefined when it is not one inside the prefix. */
function inside(path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0') || path.length > limits.pathLength) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/') || '.';
}

/** Follows a link as the kernel would: `..` after a link goes up from where that link leads, not from where it is. */
function staysInside(place: string, links: ReadonlyMap<string, string>): boolean {
  const at = place.split('/').slice(0, -1);
  const ahead = (links.get(place) ?? '').split('/').reverse();
  if (ahead.at(-1) === '') return false;
  let hops = 0;
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return false;
      continue;
    }
    at.push(part);
    const target = links.get(at.join('/'));
    if (target === undefined) continue;
    if (++hops > limits.hops || target.startsWith('/')) return false;
    at.pop();
    ahead.push(...target.split('/').reverse());
  }
  return true;
}
