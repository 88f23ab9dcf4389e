import { z } from 'zod';
import { disposable } from '../borrowed/facts.ts';
import { allowExpiredRelease, debianSuite } from '../image/facts.ts';

export const ContainerHost = z.strictObject({
  kind: z.literal('container'),
  suite: debianSuite.describe('Debian suite of the container, and so its libc; the kernel is the machine’s'),
  devices: z
    .array(z.string().regex(/^\/dev\/[\w/.-]+$/, 'expected a path below /dev'))
    .optional()
    .describe('Character devices of the machine to pass besides /dev/kvm, /dev/vhost-vsock and /dev/vhost-net'),
  disposable: disposable.optional(),
  allowExpiredRelease: allowExpiredRelease.optional(),
});
export type ContainerHost = z.infer<typeof ContainerHost>;

export const container = {
  // Its pods share the machine's kernel and devices.
  claim: () => ({ memoryMiB: 1024, cpus: 1, exclusive: ['this machine'] }),
  copies: 1,
  ownMachine: false,
  copiesArtifacts: true,
  debianSuite: ({ suite }: ContainerHost) => suite,
  allowsExpiredRelease: (spec: ContainerHost) => spec.allowExpiredRelease === true,
};
