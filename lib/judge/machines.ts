import type { Plan } from '../model/cell.ts';
import type { HostEntry } from '../model/document.ts';
import type { HostFacts } from '../model/host-facts.ts';
import { canonicalJson } from '../model/json.ts';
import type { Runs } from './runs.ts';

/** By planned host: how its machines ran guest code. */
export function acceleratorsOf(runs: Runs): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { host, facts } of runs.hosts()) found.set(host, (found.get(host) ?? new Set()).add(facts.accelerator));
  return found;
}

/** The machines that took the part of each planned host; those that differ in nothing but the boot are one. */
export function hostsOf(plan: Plan, runs: Runs): HostEntry[] {
  const kinds = new Map(plan.cells.map((cell) => [cell.host.id, cell.host.spec.kind]));
  const distinctOf = new Map<string, Map<string, HostFacts>>();
  for (const { host, facts } of runs.hosts())
    distinctOf.set(
      host,
      (distinctOf.get(host) ?? new Map<string, HostFacts>()).set(canonicalJson({ ...facts, bootId: '' }), facts),
    );
  return [...kinds].flatMap(([id, kind]): HostEntry[] => {
    const distinct = distinctOf.get(id);
    if (distinct === undefined) return [{ id, kind, accelerator: 'never up' }];
    return [...distinct.values()].map((facts) => ({ id, kind, accelerator: facts.accelerator, facts }));
  });
}
