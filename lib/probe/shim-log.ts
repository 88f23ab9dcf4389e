import type { Remote } from '../hosts/host.ts';

/** The shim of one sandbox: its pids where the sweep saw them, and the sandbox's id, empty when there never was one. */
export interface ShimOf {
  pids: readonly number[];
  sandboxId: string;
}

/**
 * What the Kata shim of a sandbox wrote to the host's journal: which configuration it loaded, how the agent announced
 * itself, and its last warnings. Both shims log there as `kata` (kata-containers 4.1.0 src/runtime/pkg/katautils/logger.go,
 * src/libs/logging/src/lib.rs). Empty where the host has no journal.
 */
export async function readShimLog(remote: Remote, { pids, sandboxId }: ShimOf): Promise<string> {
  if (pids.length === 0 && sandboxId === '') return '';
  const { stdout } = await remote.exec(['sh', '-c', script, 'sh', sandboxId, ...pids.map((pid) => `_PID=${pid}`)]);
  return stdout.slice(0, 12_000);
}

// Without a pid the sandbox's id tells its lines, which only the Go shim puts into each.
const script = `
id=$1; shift
own() { if [ "$matched" -gt 0 ]; then cat; else grep -F -e "$id"; fi; }
matched=$#
lines() { journalctl -q --no-pager -b -o cat --since=-900s SYSLOG_IDENTIFIER=kata "$@" | own; }
lines "$@" | grep -E 'loaded configuration"|load configuration from|agent-version' | cut -c 1-3000 | head -n 4
lines "$@" PRIORITY=3 PRIORITY=4 | cut -c 1-500 | uniq | tail -n 12
:
`;

/**
 * The configuration file that the shim says it loaded, or null. Go: `level=info msg="loaded configuration" file=/a.toml …`
 * (src/runtime/pkg/katautils/config.go LoadConfiguration); runtime-rs: `load configuration from: /a.toml`
 * (src/libs/kata-types/src/config/mod.rs).
 */
export function loadedConfiguration(log: string): string | null {
  for (const line of log.split('\n')) {
    const go = line.includes('msg="loaded configuration"') ? /\bfile=(?:"([^"]+)"|(\S+))/.exec(line) : null;
    const rust = /\bload configuration from: "?([^"\s]+)/.exec(line);
    const path = go?.[1] ?? go?.[2] ?? rust?.[1];
    if (path !== undefined) return path;
  }
  return null;
}
