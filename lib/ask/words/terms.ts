/** A term of the field, in one sentence. */
export interface Term {
  id: string;
  /** How people write it. */
  names: readonly string[];
  says: string;
}

/** Engines and runtimes that are tested, and the words that answers are written with. */
export const terms: readonly Term[] = [
  {
    id: 'CRI-O',
    names: ['crio', 'cri-o', 'cri o'],
    says: 'a container engine for Kubernetes; configured by /etc/crio/crio.conf and crio.conf.d, [crio.runtime]; it runs handlers of type oci or vm',
  },
  {
    id: 'containerd',
    names: ['containerd', 'ctr', 'nerdctl'],
    says: 'a container engine; its CRI plugin is configured by /etc/containerd/config.toml: [plugins."io.containerd.grpc.v1.cri"] in schema 2, [plugins."io.containerd.cri.v1.runtime"] from schema 3',
  },
  {
    id: 'runc',
    names: ['runc', 'libcontainer'],
    says: 'an OCI runtime: containers of the host’s kernel by namespaces and cgroups',
  },
  { id: 'crun', names: ['crun'], says: 'an OCI runtime in C; CRI-O’s default since 1.31' },
  {
    id: 'Kata Containers',
    names: ['kata', 'kata-containers', 'kata-runtime'],
    says: 'a runtime that gives each pod a VM; its Go shim and runtime-rs differ in keys and behaviour',
  },
  {
    id: 'gVisor',
    names: ['gvisor', 'runsc', 'sentry'],
    says: 'a runtime whose own kernel in user space serves the container’s system calls; its binary is runsc',
  },
  {
    id: 'kubelet',
    names: ['kubelet'],
    says: 'the node’s agent of Kubernetes: it admits pods, asks device plugins, and calls the engine by CRI',
  },
  {
    id: 'sandbox',
    names: ['sandbox', 'pod sandbox', 'pause'],
    says: 'what RunPodSandbox makes: the namespaces, or the VM, that the containers of a pod share',
  },
  {
    id: 'handler',
    names: ['handler', 'runtime handler', 'runtimeclass'],
    says: 'the engine’s name for a configured runtime; RuntimeClass.handler of a pod names it',
  },
  { id: 'shim', names: ['shim'], says: 'the process between engine and runtime, one for each pod; Kata’s runs the VMM' },
  {
    id: 'VMM',
    names: ['vmm', 'hypervisor', 'qemu', 'cloud-hypervisor', 'firecracker'],
    says: 'the process that runs a guest: QEMU, Cloud Hypervisor, Firecracker, Dragonball',
  },
  {
    id: 'device cgroup',
    names: ['device cgroup', 'devices.allow', 'device filter'],
    says: 'the rules of a container for device numbers: a node without a rule says EPERM, whatever its mode; an eBPF program in cgroup v2',
  },
  {
    id: 'CDI',
    names: ['cdi', 'container device interface'],
    says: 'the Container Device Interface: files in /etc/cdi and /var/run/cdi say which nodes, mounts and hooks vendor/class=name stands for',
  },
  {
    id: 'device plugin',
    names: ['device plugin', 'device-plugin'],
    says: 'a program on the node that offers a resource to the kubelet, and names the nodes for each allocation',
  },
  {
    id: 'DRA',
    names: ['dra', 'dynamic resource allocation', 'resourceclaim'],
    says: 'dynamic resource allocation: pods claim devices by ResourceClaim, drivers prepare them as CDI devices',
  },
  {
    id: 'VFIO',
    names: ['vfio', 'vfio-pci', 'iommu'],
    says: 'the kernel’s way to give a PCI function to a process or a guest, by IOMMU groups in /dev/vfio',
  },
  {
    id: 'user namespace',
    names: ['userns', 'user namespace', 'hostusers'],
    says: 'ids of the container are other ids of the host (hostUsers: false); device nodes are bound from the host, and their owner may be unmapped',
  },
  {
    id: 'nodev',
    names: ['nodev'],
    says: 'a mount option: device nodes on that file system cannot be opened, EACCES for root too',
  },
  {
    id: 'supplementalGroups',
    names: ['supplementalgroups', 'fsgroup', 'runasgroup'],
    says: 'groups of a pod’s processes beside runAsGroup: with the gid of a device’s node they open it without any setting of the engine; fsGroup changes volumes only',
  },
  {
    id: 'privileged',
    names: ['privileged'],
    says: 'all capabilities, no device rules, and every device of the host unless privileged_without_host_devices is set',
  },
  {
    id: 'rootless VMM',
    names: ['rootless'],
    says: 'rootless = true of Kata: the VMM runs as an account kata-N, while shim and engine stay root',
  },
];
