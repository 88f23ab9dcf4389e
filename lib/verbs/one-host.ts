import type { Plan } from '../model/cell.ts';
import { UsageError } from '../util/errors.ts';

/** Throws UsageError for a plan of which not one host can be kept. */
export function assertOneHost({ cells }: Pick<Plan, 'cells'>): void {
  const hosts = [...new Set(cells.map(({ host }) => host.id))];
  if (hosts.length !== 1)
    throw new UsageError(
      `--keep keeps one host, and the plan has ${hosts.length === 0 ? 'none' : hosts.join(', ')}: narrow it with --only 'host=…'`,
    );
}
