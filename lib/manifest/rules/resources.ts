import { pathText, short } from '../path.ts';
import { quantity } from '../quantity.ts';
import type { Rule } from './rule.ts';

/** What a resource's name says it is; undefined for a name that no pod may ask for. */
function kindOf(name: string): 'shared' | 'pages' | 'device' | undefined {
  if (/^(cpu|memory|ephemeral-storage)$/.test(name)) return 'shared';
  if (/^hugepages-[1-9]\d{0,5}(Ki|Mi|Gi)$/.test(name)) return 'pages';
  return /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?\/[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/.test(name) ? 'device' : undefined;
}

/** Kubernetes pkg/apis/core/validation/validation.go: ValidateResourceRequirements, validateContainerResourceName. */
export const resourceRules: readonly Rule[] = [
  function* amounts(_, containers) {
    for (const { container, path } of containers)
      for (const key of ['limits', 'requests'] as const)
        for (const [name, amount] of Object.entries(container.resources[key])) {
          const here = [...path, 'resources', key, name];
          const kind = kindOf(name);
          if (kind === undefined)
            yield [
              here,
              `${JSON.stringify(short(name))} is no resource: expected cpu, memory, hugepages-SIZE or a name with a domain like example.com/device`,
            ];
          if (amount.startsWith('-')) yield [here, `${pathText(here)} must not be negative, and is ${amount}`];
          if (kind === 'device' && quantity(amount, 1000) % 1000n !== 0n)
            yield [here, `${pathText(here)} must be a whole number, and is ${amount}`];
          if (kind === 'pages' && quantity(amount) % quantity(name.slice('hugepages-'.length)) !== 0n)
            yield [here, `${pathText(here)} must be a multiple of the page size, and is ${amount}`];
        }
  },
  function* requests(_, containers) {
    for (const { container, path } of containers) {
      const { requests, limits } = container.resources;
      for (const [name, request] of Object.entries(requests)) {
        const shared = kindOf(name) === 'shared';
        const limit = limits[name];
        const here = [...path, 'resources', 'requests', name];
        if (limit === undefined && !shared) yield [here, `${name} needs a limit that equals its request`];
        if (limit === undefined) continue;
        const over = quantity(request, 1000) - quantity(limit, 1000);
        if (over > 0n && shared) yield [here, `the request of ${name}, ${request}, is more than its limit, ${limit}`];
        if (over !== 0n && !shared) yield [here, `the request of ${name}, ${request}, must equal its limit, ${limit}`];
      }
    }
  },
  function* pages(_, containers) {
    for (const { container, path } of containers) {
      const names = Object.keys(container.resources.limits);
      const pages = names.find((name) => kindOf(name) === 'pages');
      const beside = [...names, ...Object.keys(container.resources.requests)].some((name) => name === 'cpu' || name === 'memory');
      if (pages !== undefined && !beside)
        yield [[...path, 'resources', 'limits', pages], 'huge pages need a request or limit of cpu or memory beside them'];
    }
  },
  function* claims({ spec }, containers) {
    const known = new Set(spec.resourceClaims.map(({ name }) => name));
    for (const { container, path } of containers)
      for (const [at, { name }] of container.resources.claims.entries())
        if (!known.has(name))
          yield [[...path, 'resources', 'claims', at, 'name'], `the pod has no resource claim "${short(name)}"`];
  },
];
