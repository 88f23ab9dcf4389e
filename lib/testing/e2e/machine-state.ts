import { expect } from 'vitest';
import type { Host } from '../../hosts/host.ts';

/** Every file of the machine with owner, mode, size and times, every process, and every AppArmor profile; without the logs of logins. */
export async function stateOf(machine: Pick<Host, 'exec'>): Promise<Set<string>> {
  const quiet = ['/run/log', '/var/log', '/run/systemd', '/run/udev', '/root/.cache'].flatMap((path) => [
    '-path',
    path,
    '-prune',
    '-o',
  ]);
  const files = await machine.exec(['find', '/', '/run', '/dev', '-xdev', ...quiet, '-printf', '%p %y %m %U:%G %s %T@\\n'], {
    timeoutMs: 120_000,
  });
  const processes = await machine.exec([
    'sh',
    '-c',
    "ps -eo ppid=,comm= | awk '$1 != 2 && $2 !~ /^(sshd|sh$|ps$|awk$|systemd|[(]udev-worker)/ { print $2 }'; cat /sys/kernel/security/apparmor/profiles",
  ]);
  expect(files.stdout.length).toBeGreaterThan(100_000);
  return new Set(
    [...files.stdout.split('\n'), ...processes.stdout.split('\n')].filter((line) => !/^\/(run|dev|tmp|root) d /.test(line)),
  );
}

/** What came and what went. */
export function changes(before: Set<string>, after: Set<string>): string[] {
  const came = [...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`);
  const went = [...before].filter((line) => !after.has(line)).map((line) => `- ${line}`);
  return [...came, ...went].slice(0, 40);
}
