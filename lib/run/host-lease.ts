import { scenarioKey } from '../record/observation.ts';
import { join } from 'node:path';
import { whyNotRunnable } from '../artifact/inspect.ts';
import { acquireHost } from '../host/acquire.ts';
import { prepareFixtures } from '../host/fixtures.ts';
import type { Host } from '../host/host.ts';
import { openLedger } from '../host/ledger.ts';
import { binaryOf } from '../judge/assemble.ts';
import { componentKey, type PlannedCell } from '../plan/cell.ts';
import type { EngineGroup, HostGroup } from '../plan/leases.ts';
import { imageReference, serveImages } from '../probe/registry.ts';
import { appendRecord } from '../record/ndjson.ts';
import { BlockedError, HostLostError } from '../util/errors.ts';
import type { HostSetting } from './engine-lease.ts';
import { runEngine } from './engine-run.ts';
import { block, type Stage } from './stage.ts';

/** How often a host may be lost and brought back before its remaining cells are blocked. */
const mostLosses = 5;

/** Leases a host for its engines. A host that dies is brought back, and goes on where it was. */
export async function runHost(stage: Stage, group: HostGroup): Promise<void> {
  const { signal, progress } = stage;
  for (let losses = 0; ; losses++) {
    const cells = group.engines.flatMap((engine) => engine.cells);
    try {
      await leaseHost(stage, group);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HostLostError && losses < mostLosses) {
        progress.line('host', `${error.message}; bringing it back`);
        await recordLoss(stage, cells, error);
        continue;
      }
      if (!(error instanceof BlockedError || error instanceof HostLostError)) throw error;
      block(stage, cells, error);
      return;
    }
  }
}

/**
 * What was under way when the host died gets that as its outcome. It is launched again; a scenario that takes the host down
 * a second time has shown that it does so, and is not tried a third time.
 */
async function recordLoss(stage: Stage, cells: readonly PlannedCell[], lost: HostLostError): Promise<void> {
  const last = new Map(
    (await stage.folder.observations(cells.map((cell) => cell.id))).map(({ observation }) => [
      scenarioKey(observation),
      observation,
    ]),
  );
  for (const observation of last.values()) {
    if (observation.outcome.kind !== 'error') {
      stage.done.add(scenarioKey(observation));
      continue;
    }
    const repeated = stage.lost.has(scenarioKey(observation));
    stage.lost.add(scenarioKey(observation));
    if (repeated) stage.done.add(scenarioKey(observation));
    const lastCall = observation.calls.at(-1)?.call ?? 'none';
    const outcome = { kind: 'host-lost' as const, message: lost.message, consoleTail: lost.consoleTail, lastCall, repeated };
    appendRecord(stage.folder.observationsFile(observation.cell), { ...observation, outcome });
  }
}

async function leaseHost(stage: Stage, group: HostGroup): Promise<void> {
  const { folder, timeline, signal, progress } = stage;
  const kata = group.engines.some(
    ({ engine, cells }) => engine.name === 'crio' || cells.some((cell) => cell.runtime.name === 'kata'),
  );
  const context = {
    ledger: await openLedger(folder.id),
    logs: join(folder.path, 'hosts', group.host.id),
    signal,
    progress: (text: string) => progress.line('host', text),
  };
  await using host = await timeline.span('host', group.host.id, () =>
    acquireHost(group.host.id, group.host.spec, context, { variant: kata ? 'kata' : 'plain' }),
  );
  await using registry = await serveImages(Object.values(stage.images));
  const setting = await timeline.span('host', `${group.host.id}: fixtures and artifacts`, () =>
    settle(stage, group, host, registry.port),
  );
  folder.append({ event: 'host', host: host.id, facts: host.facts, fixtures: setting.fixtures });
  for (const engine of group.engines) {
    const runnable = await runnableCells(stage, setting, engine);
    if (runnable.length > 0) await runEngine(stage, setting, { ...engine, cells: runnable });
  }
}

async function settle(stage: Stage, group: HostGroup, host: Host, registryPort: number): Promise<HostSetting> {
  const keys = new Set(
    group.engines.flatMap(({ engine, cells }) => [componentKey(engine), ...cells.map((cell) => componentKey(cell.runtime))]),
  );
  const artifacts = [...keys].flatMap((key) => {
    const had = stage.had.get(key);
    return had !== undefined && 'artifact' in had ? [{ key, artifact: had.artifact }] : [];
  });
  const [fixtures, port, prefixes] = await Promise.all([
    prepareFixtures(host),
    host.expose(registryPort),
    Promise.all(
      artifacts.map(async ({ key, artifact }) => {
        const id = `${artifact.name}-${artifact.version}-${artifact.sha256.slice(0, 8)}`;
        return [key, { artifact, path: await host.attach({ id, directory: artifact.directory }) }] as const;
      }),
    ),
  ]);
  const { pause, root, user777 } = stage.images;
  return {
    host,
    fixtures,
    registryPort: port,
    images: { pause: imageReference(pause, port), root: imageReference(root, port), user777: imageReference(user777, port) },
    prefixes: new Map(prefixes),
  };
}

/** Blocks the cells whose binaries this host cannot execute: another architecture, or a newer libc. */
async function runnableCells(stage: Stage, { host, prefixes }: HostSetting, group: EngineGroup): Promise<PlannedCell[]> {
  const runnable: PlannedCell[] = [];
  for (const cell of group.cells) {
    const reasons = await Promise.all(
      [cell.engine, cell.runtime].map(async (component) => {
        const had = prefixes.get(componentKey(component));
        return had === undefined ? undefined : await whyNotRunnable(had.artifact, host.facts, [binaryOf(component)]);
      }),
    );
    const reason = reasons.find((each) => each !== undefined);
    if (reason === undefined) runnable.push(cell);
    else block(stage, [cell], reason);
  }
  return runnable;
}
