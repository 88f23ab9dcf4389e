import { readFile, readdir } from 'node:fs/promises';
import { z } from 'zod';

/** A process of this machine, unmistakable across reuse of its pid: start time in clock ticks since boot, and the boot. */
export const ProcessIdentity = z.object({
  pid: z.int().min(2),
  /** Field 22 of /proc/PID/stat. */
  start: z.string().min(1),
  /** /proc/sys/kernel/random/boot_id; ticks of another boot prove nothing. */
  boot: z.string().min(1),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Field 22 of a line of /proc/PID/stat; the name in field 2 may hold blanks and parentheses. */
export function startTimeIn(stat: string): string | undefined {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .trim()
    .split(' ')[19];
}

export async function machineBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** The identity of a running process, or undefined when there is none with this pid (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const start = startTimeIn(stat);
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return start === undefined || state === 'Z' ? undefined : { pid, start, boot: await machineBootId() };
}

/** Whether exactly this process still runs. */
export async function isRunning(process: ProcessIdentity): Promise<boolean> {
  const now = await identify(process.pid);
  return now !== undefined && now.start === process.start && now.boot === process.boot;
}

/** Processes that carry `token` in their argv, this one excepted. */
export async function findByToken(token: string): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!argv.includes(token)) continue;
    const identity = await identify(pid);
    if (identity !== undefined) found.push(identity);
  }
  return found;
}
