import { join } from 'node:path';
import type { Engine } from '../engines/engine.ts';
import { checksums } from '../hosts/shared/checksums.ts';
import type { Host } from '../hosts/host.ts';
import { undoChanges } from '../hosts/shared/changes.ts';
import { makeStandIns } from '../hosts/shared/stand-ins.ts';
import { kubeletPlaces, type KubeletSpec } from '../kubelet/config.ts';
import { serveDevicePlugin, type PluginOptions } from '../kubelet/device-plugin.ts';
import { startKubelet, type KubeletOptions } from '../kubelet/kubelet.ts';
import { nodeFacts } from '../kubelet/node-facts.ts';
import { offersOf, standInsOf } from '../kubelet/offers.ts';
import { offered } from '../kubelet/plugin-service.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { PluginOffer, Scenario } from '../suite/scenario.ts';
import { distinctBy } from '../util/group-by.ts';
import { BlockedError } from '../util/errors.ts';
import { scoped } from '../util/scope.ts';
import { executables, type HostSetting } from './engine-lease.ts';
import { heardInto } from './kubelet-pod.ts';
import type { KubeletContext } from './worker-context.ts';

/** How tests sabotage what passes between a kubelet, its plugins and its engine. */
export interface KubeletSabotage extends Pick<KubeletOptions, 'tamper'> {
  /** Hands out another device than the kubelet asks for. */
  swap?: (id: string) => string;
}

export interface KubeletLease extends AsyncDisposable {
  context: KubeletContext;
  /** Its log on the host. */
  log: string;
}

/** A device plugin that a kubelet is to have. */
export type Plugin = Pick<PluginOptions, 'resource' | 'devices' | 'unhealthy' | 'hand'>;

/**
 * Starts the kubelet of a cell before its engine, with these device plugins. `folder` is for the file of its requests.
 * Throws BlockedError where it does not start. Disposing ends its pods, itself and what it changed on the host.
 */
export async function leaseKubelet(
  setting: Pick<HostSetting, 'host' | 'prefixes'>,
  { kubelet, id }: Pick<PlannedCell, 'kubelet' | 'id'>,
  engine: Engine,
  plugins: readonly Plugin[],
  { folder, signal, tamper }: { folder: string; signal: AbortSignal; tamper?: KubeletSabotage['tamper'] },
): Promise<KubeletLease> {
  const { host } = setting;
  const binary = kubelet && executables(setting, kubelet)['kubelet'];
  if (kubelet === undefined || binary === undefined)
    throw new BlockedError(`Cannot start the kubelet of ${id}: its program is not on ${host.id}`);
  const directory = `/var/lib/podproof/kubelet-${kubelet.version}`;
  const spec: KubeletSpec = {
    ...{ version: kubelet.version, binary, directory },
    ...{ cgroupDriver: engine.spec.options.cgroupDriver, cpuManager: 'static' },
  };
  const requests = join(folder, `${engine.spec.name}-${engine.spec.version}-${kubelet.version}.requests.ndjson`);
  return scoped(async (scope) => {
    const started = await startKubelet(host, spec, {
      engine: { socket: engine.config.socket, api: engine.api },
      ...heardInto(requests),
      ...{ signal, tamper },
    });
    scope.adopt('the kubelet', started);
    for (const plugin of plugins)
      scope.adopt(`the device plugin of ${plugin.resource}`, await serveDevicePlugin(host, { ...plugin, signal, directory }));
    const program = `/proc/${started.pid}/exe`;
    const sums = await checksums(host, [program]);
    const identity = { version: started.version, sha256: sums.get(program) ?? '' };
    const context = { ...identity, node: await nodeFacts(host, spec), directory, requests };
    return { context, log: kubeletPlaces(spec).log };
  });
}

/** The device plugins of scenarios: one for each resource, however many ask for it. */
export function pluginsOf(scenarios: readonly Scenario[], { swap }: Pick<KubeletSabotage, 'swap'> = {}): Plugin[] {
  const offers = offersIn(scenarios);
  return [...offersOf(offers)].map(([resource, devices]) => ({
    ...{ resource, devices },
    unhealthy: offers.some((offer) => offer.resource === resource && offer.unhealthy === true),
    ...(swap === undefined ? {} : { hand: (ids: readonly string[]) => ids.map((id) => offered(devices, swap(id))) }),
  }));
}

/** Makes the device nodes that scenarios' plugins hand out. Disposing removes them. */
export function pluginNodes(host: Host, scenarios: readonly Scenario[]): Promise<AsyncDisposable> {
  return scoped(async (scope) => {
    scope.onRelease('the device nodes of plugins', () => undoChanges(host));
    await makeStandIns(host, standInsOf(offersIn(scenarios)));
    return {};
  });
}

function offersIn(scenarios: readonly Scenario[]): PluginOffer[] {
  const offers = scenarios.flatMap((scenario) => ('manifest' in scenario ? (scenario.plugins ?? []) : []));
  return distinctBy(offers, ({ resource }) => resource);
}
