import { HostLostError } from '../../util/errors.ts';
import type { Host } from '../host.ts';

/** A script that is run on a host, and what it does, as it completes "Cannot …". */
export interface Step {
  name: string;
  script: string;
  args?: readonly string[];
}

/** A host, a machine that is going to be one, or one that is only being given back. */
export type Stepping = Pick<Host, 'exec'> & Partial<Pick<Host, 'consoleTail'>>;

/**
 * Milliseconds for one step. None waits for anybody without a shorter limit of its own: what takes longer hangs in the host's
 * kernel, where no signal ends it, and so will the next that needs the same lock.
 */
export const stepMs = 60_000;

/**
 * Runs one step and returns what it printed. Throws a HostLostError, with the kernel's stacks of what hangs, when it does not
 * end, and another Error when it fails.
 */
export async function runStep(host: Stepping, { name, script, args = [] }: Step): Promise<string> {
  const result = await host.exec(['sh', '-uc', script, 'sh', ...args], { timeoutMs: stepMs });
  if (result.exitCode === 0) return result.stdout;
  if (!result.timedOut) throw new Error(`Cannot ${name} on the host: ${result.stderr.trim() || result.failure}`);
  const { stdout: stacks } = await host.exec(['sh', '-c', stacksScript], { timeoutMs: 20_000 });
  const evidence = [(await host.consoleTail?.()) ?? '', stacks.trim()].filter((text) => text !== '');
  throw new HostLostError(`The host is lost: it hangs where it should ${name}`, evidence.join('\n'));
}

/** Tasks that run or wait in the kernel, each with where it is there (proc_pid_stack(5)). */
const stacksScript = `
for task in /proc/[0-9]*/task/[0-9]*; do
  grep -qs '^State:.[DR]' "$task/status" || continue
  echo "task \${task##*/} ($(cat "$task/comm")):"
  cat "$task/stack"
done 2>/dev/null
`;
