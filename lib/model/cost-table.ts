import { z } from 'zod';

const samples = z.array(z.number().positive()).max(100);

/** Seconds that things took on this machine, the newest last. */
export const CostTable = z.object({
  schema: z.literal(1),
  /** Bringing a host up. */
  host: samples,
  /** Starting an engine. */
  engine: samples,
  /** One pod, by cell: the wall time of the cell's share of its leases. */
  pod: z.record(z.string(), samples),
});
export type CostTable = z.infer<typeof CostTable>;

/** The median of the samples, as one odd run does not move it; undefined where there are none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
