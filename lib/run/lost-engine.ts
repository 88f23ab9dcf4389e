import type { Remote } from '../hosts/host.ts';
import type { Outcome } from '../model/outcome.ts';
import { messageOf } from '../util/errors.ts';
import type { WorkerContext } from './worker-context.ts';

type Leased = Pick<WorkerContext, 'engine' | 'lease'>;

/**
 * What happened to the pod of an engine that is of no use any more: its process is gone, or it answers nothing. A connection that
 * broke says little, and a call without an answer may be the pod's own: `ask` is a call that needs no pod, and throws where it
 * has none either. So an engine that hangs costs one deadline, and not one for each pod.
 */
export async function withLostEngine(
  outcome: Outcome,
  leased: Leased,
  remote: Pick<Remote, 'exec'>,
  ask: () => Promise<unknown>,
): Promise<Outcome> {
  if (outcome.kind === 'error') return { ...outcome, ...(await ended(outcome.message, leased, remote)) };
  if (outcome.kind !== 'refused' || outcome.code !== 'DEADLINE_EXCEEDED') return outcome;
  return ask().then(
    () => outcome,
    (error: unknown) => {
      const message = `${nameOf(leased)} hangs: ${outcome.call} had ${outcome.message}, and ${messageOf(error)}`;
      return { kind: 'error', message, stack: '' };
    },
  );
}

async function ended(message: string, leased: Leased, remote: Pick<Remote, 'exec'>): Promise<{ message?: string }> {
  const { pid, log } = leased.engine;
  const { exitCode } = await remote.exec(['test', '-d', `/proc/${pid}`]);
  // Anything but test's own "no" says nothing of the process.
  if (exitCode !== 1) return {};
  const { stdout } = await remote.exec(['tail', '-n', '1', '--', log]);
  const last = stdout.trim().slice(-300);
  return {
    message: `${nameOf(leased)} ended while the pod was under way, its process ${pid} is gone: ${message}; its log ends: ${last}`,
  };
}

function nameOf({ lease: { engine } }: Leased): string {
  return `${engine.reportedName} ${engine.reportedVersion}`;
}
