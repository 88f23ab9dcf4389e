import { versionLabel } from '../model/matrix/pick.ts';
import type { Plan } from '../model/cell.ts';
import { basis, duration, totalCost, type Costs } from './cost.ts';
import { planLeases } from './leases.ts';
import type { PackedPlan } from './packed.ts';
import { packShards } from './shards.ts';

/** A plan as `plan --json` prints it. */
export function explainPlan(plan: Plan, by: Costs, shards = 1): PackedPlan {
  return {
    ...plan,
    seconds: Math.round(totalCost(plan.cells, by)),
    shards: packShards(plan.cells, shards, by).map((cells) => ({
      seconds: Math.round(totalCost(cells, by)),
      cells: cells.map((cell) => cell.id),
    })),
  };
}

/** A plan as `plan` prints it: hosts, engines and runtimes; then what is left out, by reason. */
export function planText(plan: Plan, by: Costs, shards = 1): string {
  const leases = planLeases(plan.cells);
  const explained = explainPlan(plan, by, shards);
  const lines = [
    `Profile ${plan.profile}${plan.only ? `, only ${plan.only}` : ''}: ${counted(plan.cells.length, 'cell')} on ${counted(leases.length, 'host')}, ${duration(explained.seconds)} on one machine (${basis(plan.cells, by)})`,
    `Suites: ${plan.suites.join(', ')}`,
    ...cniLine(plan),
    `Plan: ${plan.hash}`,
  ];
  for (const { host, engines } of leases) {
    lines.push('', `${host.id} (${[host.spec.kind, 'suite' in host.spec ? host.spec.suite : ''].filter(Boolean).join(', ')})`);
    for (const { engine, cells } of engines) {
      const runtimes = cells.map(({ runtime }) => `${runtime.name} ${versionLabel(runtime)}`).join(', ');
      lines.push(`  ${engine.name} ${engine.version} (${engine.source.kind}): ${runtimes}`);
    }
  }
  if (shards > 1) {
    lines.push('');
    explained.shards.forEach(({ seconds, cells }, index) => {
      lines.push(
        `shard ${index + 1}/${shards}: ${counted(cells.length, 'cell')}${cells.length === 0 ? '' : `, ${duration(seconds)}`}`,
      );
    });
  }
  if (plan.excluded.length > 0) lines.push('', `Left out: ${counted(plan.excluded.length, 'cell')}`);
  for (const [why, cells] of byReason(plan.excluded)) {
    lines.push(`  ${why}: ${cells.length === 1 ? cells[0] : counted(cells.length, 'cell')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** One version is for all cells of a plan. */
function cniLine({ cells: [cell] }: Plan): string[] {
  return cell?.cni === undefined ? [] : [`CNI plugins: ${cell.cni.version} (${cell.cni.source.kind})`];
}

function byReason(excluded: Plan['excluded']): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { cell, why } of excluded) {
    const cells = reasons.get(why) ?? [];
    cells.push(cell);
    reasons.set(why, cells);
  }
  return reasons;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
