import { z } from 'zod';
import { container, ContainerHost } from './container/facts.ts';
import { local, LocalHost } from './local/facts.ts';
import { ssh, SshHost } from './ssh/facts.ts';
import { vm, VmHost } from './vm/facts.ts';

/** A host as matrix.json describes it. */
export const HostSpec = z.discriminatedUnion('kind', [VmHost, ContainerHost, SshHost, LocalHost]);
export type HostSpec = z.infer<typeof HostSpec>;
export type HostKindName = HostSpec['kind'];
export type SpecOf<Kind extends HostKindName> = Extract<HostSpec, { kind: Kind }>;

/** What is known of a kind of host before one is leased. */
export interface HostKindFacts<Spec extends HostSpec = HostSpec> {
  /** What a lease takes from the machine that podproof runs on; `exclusive` names what only one lease may have. */
  claim(spec: Spec): { memoryMiB: number; cpus: number; exclusive: string[] };
  /** How many leases of one such host there can be at once. */
  copies: number;
  /** Whether podproof starts the whole machine, so that nothing on it is anybody's. */
  ownMachine: boolean;
  /** Whether artifacts are copied to it: otherwise it sees those of this machine. */
  copiesArtifacts: boolean;
  /** The Debian suite whose libc it has; absent for machines of which that is not known. */
  debianSuite?(spec: Spec): string;
  /** Whether its user accepts a Debian package index whose Release file is past its date. */
  allowsExpiredRelease?(spec: Spec): boolean;
}

const kinds: { [Kind in HostKindName]: HostKindFacts<SpecOf<Kind>> } = { vm, container, ssh, local };

export function hostKindFacts({ kind }: HostSpec): HostKindFacts {
  return kinds[kind];
}
