import { defaultNode, type KubeletNode } from '../cri/kubelet/node.ts';
import { deviceDirectory } from '../hosts/shared/fixture-scripts.ts';
import { makeStandIns } from '../hosts/shared/stand-ins.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import { sweepHost } from '../probe/host-sweep.ts';
import { placeDevices, type PlacedDevice, type PodDevice } from './devices.ts';
import { disksOf, type Disk } from './sight.ts';
import { BlockedError } from '../util/errors.ts';

/** A host as pods of a manifest find it: the node of a kubelet, and every device in its place. */
export interface Site {
  /** With the engine's cgroup driver to be filled in. */
  node: Omit<KubeletNode, 'cgroupDriver'>;
  disks: readonly Disk[];
  /** By the index of the pod. */
  devices: readonly (readonly PlacedDevice[])[];
}

/** The kubelet whose requests are sent. */
const kubeletVersion = '1.37.2';

/** Makes the stand-ins of some pods on a host. The host remembers them, and its release removes them. */
export async function prepareSite(
  { host, fixtures }: Pick<HostSetting, 'host' | 'fixtures'>,
  pods: readonly (readonly PodDevice[])[],
): Promise<Site> {
  const before = await sweepHost(host, { sandboxId: '', containerId: '' });
  const all = pods.flat();
  const { placed, standIns } = placeDevices(all, fixtures);
  const outside = standIns.find(({ path }) => !path.startsWith(`${deviceDirectory}/`));
  if (outside !== undefined && !host.facts.disposable)
    throw new BlockedError(
      `Refused to make ${outside.path} on ${host.id}: it is neither a VM of podproof nor marked as disposable`,
    );
  await makeStandIns(host, standIns);
  let from = 0;
  const devices = pods.map((own) => placed.slice(from, (from += own.length)));
  const pages = await host.exec(['ls', '/sys/kernel/mm/hugepages']);
  return {
    node: {
      ...defaultNode,
      version: kubeletVersion,
      cgroupVersion: host.facts.cgroup === 'v2' ? 2 : 1,
      memory: host.facts.memoryMiB * 1024 ** 2,
      hugePageSizes: pageSizes(pages.stdout),
      rootDirectory: '/var/lib/podproof/kubelet',
      logDirectory: '/var/lib/podproof/logs',
    },
    disks: disksOf(before.dev),
    devices,
  };
}

/** `hugepages-2048kB` → `2MB`. */
export function pageSizes(listing: string): string[] {
  return listing.split('\n').flatMap((line) => {
    const kib = Number(/^hugepages-(\d+)kB$/.exec(line)?.[1]);
    if (!(kib > 0)) return [];
    return [kib % 1024 ** 2 === 0 ? `${kib / 1024 ** 2}GB` : kib % 1024 === 0 ? `${kib / 1024}MB` : `${kib}KB`];
  });
}
