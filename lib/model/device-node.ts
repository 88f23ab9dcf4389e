import { z } from 'zod';

/** One entry of a /dev directory. `mode` is four octal digits; links have a target, only nodes have numbers. */
export const DeviceNode = z.object({
  path: z.string(),
  type: z.enum(['c', 'b', 'd', 'l', 'p', 's', 'f']),
  major: z.number().optional(),
  minor: z.number().optional(),
  uid: z.number(),
  gid: z.number(),
  mode: z.string().regex(/^[0-7]{4}$/),
  target: z.string().optional(),
});
export type DeviceNode = z.infer<typeof DeviceNode>;

/** Whether everybody may read or write the node who may not read or write the other, whatever owner and group may. */
export function isWiderThan(node: Pick<DeviceNode, 'mode'>, other: Pick<DeviceNode, 'mode'>): boolean {
  const everybody = ({ mode }: Pick<DeviceNode, 'mode'>): number => Number.parseInt(mode, 8) & 0o006;
  return (everybody(node) & ~everybody(other)) !== 0;
}
