/** Who speaks, from the outside in. `kata` is its shim or agent; `vmm` is QEMU, Cloud Hypervisor or Firecracker in whosever hands. */
export type Layer =
  | 'api server'
  | 'scheduler'
  | 'kubelet'
  | 'engine'
  | 'shim'
  | 'runtime'
  | 'kata'
  | 'vmm'
  | 'gvisor'
  | 'kernel'
  | 'lsm'
  | 'application';

/** Words by which each gives itself away. */
const marks: ReadonlyArray<readonly [Exclude<Layer, 'application'>, RegExp]> = [
  [
    'api server',
    /error from server \((?:forbidden|invalid|bad ?request)|violates podsecurity|is forbidden:|admission webhook|\bis invalid: (?:spec|metadata)|security context constraint/i,
  ],
  ['scheduler', /failedscheduling|\bnodes? (?:are|is) available\b|default-scheduler/i],
  [
    'kubelet',
    /\bkubelet\b|failedcreatepodsandbox|failed to create pod ?sandbox|unexpectedadmissionerror|createcontainerconfigerror|mapvolume|failedmapvolume|failedmount|pod was rejected|spec\.containers\{|pod_workers\.go|kuberuntime|back-off restarting/i,
  ],
  [
    'engine',
    /\bcontainerd(?!-shim)\b|\bcri-?o\b|\bcrio\b|\bdockerd\b|error response from daemon|\bpodman\b|\bbuildah\b|\bnerdctl\b|\bctr: |runpodsandbox|createcontainer|startcontainer|failed to create containerd|failed to generate (?:container|spec)|container create(?:ion)? (?:failed|error)|rpc error: code =|failed to (?:start|create) (?:sandbox|containerd)|runtime handler|cri v1 runtime/i,
  ],
  ['shim', /failed to (?:create|start) shim|containerd-shim|create shim task|\bttrpc\b/i],
  [
    'runtime',
    /\brunc\b|\bcrun\b|\byouki\b|oci (?:runtime|permission)|container_linux\.go|process_linux\.go|rootfs_linux\.go|standard_init_linux|libcontainer|unable to start container process|error during container init|nvidia-container-(?:cli|runtime)|libnvidia-container|conmon/i,
  ],
  [
    'kata',
    /\bkata|qmp command failed|virtcontainers|runtime-rs|katacontainers|\bvm_path\b|hotplug (?:block|vfio)|failed to hotplug|vfio device failed|cold_plug_vfio|create_container|failed to handle message|grpc server is working|get host path failed|rpc status: status \{|source=(?:virtcontainers|cgroups|katautils)|containerd-kata-shim|virtiofsd/i,
  ],
  ['vmm', /\bqemu|\bqmp\b|cloud[- ]hypervisor|\bclh\b|firecracker|virt-launcher|libvirt|\bvirqemu|dragonball/i],
  ['gvisor', /\brunsc\b|\bgvisor\b|nvproxy|\bsentry\b|\bgofer\b/i],
  ['kernel', /\baudit\(|\btype=\d{4}|\btype=(?:avc|seccomp|syscall)\b|\bkernel: |^\s*\[ *\d+\.\d{4,6}\]/im],
  ['lsm', /avc: +denied|apparmor=|\bscontext=|\bselinux\b|\bapparmor\b|setfilecon/i],
];

/** The layers that a statement names, in the order of their first words. */
export function layersIn(text: string): Layer[] {
  return marks
    .flatMap(([layer, mark]) => {
      const at = text.search(mark);
      return at < 0 ? [] : [{ layer, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ layer }) => layer);
}
