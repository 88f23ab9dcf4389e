import type { Remote } from '../hosts/host.ts';
import type { CallTiming } from '../model/cri-request.ts';

/**
 * Has systemd read its units again and set the device rules of every scope anew. Its time is recorded as a call: nobody but
 * systemd could shorten it. `clock` gives milliseconds since the run started. Throws an Error when it fails.
 */
export async function reloadDaemon(remote: Pick<Remote, 'exec'>, clock: () => number): Promise<CallTiming> {
  const startMs = clock();
  const { exitCode, stderr } = await remote.exec(['systemctl', 'daemon-reload'], { timeoutMs: 120_000 });
  if (exitCode !== 0) throw new Error(`Cannot run systemctl daemon-reload: ${stderr.trim()}`);
  return { call: 'systemctl daemon-reload', startMs, durationMs: clock() - startMs };
}
