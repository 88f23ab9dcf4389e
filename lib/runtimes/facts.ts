import type { ComponentFacts, ProcessMark } from '../engines/facts.ts';
import type { ImageVariant } from '../hosts/image/facts.ts';
import { crun } from './crun/facts.ts';
import { kata } from './kata/facts.ts';
import { runc } from './runc/facts.ts';
import { runsc } from './runsc/facts.ts';

export interface RuntimeFacts extends ComponentFacts {
  program: string;
  /** As its owners write it. */
  ownName: string;
  /** Of one pod under full emulation on a quiet machine, with others beside it where there are some: a guess where nothing was recorded yet. */
  secondsPerPod: number;
  /** Absent where containers run on the host's kernel: in a VM or in gVisor's sentry, /dev is made there. */
  guest?: {
    /** For sentences: "a Kata guest". */
    kernel: string;
    /** The process on the host that proves it. */
    process: 'vmm' | 'sentry';
    memoryMiB: number;
    /** What the host's kernel must have. */
    modules: readonly ('kvm' | 'tun')[];
  };
  /** Its shims, where the matrix chooses one of them and a VMM, and handlers have settings for these. */
  shims?: readonly ['go', 'rust'];
  /** Capabilities that no container gets, as a mask. */
  withheldCapabilities?: bigint;
  /** Which image a VM or container host for it needs: `plain` where nothing is said here. */
  hostImage?: ImageVariant;
  /** Its processes beside a container. */
  processes: readonly ProcessMark[];
  /** The file by which a container's state directory is known to be its own: in it, or beside it with the id before. */
  state?: { inside: string } | { beside: string };
}

/** Every runtime, in the order of plans. */
export const runtimes = { runc, crun, runsc, kata } as const satisfies Record<string, RuntimeFacts>;
export type RuntimeName = keyof typeof runtimes;

/** The runtime that the others are contrasted with on the same engine. */
export const contrastRuntime: RuntimeName = 'runc';

export function runtimeFacts(name: RuntimeName): RuntimeFacts {
  return runtimes[name];
}

/** Whether its containers run on a kernel of their own. */
export function hasGuest({ name }: { name: RuntimeName }): boolean {
  return runtimeFacts(name).guest !== undefined;
}
