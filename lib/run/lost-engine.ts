import type { Remote } from '../hosts/host.ts';
import type { Outcome } from '../model/outcome.ts';
import type { WorkerContext } from './worker-context.ts';

/** A connection that broke says little: where the engine's process is gone, that is what happened to the pod. */
export async function withLostEngine(
  outcome: Outcome,
  { enginePid, engineLog, lease: { engine } }: Pick<WorkerContext, 'enginePid' | 'engineLog' | 'lease'>,
  remote: Pick<Remote, 'exec'>,
): Promise<Outcome> {
  if (outcome.kind !== 'error') return outcome;
  const { exitCode } = await remote.exec(['test', '-d', `/proc/${enginePid}`]);
  // Anything but test's own "no" says nothing of the process.
  if (exitCode !== 1) return outcome;
  const { stdout } = await remote.exec(['tail', '-n', '1', '--', engineLog]);
  const message = `${engine.reportedName} ${engine.reportedVersion} ended while the pod was under way, its process ${enginePid} is gone: ${outcome.message}; its log ends: ${stdout.trim().slice(-300)}`;
  return { ...outcome, message };
}
