import { createHash } from 'node:crypto';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { canonicalJson } from '../model/json.ts';

/** sha256 over the cells, the suites with their scenarios and what narrows them, as 64 hexadecimal digits: what shards of one run have in common. */
export function planHash(plan: Pick<Plan, 'cells' | 'suites' | 'scenarios' | 'only'>): string {
  const hash = createHash('sha256');
  const known = new Map<object, string>();
  // A plan has many cells of few hosts, engines and runtimes.
  const once = (part: object): string => {
    const text = known.get(part) ?? canonicalJson(part);
    known.set(part, text);
    return text;
  };
  // Plans without CNI plugins and kubelets keep the hash from before there was a choice.
  const cellText = ({ cni, engine, host, id, kubelet, runtime }: PlannedCell): string =>
    `{${cni === undefined ? '' : `"cni":${once(cni)},`}"engine":${once(engine)},"host":${once(host)},"id":${JSON.stringify(id)},${kubelet === undefined ? '' : `"kubelet":${once(kubelet)},`}"runtime":${once(runtime)}}`;
  hash.update(`{"cells":[`);
  for (let from = 0; from < plan.cells.length; from += 1_000) {
    hash.update(
      `${from === 0 ? '' : ','}${plan.cells
        .slice(from, from + 1_000)
        .map(cellText)
        .join(',')}`,
    );
  }
  const scenarios = plan.scenarios === undefined ? '' : `"scenarios":${canonicalJson(plan.scenarios)},`;
  hash.update(`],"narrowed":${canonicalJson(narrowing(plan.only))},${scenarios}"suites":${canonicalJson(plan.suites)}}`);
  return hash.digest('hex');
}

/** Hosts, engines and suites are in the plan already; scenarios and questions are only in the selection. */
function narrowing(only: string): string[] {
  return only
    .split(' ')
    .filter((word) => /^(scenario|question)=/.test(word))
    .sort();
}
