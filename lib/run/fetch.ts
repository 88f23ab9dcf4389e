import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../hosts/shared/ledger.ts';
import { prepareHost } from '../hosts/registry.ts';
import { componentKey, componentsOf, type Plan } from '../model/cell.ts';
import { planLeases } from '../plan/leases.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import { resolveAll, type Resolved } from './artifacts.ts';
import { imageVariant } from './host-needs.ts';

/** One thing that a plan needs, and where it came from or why it is unavailable. */
export interface Fetched {
  what: string;
  from?: string;
  reason?: string;
}

/** Brings everything that a run of the plan would fetch or build into the cache, so that the run itself needs no network. */
export async function fetchAll(
  plan: Plan,
  options: { signal: AbortSignal; progress: (phase: string, text: string) => void },
): Promise<Fetched[]> {
  const { signal } = options;
  const resolved = await resolveAll(plan.cells, {
    signal,
    progress: (text) => options.progress('artifact', text),
    append: () => undefined,
  });
  const components = new Map(plan.cells.flatMap((cell) => componentsOf(cell).map((part) => [componentKey(part), part] as const)));
  const fetched = [...components].map(([key, { name, version }]): Fetched => ({
    what: `${name} ${version}`,
    ...outcome(resolved.get(key)),
  }));
  const context = {
    ledger: await openLedger(`fetch-${process.pid}`),
    logs: join(tmpdir(), `podproof-fetch-${process.pid}`),
    signal,
    progress: (text: string) => options.progress('host', text),
  };
  for (const group of planLeases(plan.cells)) {
    const { id, spec } = group.host;
    const what = `host ${id}`;
    try {
      fetched.push({ what, from: await prepareHost(id, spec, context, { variant: imageVariant(group) }) });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BlockedError)) throw error;
      fetched.push({ what, reason: sentenceOf(error) });
    }
  }
  return fetched;
}

function outcome(resolved: Resolved | undefined): Omit<Fetched, 'what'> {
  if (resolved === undefined) return { reason: 'not tried' };
  return 'reason' in resolved ? { reason: resolved.reason } : { from: resolved.artifact.source };
}
