import { join } from 'node:path';
import { openLedger } from '../hosts/shared/ledger.ts';
import { prepareHost } from '../hosts/registry.ts';
import type { PlannedCell } from '../model/cell.ts';
import { planLeases } from '../plan/leases.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { BlockedError } from '../util/errors.ts';
import { imageVariant } from './host-needs.ts';
import type { Timeline } from './timeline.ts';

/** What hosts are started from, as it is made before they are leased. */
export interface EarlyHosts extends AsyncDisposable {
  /** Settles when nothing more is made for this host. Throws a BlockedError where it cannot be made. */
  ready(id: string): Promise<void>;
}

export interface EarlyHostsOptions {
  folder: Pick<RunFolder, 'id' | 'path'>;
  signal: AbortSignal;
  progress: (text: string) => void;
  timeline: Pick<Timeline, 'span'>;
  prepare?: typeof prepareHost;
}

/**
 * Begins to make what the first host of these cells is started from, such as its image: nobody waits for the network twice.
 * Disposing ends what is under way. An image for Kata is left to the lease: whether one is needed is only known with the binaries.
 */
export function prepareEarly(cells: readonly PlannedCell[], options: EarlyHostsOptions): EarlyHosts {
  const { folder, progress, timeline, prepare = prepareHost } = options;
  const over = new AbortController();
  const [group] = planLeases(cells);
  let step: string | undefined;
  const work = async (): Promise<void> => {
    if (group === undefined || imageVariant(group) !== 'plain') return;
    const { id, spec } = group.host;
    const context = {
      ledger: await openLedger(folder.id),
      logs: join(folder.path, 'hosts', id),
      signal: AbortSignal.any([options.signal, over.signal]),
      progress: (text: string) => progress((step = text)),
    };
    context.signal.throwIfAborted();
    await timeline.span('host', `${id}: image`, () => prepare(id, spec, context, { variant: 'plain' }));
  };
  // What else goes wrong the lease meets as well.
  const made = work()
    .catch((error: unknown) => (error instanceof BlockedError ? error : undefined))
    .finally(() => (step = undefined));
  return {
    async ready(id) {
      if (id !== group?.host.id) return;
      // Said again, now of the host that waits.
      if (step !== undefined) progress(step);
      const error = await made;
      if (error !== undefined) throw error;
    },
    async [Symbol.asyncDispose]() {
      over.abort(new Error('no host is needed any more'));
      await made;
    },
  };
}
