import { z } from 'zod';

/** The part of the OCI runtime specification that the engine reports and the rules speak of. Unknown keys are dropped. */
export const OciSpec = z.object({
  process: z
    .object({
      user: z
        .object({ uid: z.number().default(0), gid: z.number().default(0), additionalGids: z.array(z.number()).default([]) })
        .optional(),
      capabilities: z.record(z.string(), z.array(z.string())).optional(),
      noNewPrivileges: z.boolean().optional(),
    })
    .optional(),
  linux: z
    .object({
      devices: z
        .array(
          z.object({
            path: z.string(),
            type: z.string(),
            major: z.number().default(0),
            minor: z.number().default(0),
            fileMode: z.number().optional(),
            uid: z.number().optional(),
            gid: z.number().optional(),
          }),
        )
        .default([]),
      resources: z
        .object({
          devices: z
            .array(
              z.object({
                allow: z.boolean(),
                type: z.string().optional(),
                major: z.number().optional(),
                minor: z.number().optional(),
                access: z.string().optional(),
              }),
            )
            .default([]),
        })
        .optional(),
      maskedPaths: z.array(z.string()).default([]),
      readonlyPaths: z.array(z.string()).default([]),
      uidMappings: z.array(z.object({ containerID: z.number(), hostID: z.number(), size: z.number() })).default([]),
    })
    .optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});
export type OciSpec = z.infer<typeof OciSpec>;
