import type { KeptHost } from '../hosts/shared/kept.ts';
import { costs } from '../plan/cost.ts';
import { probeImages } from '../probe/image/images.ts';
import { BlockedError } from '../util/errors.ts';
import type { HostWork } from './host-work.ts';
import { onHosts, resolveOn, withArtifacts } from './on-hosts.ts';
import type { RunOptions } from './run.ts';
import { stageOf } from './stage.ts';

/** Brings up the host of a plan with its engine, launches nothing, and keeps both up while `meanwhile` goes on. Throws BlockedError where they do not come up. */
export async function withHost(
  { plan, folder, progress, signal, acquire }: Pick<RunOptions, 'plan' | 'folder' | 'progress' | 'signal' | 'acquire'>,
  meanwhile: (kept: KeptHost) => Promise<void>,
): Promise<void> {
  const stage = stageOf({ folder, progress, signal });
  const resolved = await resolveOn(stage, plan.cells);
  let up = false;
  const work: HostWork = {
    ...{ resolved, images: await probeImages(), acquire },
    scenarios: () => [],
    engine: async () => undefined,
    async keep(kept) {
      up = true;
      await meanwhile(kept);
    },
  };
  const cells = withArtifacts(stage, plan.cells, resolved);
  await onHosts(stage, work, cells, { by: costs(), once: true, lost: async () => undefined });
  signal.throwIfAborted();
  const why = (await folder.events()).flatMap((event) => (event.event === 'blocked' ? [event.reason] : []));
  if (!up) throw new BlockedError(why.join('; '));
}
