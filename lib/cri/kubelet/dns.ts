import type { Pod } from '../../manifest/pod.ts';
import type { Dns, KubeletNode } from './node.ts';

/** The resolver of a pod, by its policy (Kubernetes v1.37.2 pkg/kubelet/network/dns/dns.go, GetPodDNS). */
export function dnsConfig(
  { dns }: KubeletNode,
  { metadata, spec }: Pod,
): { servers: string[]; searches: string[]; options: string[] } {
  const { cluster } = dns;
  const ofCluster = spec.dnsPolicy === 'ClusterFirstWithHostNet' || (spec.dnsPolicy !== 'Default' && spec.hostNetwork !== true);
  const base: Dns =
    spec.dnsPolicy === 'None'
      ? { servers: [], searches: [], options: [] }
      : cluster !== undefined && ofCluster
        ? {
            servers: cluster.servers,
            searches: [`${metadata.namespace}.svc.${cluster.domain}`, `svc.${cluster.domain}`, cluster.domain, ...dns.searches],
            options: ['ndots:5'],
          }
        : dns;
  const own = spec.dnsConfig;
  const options = (own?.options ?? []).map(({ name, value }) =>
    value === undefined || value === '' ? name : `${name}:${value}`,
  );
  const nameOf = (option: string): string => option.split(':', 1)[0] ?? option;
  const replaced = new Set(options.map(nameOf));
  return {
    servers: [...new Set([...base.servers, ...(own?.nameservers ?? [])])].slice(0, 3),
    searches: [...new Set([...base.searches, ...(own?.searches ?? [])])].slice(0, 32),
    options: [...base.options.filter((option) => !replaced.has(nameOf(option))), ...options],
  };
}
