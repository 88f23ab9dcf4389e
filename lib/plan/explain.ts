import { versionLabel } from '../model/matrix/pick.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { distinctBy, groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';
import { basis, brief, duration, totalCost, type Costs } from './cost.ts';
import { planLeases, type HostGroup } from './leases.ts';
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

/** How many machines share the work in the examples that a plan gives. */
const fleets = [8, 64];
/** A plan that one machine does in this many seconds is not for a fleet. */
const worthSharing = 3_600;

/**
 * A plan as `plan` prints it: hosts, engines and runtimes; then what is left out, by reason. `all` names each cell, and what it
 * stands for, where otherwise engines of a host that have the same runtimes share a line.
 */
export function planText(plan: Plan, by: Costs, shards = 1, all = false): string {
  const leases = planLeases(plan.cells);
  const explained = explainPlan(plan, by, shards);
  const lines = [
    `Profile ${plan.profile}${plan.only ? `, only ${plan.only}` : ''}: ${count(plan.cells.length, 'cell')} on ${count(leases.length, 'host')}`,
    `Time: ${duration(explained.seconds)} on one machine${fleetText(plan, by, explained.seconds)} (${basis(plan.cells, by)})`,
    `Suites: ${plan.suites.join(', ')}`,
    ...cniLine(plan),
    ...kubeletLine(plan),
    `Plan: ${plan.hash}`,
  ];
  for (const lease of leases) {
    const { id, spec } = lease.host;
    lines.push('', `${id} (${[spec.kind, 'suite' in spec ? spec.suite : ''].filter(Boolean).join(', ')})`);
    lines.push(...(all ? cellLines(plan, lease) : engineLines(lease)));
  }
  if (shards > 1) {
    lines.push('');
    explained.shards.forEach(({ seconds, cells }, index) => {
      lines.push(
        `shard ${index + 1}/${shards}: ${count(cells.length, 'cell')}${cells.length === 0 ? '' : `, ${duration(seconds)}`}`,
      );
    });
  }
  if (plan.excluded.length > 0) lines.push('', `Left out: ${count(plan.excluded.length, 'cell')}`);
  for (const [why, rows] of groupBy(plan.excluded, (row) => row.why))
    lines.push(`  ${why}: ${rows.length === 1 ? rows[0].cell : count(rows.length, 'cell')}`);
  return `${lines.join('\n')}\n`;
}

/** `, 9 h on 8, 1.4 h on 64`: what the busiest machine has to do. */
function fleetText({ cells }: Plan, by: Costs, seconds: number): string {
  if (seconds < worthSharing) return '';
  return fleets
    .map((count) => {
      const busiest = Math.max(...packShards(cells, count, by).map((shard) => totalCost(shard, by)));
      return `, ${brief(busiest)} on ${count}`;
    })
    .join('');
}

function cellLines({ stands }: Plan, { engines }: HostGroup): string[] {
  return engines.flatMap(({ cells }) => cells.map(({ id }) => `  ${id}${stands?.[id] === undefined ? '' : `: ${stands[id]}`}`));
}

/** `  containerd 1.6.20 (deb): runc 1.1.5, crun 1.8.1`. */
function engineLines({ engines: leases }: HostGroup): string[] {
  // Behind kubelets an engine is leased for each cell.
  const engines = [...groupBy(leases, ({ engine }) => `${engine.name} ${engine.version}`).values()].map((own) => ({
    engine: own[0].engine,
    cells: own.flatMap(({ cells }) => cells),
  }));
  const alike = groupBy(engines, ({ cells }) => runtimesText(cells));
  return [...alike].map(([runtimes, groups]) => {
    const bySource = groupBy(groups, ({ engine }) => `${engine.name} ${engine.source.kind}`);
    const titles = [...bySource.values()].map(
      (same) => `${same[0].engine.name} ${same.map(({ engine }) => engine.version).join(' ')} (${same[0].engine.source.kind})`,
    );
    return `  ${titles.join(', ')}: ${runtimes}`;
  });
}

/** `runc 1.1.5 1.1.15, kata 3.30.0-go-qemu 4.1.0-{go-clh,go-qemu}`. */
function runtimesText(cells: readonly PlannedCell[]): string {
  const runtimes = distinctBy(
    cells.map(({ runtime }) => runtime),
    (runtime) => `${runtime.name} ${versionLabel(runtime)}`,
  );
  return [...groupBy(runtimes, ({ name }) => name)]
    .map(([name, versions]) => {
      const byVersion = [...groupBy(versions, ({ version }) => version)].map(([version, same]) => {
        const labels = same.map((runtime) => versionLabel(runtime));
        return labels.length === 1
          ? labels[0]
          : `${version}-{${labels.map((label) => label.slice(version.length + 1)).join(',')}}`;
      });
      return `${name} ${byVersion.join(' ')}`;
    })
    .join(', ');
}

/** One version is for all cells of a plan. */
function cniLine({ cells: [cell] }: Plan): string[] {
  return cell?.cni === undefined ? [] : [`CNI plugins: ${cell.cni.version} (${cell.cni.source.kind})`];
}

/** Each runs in front of every engine of a plan. */
function kubeletLine({ cells }: Plan): string[] {
  const kubelets = new Set(cells.flatMap(({ kubelet }) => (kubelet ? `${kubelet.version} (${kubelet.source.kind})` : [])));
  return kubelets.size === 0 ? [] : [`Kubelets: ${[...kubelets].join(', ')}`];
}
