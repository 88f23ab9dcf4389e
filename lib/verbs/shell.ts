import type { Command } from 'commander';
import { connectRemote } from '../hosts/shared/remote.ts';
import { keptHosts, type KeptHost } from '../hosts/shared/kept.ts';
import { home } from '../run/keep.ts';
import { execAttached } from '../util/exec.ts';
import { UsageError } from '../util/errors.ts';

export function shellVerb(program: Command): void {
  program
    .command('shell')
    .description('a shell on a host that "run --keep" or "try --keep" left up, with crictl set up for its engine')
    .argument('[host]', 'a host of the matrix; without it, the one that is kept')
    .argument('[command...]', 'what to run there in place of a shell, after --')
    .action(async (host: string | undefined, command: string[]) => {
      const kept = chosen(await keptHosts(), host);
      process.exitCode = (await execAttached(shellArgv(kept, command, process.stdin.isTTY))) ?? 130;
    });
}

/** The kept host of this name, or the only one. Throws UsageError. */
export function chosen(all: readonly KeptHost[], name: string | undefined): KeptHost {
  const fitting = all.filter(({ host }) => name === undefined || host === name);
  const [kept, ...others] = fitting;
  if (kept !== undefined && others.length === 0) return kept;
  if (kept !== undefined)
    throw new UsageError(
      name === undefined
        ? `Several hosts are kept: say which, ${fitting.map(({ host }) => host).join(' or ')}`
        : `${name} is kept by ${fitting.map(({ owner, run }) => `process ${owner.pid} (run ${run})`).join(' and ')}: end one with Ctrl-C`,
    );
  const there = all.length === 0 ? 'no host is kept' : `kept is ${all.map(({ host }) => host).join(', ')}`;
  throw new UsageError(
    `No shell${name === undefined ? '' : ` on ${name}`}: ${there}; npx podproof run --keep, or try --keep, leaves its host up`,
  );
}

/** The argv that runs a command on a kept host, or an interactive shell where there is a terminal. */
export function shellArgv(
  { connection, environment, welcome }: Pick<KeptHost, 'connection' | 'environment' | 'welcome'>,
  command: readonly string[],
  isTerminal: boolean,
): string[] {
  const interactive = isTerminal && command.length === 0;
  const shell = 'if command -v bash >/dev/null; then exec bash --noprofile --norc; else exec sh; fi';
  const script =
    command.length > 0
      ? 'cd "$1"; shift 2; exec "$@"'
      : interactive
        ? `cd "$1"; printf '%s\\n' "$2"; ${shell}`
        : `cd "$1"; ${shell}`;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const argv = connectRemote(connection).argv(['env', ...variables, 'sh', '-c', script, 'sh', home, welcome, ...command]);
  return interactive ? onTerminal(argv) : argv;
}

/** ssh(1) gives the other side a terminal when it is asked to. */
function onTerminal([program = '', ...rest]: readonly string[]): string[] {
  return program === 'ssh' ? [program, '-t', ...rest] : [program, ...rest];
}
