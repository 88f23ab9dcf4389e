import type { HostFacts } from '../../model/host-facts.ts';
import { check, type Check } from './check.ts';

/** What pods on this host can and cannot be tested for. */
export function examineHost(facts: HostFacts): Check[] {
  const { kvm } = facts;
  return [
    check('host-kvm', '/dev/kvm on the host', kvm.present, 'missing', `${kvm.owner} ${kvm.mode} group ${kvm.group}`, {
      otherwise: 'no /dev/kvm: Kata and other VM runtimes cannot start',
      fix: 'modprobe kvm_intel || modprobe kvm_amd on the host; for a host in a VM, enable nested virtualisation outside',
    }),
    check('host-kvm-mode', 'a VMM user gets at /dev/kvm by its group', !kvm.present || kvm.mode === '0660', 'warn', kvm.mode, {
      otherwise: `mode ${kvm.mode} ${kvm.mode.endsWith('6') ? 'lets everybody in and so hides a wrong group' : 'keeps the group out'}`,
      fix: 'chmod 0660 /dev/kvm && chgrp kvm /dev/kvm on the host',
    }),
    check('host-vsock', 'vhost-vsock', facts.vhostVsock, 'missing', '/dev/vhost-vsock', {
      otherwise: 'no /dev/vhost-vsock: Kata cannot reach its agent',
      fix: 'modprobe vhost_vsock on the host',
    }),
    check('host-iommu', 'IOMMU groups for vfio', facts.iommuGroups > 0, 'warn', `${facts.iommuGroups} groups`, {
      otherwise: 'no IOMMU group: vfio scenarios are unsupported',
      fix: 'boot the host with intel_iommu=on iommu=pt (AMD: amd_iommu=on) and IOMMU enabled in the firmware',
    }),
    check('host-hugepages', '2 MiB huge pages', facts.hugepages2MiB > 0, 'warn', `${facts.hugepages2MiB} pages`, {
      otherwise: 'none reserved: the DPDK scenario has no hugepages volume',
      fix: 'sysctl -w vm.nr_hugepages=8 on the host',
    }),
    check('host-userns', 'user namespaces', facts.userNamespaces, 'warn', 'enabled', {
      otherwise: 'disabled: user-namespace pods are unsupported',
      fix: 'sysctl -w user.max_user_namespaces=65536 on the host',
    }),
    check('host-accelerator', 'speed of the host', facts.accelerator !== 'tcg', 'warn', facts.acceleratorReason, {
      otherwise: facts.acceleratorReason,
      fix: 'use a machine with working KVM',
      ...(facts.acceleratorDetail === undefined ? {} : { detail: facts.acceleratorDetail }),
    }),
  ];
}
