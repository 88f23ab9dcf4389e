import { z } from 'zod';
import { ProcessIdentity } from './process-identity.ts';

/** What a lease of a host takes from the machine that podproof runs on, all at once or not at all. */
export const Need = z.object({
  memoryMiB: z.number().min(0),
  cpus: z.number().min(0),
  /** Names of what only one lease may have: `this machine`, `ssh root@metal-1`. */
  exclusive: z.array(z.string()),
});
export type Need = z.infer<typeof Need>;

/** A lease that is held or waited for. */
export const Claim = Need.extend({
  id: z.string(),
  owner: ProcessIdentity,
  /** For people: the run and the host. */
  title: z.string(),
});
export type Claim = z.infer<typeof Claim>;

/** Claims of every podproof of this machine; those that wait are in the order of their arrival. */
export const Ledgered = z.object({ held: z.array(Claim), waiting: z.array(Claim) });
export type Ledgered = z.infer<typeof Ledgered>;

export interface Capacity {
  memoryMiB: number;
  cpus: number;
}

/**
 * Moves claims from waiting to held. Whoever holds least goes first, then whoever came first, and nobody overtakes a claim
 * of another process that lacks the same thing: so every claim is granted once those before it end. As a claim gets all that
 * it needs at once, no two can wait for each other. Memory is never promised twice. CPUs are: one process has no more than there are,
 * all together have at most twice as many, as pods wait as long as they compute; so a second process starts while the first runs.
 * A claim for more than there is gets the machine to itself.
 */
export function grant({ held, waiting }: Ledgered, capacity: Capacity): Ledgered {
  const now = [...held];
  const left = new Set(waiting);
  for (;;) {
    const next = firstGrantable(now, [...left], capacity);
    if (next === undefined) return { held: now, waiting: [...left] };
    now.push(next);
    left.delete(next);
  }
}

function firstGrantable(held: Claim[], waiting: Claim[], capacity: Capacity): Claim | undefined {
  const ofOwner = (claim: Claim): Claim[] => held.filter(({ owner }) => sameProcess(owner, claim.owner));
  const turn = new Map(waiting.map((claim) => [claim, ofOwner(claim).length]));
  const queue = waiting.toSorted((a, b) => (turn.get(a) ?? 0) - (turn.get(b) ?? 0));
  const reserved = new Set<string>();
  for (const claim of queue) {
    const lacking = lacks(claim, held, ofOwner(claim), capacity);
    if (lacking.length === 0 && !wants(claim).some((want) => reserved.has(want))) return claim;
    for (const want of lacking) if (want !== 'own CPUs') reserved.add(want);
  }
  return undefined;
}

function wants({ memoryMiB, cpus, exclusive }: Need): string[] {
  return [...(memoryMiB > 0 ? ['memory'] : []), ...(cpus > 0 ? ['CPUs'] : []), ...exclusive.map((name) => `exclusive ${name}`)];
}

/** What a claim still waits for. */
function lacks(claim: Need, held: Claim[], own: Claim[], capacity: Capacity): string[] {
  const fits = (of: Claim[], what: 'memoryMiB' | 'cpus', limit: number): boolean => {
    const taken = of.reduce((sum, each) => sum + each[what], 0);
    return claim[what] === 0 || taken === 0 || taken + claim[what] <= limit;
  };
  const taken = new Set(held.flatMap(({ exclusive }) => exclusive));
  return [
    ...(fits(held, 'memoryMiB', capacity.memoryMiB) ? [] : ['memory']),
    ...(fits(held, 'cpus', 2 * capacity.cpus) ? [] : ['CPUs']),
    ...(fits(own, 'cpus', capacity.cpus) ? [] : ['own CPUs']),
    ...claim.exclusive.filter((name) => taken.has(name)).map((name) => `exclusive ${name}`),
  ];
}

function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.start === b.start && a.boot === b.boot;
}
