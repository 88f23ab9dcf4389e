import { z } from 'zod';
import { disposable, sparePci } from '../borrowed/facts.ts';

export const SshHost = z.strictObject({
  kind: z.literal('ssh'),
  destination: z
    .string()
    .regex(/^[^-\s]\S*$/, 'expected an ssh destination like root@metal-1')
    .describe('As ssh(1) takes it: alias, host or user@host'),
  configFile: z.string().min(1).optional().describe('An ssh_config(5) file instead of the user’s own'),
  sparePci,
  disposable: disposable.default(false),
});
export type SshHost = z.infer<typeof SshHost>;

export const ssh = {
  claim: ({ destination }: SshHost) => ({ memoryMiB: 0, cpus: 0, exclusive: [`ssh ${destination}`] }),
  copies: 1,
  ownMachine: false,
  copiesArtifacts: true,
};
