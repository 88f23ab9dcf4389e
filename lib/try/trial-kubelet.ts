import type { Handing, OfferedDevice } from '../kubelet/plugin-service.ts';
import { askedDevices } from '../kubelet/requests.ts';
import { allContainers, type Container, type Pod } from '../manifest/pod.ts';
import type { Allocation, RecordedRequest } from '../model/kubelet-record.ts';
import type { Plugin } from '../run/kubelet-lease.ts';
import type { KubeletContext } from '../run/worker-context.ts';
import { isExtended, type PlacedDevice, type PodDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import { pluginResource } from './fixes.ts';
import { allocationOf } from './placement.ts';

/** The kubelet of a cell, and its device plugins. */
export interface TrialKubelet {
  context: KubeletContext;
  plugins: TrialPlugins;
}

/** The device plugins of a manifest: before each pod they learn what its containers get, in the order in which the kubelet asks. */
export class TrialPlugins {
  /** By resource, for each container that asks for it. */
  readonly #waiting = new Map<string, OfferedDevice[]>();
  #given: Allocation[] = [];

  /** One for each resource of these pods, and for each that a fix may ask for. */
  static of(pods: ReadonlyArray<{ pod: Pod; devices: readonly PodDevice[] }>): { plugins: TrialPlugins; all: Plugin[] } {
    const plugins = new TrialPlugins();
    const resources = new Set(pods.flatMap(({ devices }) => devices.flatMap((device) => resourceOf(device) ?? [])));
    const all = [...resources].map((resource) => {
      const asked = pods
        .flatMap(({ pod }) => allContainers(pod.spec))
        .map(({ resources: { limits } }) => Number(limits[resource] ?? 1));
      // A pod that has ended keeps its devices until the kubelet looks.
      const count = 2 * asked.reduce((sum, each) => sum + (each > 0 ? each : 0), 0);
      const devices = Array.from({ length: Math.max(count, 2) }, (_, index) => ({ id: `${index}` }));
      return { resource, devices, hand: plugins.#hand(resource) };
    });
    return { plugins, all };
  }

  /** Says what the next pod gets. */
  give({ spec }: Pod, devices: readonly PlacedDevice[], fix: Fix | undefined): void {
    this.#waiting.clear();
    this.#given = allContainers(spec).flatMap((container) => {
      const asked = resourcesOf(container);
      const own = devices.filter((device) => device.container === container.name);
      for (const resource of asked) {
        const { devices: nodes = [], cdiDevices = [] } = allocationOf(
          own.filter((each) => resourceOf(each) === resource),
          fix,
        );
        const given = { id: container.name, nodes, cdiNames: cdiDevices };
        this.#waiting.set(resource, [...(this.#waiting.get(resource) ?? []), given]);
      }
      const from = own.filter((each) => asked.includes(resourceOf(each) ?? ''));
      const { devices: nodes = [], cdiDevices = [] } = allocationOf(from, fix);
      if (asked.length === 0) return [];
      return [{ container: container.name, devices: [...nodes], mounts: [], cdiDevices: [...cdiDevices], env: {} }];
    });
  }

  /** What it got, in the order of the kubelet's own requests: of several resources the kubelet takes any first. */
  given(requests: readonly RecordedRequest[]): Allocation[] {
    const asked = askedDevices(requests);
    return this.#given.map((allocation) => {
      const order = (asked.get(allocation.container) ?? []).map(({ containerPath }) => containerPath);
      const at = ({ containerPath }: { containerPath: string }): number => order.indexOf(containerPath) + 1 || order.length + 1;
      return { ...allocation, devices: allocation.devices.toSorted((a, b) => at(a) - at(b)) };
    });
  }

  #hand(resource: string): Handing {
    return () => {
      const next = this.#waiting.get(resource)?.shift();
      if (next === undefined) throw new Error(`Cannot give ${resource}: no container of this pod is left that asks for it`);
      return [next];
    };
  }
}

function resourcesOf({ resources: { limits } }: Container): string[] {
  return Object.entries(limits).flatMap(([resource, amount]) => (isExtended(resource) && amount !== '0' ? [resource] : []));
}

/** The resource by which a kubelet gives a device: that of the manifest, or what a fix asks for in place of a path of the node. */
function resourceOf({ origin }: PodDevice): string | undefined {
  if (origin.kind === 'resource') return origin.name;
  return origin.kind === 'hostPath' ? pluginResource(origin.volume) : undefined;
}
