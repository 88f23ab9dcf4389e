import type { Plan } from '../model/cell.ts';
import { UsageError } from '../util/errors.ts';

/** Throws UsageError for a plan of which not one host can be kept. `asked` is who keeps it: `--keep`. */
export function assertOneHost({ cells }: Pick<Plan, 'cells'>, asked: '--keep' | 'shell'): void {
  assertOne(asked, 'host', [...new Set(cells.map(({ host }) => host.id))]);
}

/** The same for the engine that a shell is to have. */
export function assertOneEngine({ cells }: Pick<Plan, 'cells'>): void {
  assertOne('shell', 'engine', [...new Set(cells.map(({ engine }) => `${engine.name}@${engine.version}`))]);
}

function assertOne(asked: string, what: 'host' | 'engine', found: readonly string[]): void {
  if (found.length === 1) return;
  const has = found.length === 0 ? 'none' : found.join(', ');
  const verb = asked === 'shell' ? 'is of' : 'keeps';
  throw new UsageError(`${asked} ${verb} one ${what}, and the plan has ${has}: narrow it with --only '${what}=…'`);
}
