import type { Plan } from '../model/cell.ts';
import type { HostEntry } from '../model/document.ts';
import { canonicalJson } from '../model/json.ts';
import { distinctBy, groupBy } from '../util/group-by.ts';
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
  const machines = groupBy(runs.hosts(), ({ host }) => host);
  return [...kinds].flatMap(([id, kind]): HostEntry[] => {
    const own = distinctBy(machines.get(id) ?? [], ({ facts }) => canonicalJson({ ...facts, bootId: '' }));
    if (own.length === 0) return [{ id, kind, accelerator: 'never up' }];
    return own.map(({ facts }) => ({ id, kind, accelerator: facts.accelerator, facts }));
  });
}
