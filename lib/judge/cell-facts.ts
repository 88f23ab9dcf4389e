import type { PlannedCell } from '../model/cell.ts';
import type { CellFacts } from '../suite/requirement.ts';

/** What requirements and questions may know of a planned cell; without `host` its host is not up yet, or never was. */
export function cellFacts(planned: PlannedCell, host?: Pick<CellFacts, 'facts' | 'fixtures'>): CellFacts {
  const { engine, runtime, kubelet } = planned;
  return {
    id: planned.id,
    host: planned.host.id,
    engine: { name: engine.name, version: engine.version },
    runtime: { name: runtime.name, version: runtime.version, shim: runtime.shim, vmm: runtime.vmm },
    kubelet: kubelet && { version: kubelet.version },
    facts: host?.facts,
    fixtures: host?.fixtures,
  };
}
