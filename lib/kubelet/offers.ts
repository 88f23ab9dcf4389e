import type { StandIn } from '../hosts/shared/stand-ins.ts';
import type { PluginNode, PluginOffer } from '../suite/scenario.ts';
import type { Offers } from './allocations.ts';

/** What device plugins offer, as a kubelet hears of it, by the name of the resource. */
export function offersOf(plugins: readonly PluginOffer[] = []): Offers {
  return new Map(
    plugins.map(({ resource, devices }) => [
      resource,
      devices.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ hostPath, at }) => ({ hostPath, containerPath: at, permissions: 'mrw' })),
      })),
    ]),
  );
}

/** The nodes of these plugins, each once, as the host is to have them. */
export function standInsOf(plugins: readonly PluginOffer[]): StandIn[] {
  const nodes = plugins.flatMap(({ devices }) => devices.flatMap((device) => device.nodes));
  return [...new Map(nodes.map((node) => [node.hostPath, standIn(node)])).values()];
}

function standIn({ hostPath: path, numbers, mode }: PluginNode): StandIn {
  // One that the host has keeps all of its own.
  return { path, type: 'c', numbers, ...(mode === undefined ? {} : { access: { owner: '0:0', mode } }) };
}
