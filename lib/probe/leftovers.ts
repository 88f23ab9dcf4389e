import type { HostReport } from '../model/host-report.ts';
import type { Observation } from '../model/observation.ts';

/**
 * What is on the host after a pod was removed and was not there before, one line each. Ours are device nodes and loop devices
 * that carry our name; everything else was the engine's or the runtime's to remove. Another pod that comes or goes
 * between the two sweeps shows too, except in processes and mounts.
 */
export function leftovers(before: HostReport, after: HostReport): NonNullable<Observation['leftovers']> {
  const devices = added(before.dev, after.dev, ({ path }) => `device node ${path}`);
  const loopDevices = added(before.loops, after.loops, (loop) => `loop device ${loop}`);
  const isOurs = (line: string): boolean => line.includes('podproof');
  const ambiguous = [...devices, ...loopDevices];
  return {
    runtime: [
      ...added(
        before.processes,
        after.processes,
        ({ pid, start, comm, role }) => `process ${pid} ${comm} (${role}, start ${start})`,
      ),
      ...added(before.users, after.users, ({ name, uid }) => `user ${name} (${uid})`),
      ...added(before.runUser, after.runUser, ({ path }) => path),
      ...added(before.runVc ?? [], tops(after.runVc ?? []), ({ path }) => path),
      ...added(before.mounts, after.mounts, ({ target, fstype }) => `mount ${target} (${fstype})`),
      ...added(before.netns, after.netns, (path) => `network namespace ${path}`),
      ...ambiguous.filter((line) => !isOurs(line)),
    ],
    ours: ambiguous.filter(isOurs),
  };
}

/** The entries that are below no other, as what is below them need not be listed. */
function tops(entries: NonNullable<HostReport['runVc']>): NonNullable<HostReport['runVc']> {
  const paths = new Set(entries.map(({ path }) => path));
  return entries.filter(({ path }) => !paths.has(path.slice(0, path.lastIndexOf('/'))));
}

function added<T>(before: readonly T[], after: readonly T[], line: (item: T) => string): string[] {
  const known = new Set(before.map(line));
  return after.map(line).filter((text) => !known.has(text));
}
