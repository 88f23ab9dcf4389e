import { exec, execOk } from '../../util/exec.ts';
import { quoteAll } from '../../util/quote.ts';
import type { Connection, Remote } from '../host.ts';
import { processStream } from './process-stream.ts';

/** A way to a host from any process that has its connection: the runner's, or a test worker's. Holds nothing open. */
export function connectRemote(connection: Connection): Remote {
  const wrap = (argv: readonly string[]): string[] => [
    ...connection.prefix,
    ...(connection.quoting === 'posix' ? [quoteAll(argv)] : argv),
  ];
  const remote: Remote = {
    connection,
    argv: wrap,
    async exec(argv, { cwd, env, ...options } = {}) {
      const there = [
        ...(cwd === undefined ? [] : ['sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh', cwd]),
        ...(env === undefined ? [] : ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]),
        ...argv,
      ];
      const result = await exec(wrap(there), options);
      return { ...result, argv, failure: result.failure && `${result.failure.split(': ')[0]}: ${quoteAll(argv)}` };
    },
    dial: (socketPath) => processStream(wrap(['socat', '-', socatAddress(socketPath)])),
    async write(path, content, mode = 0o644) {
      await execOk(wrap(['sh', '-euc', writeScript, 'sh', path, mode.toString(8).padStart(4, '0')]), { input: content });
    },
  };
  return remote;
}

/** A unix socket as an address of socat, which gives meaning to some characters. */
export function socatAddress(socketPath: string): string {
  return `UNIX-CONNECT:${socketPath.replace(/[\\,:!"'()[\]{}]/g, '\\$&')}`;
}

/** Renamed at the end, so that a reader never sees half a file, nor one writer another's; the content is never more open than the final mode. */
const writeScript =
  'mkdir -p -- "$(dirname -- "$1")"; umask 077; new=$1.podproof.$$; cat > "$new"; chmod "$2" "$new"; mv -f -- "$new" "$1"';
