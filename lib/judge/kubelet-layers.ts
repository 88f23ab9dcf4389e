import { z } from 'zod';
import type { Layer } from '../model/document.ts';
import type { KubeletWork } from '../model/kubelet-record.ts';
import type { About } from '../suite/reading.ts';

const Security = z.object({ runAsUser: z.number().optional(), runAsGroup: z.number().optional() }).default({});
const Container = z.object({
  name: z.string(),
  securityContext: Security,
  resources: z.object({ limits: z.record(z.string(), z.coerce.string()).default({}) }).default({ limits: {} }),
});
const PodManifest = z.object({
  spec: z.object({ securityContext: Security, initContainers: z.array(Container).default([]), containers: z.array(Container) }),
});

/** What stands before the CRI request of a device where a kubelet makes it: the manifest, and what the kubelet adds of its own. */
export function kubeletLayers({ path, field }: About, { pod, container: name }: KubeletWork): Layer[] {
  const parsed = PodManifest.safeParse(JSON.parse(pod.manifest));
  const { securityContext = {}, initContainers = [], containers = [] } = parsed.success ? parsed.data.spec : {};
  const container = [...containers, ...initContainers].find((each) => name === undefined || each.name === name);
  const layer = (name: 'manifest' | 'kubelet', value: string): Layer => ({ layer: name, value, changed: false });
  if (field === 'uid' || field === 'gid') {
    const key = field === 'uid' ? 'runAsUser' : 'runAsGroup';
    const wanted = container?.securityContext[key] ?? securityContext[key];
    return [layer('manifest', `${key} ${wanted ?? 'unset'}`), layer('kubelet', 'hands it on')];
  }
  const resources = Object.entries(container?.resources.limits ?? {}).filter(([name]) => name.includes('/'));
  const own = pod.allocations.filter((each) => each.container === container?.name);
  const device = own.flatMap(({ devices }) => devices).find(({ containerPath }) => containerPath === path);
  return [
    layer(
      'manifest',
      resources.map(([name, count]) => `${name}: ${count}`).join(', ') || 'asks for no resource of a device plugin',
    ),
    layer(
      'kubelet',
      device === undefined ? `no device plugin gives ${path}` : `a device plugin gives ${device.hostPath} ${device.permissions}`,
    ),
  ];
}
