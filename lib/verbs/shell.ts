import type { Command } from 'commander';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keptHosts, type KeptHost } from '../hosts/shared/kept.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import type { Plan } from '../model/cell.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { RunFolder } from '../record/run-folder.ts';
import { home } from '../run/keep.ts';
import type { Asking } from '../run/newest.ts';
import { withHost } from '../run/only-host.ts';
import { progressOn } from '../run/progress.ts';
import type { RunOptions } from '../run/run.ts';
import { unrecordedPlan } from '../try/recorded-plan.ts';
import { UsageError } from '../util/errors.ts';
import { execAttached } from '../util/exec.ts';
import { stateDirectory } from '../util/paths.ts';
import { untilInterrupted } from './interrupt.ts';
import { assertOneEngine, assertOneHost } from './one-host.ts';
import { planFrom, type PlanFlags } from './plan.ts';

/** `seams` lets tests have hosts of their own. */
export function shellVerb(program: Command, _version = '', seams: Pick<RunOptions, 'acquire'> = {}): void {
  program
    .command('shell')
    .description('a shell on a host with crictl set up for its engine: on one that --keep left up, or on one that ends with it')
    .argument('[host]', 'a host of the matrix; without it, the one that is kept, or that of the profile')
    .argument('[command...]', 'what to run there in place of a shell, after --')
    .option('--profile <name>', 'a profile of the matrix; without it, the first that has what is asked for')
    .option('--only <selection>', "bring up these, also where a host is kept: 'engine=crio runtime=crun'")
    .action(async (host: string | undefined, command: string[], _: unknown, verb: Command) => {
      const flags = verb.optsWithGlobals<ShellFlags>();
      const open = async (kept: KeptHost, signal?: AbortSignal): Promise<void> => {
        process.exitCode = (await execAttached(shellArgv(kept, command, process.stdin.isTTY), signal)) ?? 130;
      };
      const fresh = flags.only !== undefined || flags.profile !== undefined;
      const kept = fresh ? undefined : chosen(await keptHosts(), host);
      if (kept !== undefined) return open(kept);
      await untilInterrupted((signal) => onFreshHost(flags, host, { ...seams, signal }, open));
    });
}

type ShellFlags = Pick<PlanFlags, 'matrix' | 'only'> & { profile?: string };

/** Brings a host up for a shell; it goes when that ends. */
async function onFreshHost(
  flags: ShellFlags,
  host: string | undefined,
  lease: Pick<RunOptions, 'acquire' | 'signal'>,
  open: (kept: KeptHost, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal } = lease;
  using progress = progressOn(process.stderr);
  const only = [host === undefined ? '' : `host=${host}`, flags.only ?? ''].join(' ').trim();
  const asking = { signal, progress: (text: string) => progress.line('plan', text) };
  const plan = await planWith({ ...flags, ...(only === '' ? {} : { only }) }, asking);
  assertOneHost(plan, 'shell');
  assertOneEngine(plan);
  progress.line('shell', 'no host is kept for it: one comes up, and goes when the shell ends');
  const folder = await RunFolder.create(join(stateDirectory(), 'shells'), unrecordedPlan(plan));
  await withHost({ ...lease, plan, folder, progress }, async (kept) => {
    progress.close();
    await open(kept, signal);
  });
  // Of one that did not come up, its logs say more than the error.
  await rm(folder.path, { recursive: true });
}

/** The plan of the first profile that has such cells. Throws UsageError where none has. */
async function planWith(flags: ShellFlags, asking: Asking): Promise<Plan> {
  const { profiles } = await loadMatrix(flags.matrix);
  let why: unknown;
  for (const profile of flags.profile === undefined ? Object.keys(profiles) : [flags.profile]) {
    try {
      return await planFrom({ ...flags, profile }, asking);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      why ??= error;
    }
  }
  throw why;
}

/** The kept host of this name, or the only one; none where none is. Throws UsageError where that is not one. */
export function chosen(all: readonly KeptHost[], name: string | undefined): KeptHost | undefined {
  const [kept, ...others] = all.filter(({ host }) => name === undefined || host === name);
  if (kept === undefined || others.length === 0) return kept;
  const fitting = [kept, ...others];
  throw new UsageError(
    name === undefined
      ? `Several hosts are kept: say which, ${fitting.map(({ host }) => host).join(' or ')}`
      : `${name} is kept by ${fitting.map(({ owner, run }) => `process ${owner.pid} (run ${run})`).join(' and ')}: end one with Ctrl-C`,
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
