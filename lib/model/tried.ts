import { z } from 'zod';

/** A container of a manifest as a run records it: its scenario, and the devices that its questions are about. */
export const TriedContainer = z.object({
  scenario: z.string(),
  /** `container media of Deployment media`. */
  title: z.string(),
  devices: z.array(
    z.object({
      /** In the container; absent for the host's spare PCI function, whose path is known when the host is up. */
      path: z.string().optional(),
      /** How the pod asks for it: `gpu.intel.com/i915`. */
      from: z.string(),
    }),
  ),
});
export type TriedContainer = z.infer<typeof TriedContainer>;
