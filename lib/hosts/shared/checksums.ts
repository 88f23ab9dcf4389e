import type { Remote } from '../host.ts';

/** By the way to a host: checksums by which file it was, as stat(1) tells it. */
const summed = new WeakMap<object, Map<string, string>>();

/**
 * Checksums of files on a host, by path; a path that cannot be read is left out. A file whose device, inode, size and times are as when it
 * was summed is not read again: each start of an engine asks, and to read a containerd takes an emulated host 0.6 s.
 */
export async function checksums(host: Pick<Remote, 'exec'>, paths: readonly string[]): Promise<Map<string, string>> {
  const known = summed.get(host) ?? new Map<string, string>();
  summed.set(host, known);
  const files = await identities(
    host,
    paths.filter((path) => path.startsWith('/')),
  );
  const unread = [...files].flatMap(([path, file]) => (known.has(file) ? [] : [path]));
  const read = unread.length === 0 ? [] : await sums(host, unread);
  for (const [path, sum] of read) known.set(files.get(path) ?? path, sum);
  return new Map(
    [...files].flatMap(([path, file]) => {
      const sum = known.get(file);
      return sum === undefined ? [] : [[path, sum] as const];
    }),
  );
}

async function identities(host: Pick<Remote, 'exec'>, paths: readonly string[]): Promise<Map<string, string>> {
  const { stdout } = await host.exec(['stat', '-L', '-c', '%d %i %s %y %z %n', '--', ...paths]);
  const lines = stdout.split('\n');
  return new Map(
    paths.flatMap((path) => {
      const line = lines.find((each) => each.endsWith(` ${path}`));
      return line === undefined ? [] : [[path, line.slice(0, -path.length - 1)] as const];
    }),
  );
}

async function sums(host: Pick<Remote, 'exec'>, paths: readonly string[]): Promise<Map<string, string>> {
  const { stdout } = await host.exec(['sha256sum', '--', ...paths]);
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
      return match?.[1] !== undefined && match[2] !== undefined ? [[match[2], match[1]] as const] : [];
    }),
  );
}
