import { kataWords } from './access.ts';
import type { SymptomRow } from './symptom.ts';

const measured = 'measured: Kata 3.30.0 (Go shim, QEMU) under containerd 1.7.24';

/** What Kata’s shims and its agent say. Under CRI-O all of it comes at CreateContainer. */
export const kataSymptoms: readonly SymptomRow[] = [
  {
    id: 'vmm-disk-denied',
    example: "failed to create shim task: QMP command failed: Could not open '/dev/vdb': Permission denied",
    cause:
      'the VMM runs as a kata-N account (rootless = true), opens the host’s disk itself, and the mode of the node keeps it out',
    where: 'Kata with a rootless VMM, at StartContainer: the Go shim in every version, runtime-rs through 4.1.0.',
    ranges: ['kata >=2.3.0'],
    questions: ['RVMM-BLOCK-EACCES', 'RVMM-BLOCK-OPEN'],
    remedies: [
      {
        do: 'chgrp the node to the group of /dev/kvm, the only one that the VMM has, mode 0660, kept by a udev rule (not tried here)',
        cost: 'every rootless VMM of the host can read and write that disk',
      },
      { do: 'rootless = false for this pod’s handler', cost: 'the VMM is root', weakens: true },
      { do: 'chmod 0666 the node', cost: 'every user of the host can read and write that disk', weakens: true },
    ],
    otherwise: 'ps -o user= -C qemu-system-x86_64 on the host: root there speaks for an LSM (ausearch -m avc)',
    signs: [
      {
        weight: 9,
        errno: ['EACCES'],
        object: /^\/dev\/(?!vfio|kvm$|vhost|hugepages|shm)/,
        says: kataWords,
        not: /not writable|init\b|exec|jailer/i,
      },
      {
        weight: 6,
        errno: ['EACCES'],
        layer: ['kata'],
        says: /\b(?:drive|disk|blockdev|block device|image|initrd)\b/i,
        not: /not writable|rootless sharefs/i,
      },
    ],
    source: `${measured}; kata-containers 4.1.0 docs/how-to/how-to-run-rootless-vmm.md`,
  },
  {
    id: 'vmm-vfio-denied',
    example: "QMP command failed: vfio 0000:00:08.0: Could not open '/dev/vfio/5': Permission denied",
    cause:
      'the VMM is not root (Kata: rootless = true), and /dev/vfio/GROUP is root:root 0600: EACCES of the file mode, not EPERM of a device cgroup',
    where:
      'Kata with a rootless VMM, both shims, every version, at StartContainer; libvirt’s QEMU where nobody gave it the node.',
    ranges: ['kata >=2.3.0'],
    questions: ['RVMM-VFIO-EACCES'],
    remedies: [
      {
        do: 'a handler with a root VMM for pods with VFIO devices, and rootless for all others',
        cost: 'who breaks out of such a guest is root on the host',
      },
      {
        do: 'a wider mode of /dev/vfio/GROUP (whether DMA then works is not tried here: no version raises the memlock limit)',
        cost: '0666: every user of the host can drive the device',
        weakens: true,
      },
    ],
    otherwise: 'ls -ln /dev/vfio and ps -o user= of the VMM on the host: if the mode lets it in, an LSM refuses',
    signs: [
      {
        weight: 9,
        errno: ['EACCES'],
        object: /^\/dev\/vfio\//,
        says: new RegExp(`${kataWords.source}|\\bqemu|\\bvfio error|vfio [\\da-f]{4}:|device_add`, 'i'),
      },
    ],
    source: `${measured}; https://github.com/kata-containers/kata-containers/pull/2432`,
  },
  {
    id: 'vmm-vfio-eperm',
    example: 'QMP command failed: vfio error: 0000:84:00.0: failed to open /dev/vfio/84: Operation not permitted',
    cause: 'the device cgroup of the sandbox keeps the VMM from the VFIO group: EPERM; the file mode is not what refuses',
    where: 'Kata 1.x with sandbox_cgroup_only = true; QEMU in any container without a rule for the group.',
    ranges: ['kata <2.0.0'],
    questions: ['RVMM-VFIO-EACCES'],
    remedies: [
      'a current Kata, whose shim adds the VFIO nodes to the cgroup of the sandbox',
      { do: 'sandbox_cgroup_only = false, in 1.x', cost: 'shim and VMM are outside the limits of the pod', weakens: true },
    ],
    otherwise: 'cat /proc/<pid of the VMM>/cgroup on the host: if it is not in the pod’s cgroup, a lockdown or an LSM refuses',
    signs: [
      {
        weight: 9,
        errno: ['EPERM'],
        object: /^\/dev\/vfio\//,
        says: new RegExp(`${kataWords.source}|\\bqemu|\\bvfio error|vfio [\\da-f]{4}:|device_add`, 'i'),
      },
    ],
    source: 'read: https://github.com/kata-containers/runtime/issues/2774',
  },
  {
    id: 'full-exists',
    example:
      'Creating container device LinuxDevice { path: "/dev/full", typ: C, major: 1, minor: 7, file_mode: Some(438) } Caused by: EEXIST: File exists',
    cause:
      'the privileged pod got every device node of the host, /dev/full too, and the agent had already made its own; all disks of the host would have been plugged into the guest',
    where: 'Kata, privileged, with host devices passed, at StartContainer.',
    questions: ['PRIV-KATA-BLOCK', 'PRIV-NO-HOST-DEV'],
    remedies: [
      {
        do: 'privileged_without_host_devices = true in the table of the Kata handler (ctr and docker do not read it)',
        since: 'containerd 1.3, CRI-O 1.16',
        cost: 'none: it takes devices away; a pod that needs one asks for it by name',
      },
    ],
    otherwise:
      'crictl inspect <container> | grep privileged: an unprivileged pod has this only with a default node among its devices',
    signs: [{ weight: 9, errno: ['EEXIST'], says: /\/dev\/full\b|Creating container device|LinuxDevice/i }],
    source: `${measured}; https://github.com/kata-containers/kata-containers/issues/1699`,
  },
  {
    id: 'disk-not-writable',
    example: 'QMP command failed: The device is not writable: Permission denied',
    cause: 'a read-only disk of the host (a loop device of a snap, say) is plugged into the guest as a writable one',
    where: 'Kata before 3.32.0; mostly privileged pods with host devices passed.',
    ranges: ['kata <3.32.0'],
    questions: ['PRIV-KATA-BLOCK', 'PRIV-NO-HOST-DEV'],
    remedies: [
      'privileged_without_host_devices = true for the Kata handler; or Kata 3.32.0 or newer, which plugs such a disk read-only',
    ],
    otherwise: 'blockdev --getro <disk> on the host: 0 speaks for the mode of its node',
    signs: [
      {
        weight: 9,
        says: /(?:device|node) is (?:not writable|read-?only).{0,40}permission denied|QMP command failed: .{0,40}node is read-only|not writable: permission denied/i,
      },
      { weight: 9, errno: ['EROFS'], object: /^\/dev\//, says: kataWords },
    ],
    source:
      'read: https://github.com/kata-containers/kata-containers/issues/2467, https://github.com/kata-containers/kata-containers/issues/9791',
  },
  {
    id: 'disk-never-came',
    example: 'Timeout after 3s waiting for uevent ScsiBlockMatcher',
    cause: 'a disk was plugged into the guest, and the agent did not see it in time',
    where: 'Kata; with host devices passed every disk of the host is plugged. A slow (emulated, nested) host has it too.',
    questions: ['PRIV-KATA-BLOCK', 'DEV-BLOCK-KATA'],
    remedies: [
      'privileged_without_host_devices = true for the Kata handler',
      'agent.hotplug_timeout=10 in kernel_params, on a slow host',
    ],
    otherwise:
      'the guest’s dmesg (kata-runtime exec): a disk that came late speaks for the timeout, none for a guest kernel without its driver or hot-plug',
    signs: [
      {
        weight: 9,
        says: /vm_path:? ?\S* doesn'?t exist|VM device path .{0,80}doesn'?t exist|time ?out (?:reached )?after \S+ waiting for|waiting for uevent|wait(?:ing)? for uevent.{0,60}(?:time|fail)|uevent.{0,40}time ?d? ?out/i,
      },
    ],
    source: 'read: https://github.com/kata-containers/kata-containers/issues/1342',
  },
  {
    id: 'no-iommu-group',
    example: '0000:02:00.0 has no IOMMU group',
    cause: 'the agent binds the function to vfio-pci in the guest (vfio_mode = "vfio"), and the guest has no IOMMU',
    where:
      'Kata, both shims: containerd at StartContainer, CRI-O at CreateContainer; also a privileged pod with a VFIO group among the host’s devices.',
    questions: ['DEV-VFIO', 'DEV-VFIO-GUEST-KERNEL'],
    remedies: [
      'vfio_mode = "guest-kernel": the guest’s driver takes the function',
      'enable_iommu = true, and a guest kernel with IOMMU and VFIO, for DPDK in the guest',
    ],
    otherwise: 'ls /sys/kernel/iommu_groups on the host: empty speaks for the host’s IOMMU, not the guest’s',
    signs: [
      { weight: 9, says: /has no IOMMU group|failed to get VFIO group|is not in guest IOMMU group/i },
      { weight: 8, says: /no (?:such )?iommu[_ ]group/i, layer: ['kata'] },
    ],
    source: 'measured: Kata 3.30.0 under containerd 1.7.24 and CRI-O 1.36.3',
  },
  {
    id: 'no-vfio-port',
    example: 'cold_plug_vfio= or hot_plug_vfio= port is not set for device 0000:00:08.0 (BridgePort | RootPort | SwitchPort)',
    cause: 'a VFIO device was given to the pod, and the guest has no port to plug it into',
    where:
      'Kata 3.2.0 on (Go shim), where both keys are "no-port" by default; one that is set still needs enough ports. runtime-rs says NoPort.',
    ranges: ['kata >=3.2.0'],
    questions: ['DEV-VFIO-NO-PORT', 'DEV-VFIO-GUEST-KERNEL'],
    remedies: [
      'Go shim: hot_plug_vfio = "root-port" and pcie_root_port = 1 or more in [hypervisor.qemu]; never both hot and cold',
      { do: 'runtime-rs: cold_plug_vfio = "root-port"', since: 'Kata 4.0' },
    ],
    otherwise:
      'kata-runtime env, or the log line "loaded configuration": if the loaded file has the key, the device plugin’s device came too late for cold plug',
    signs: [
      {
        weight: 9,
        says: /(?:hot|cold)_plug_vfio|NoPort device|no-port|(?:pcie )?(?:root|switch|bridge)[- ]?port.{0,60}(?:not set|no free|exhaust|fail|not enough|is not|no available|Bus .{0,20} not found)|Bus '(?:rp|sw|pcie|rpd)\S*' not found|no more capacity .{0,20}bridge|unused pci(?:e)? (?:slot|port)/i,
      },
      { weight: 7, says: /QMP command failed: Device 'vfio-\w+' not found/i },
    ],
    source: 'measured for the Go shim; read: kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go:89',
  },
  {
    id: 'hugepages-without-size',
    example: 'allocate hugepages: parse mount options: ["pagesize=2097152,size="]: cannot parse integer from empty string',
    cause:
      'the engine left the limit of huge pages out of the OCI specification, from which the shim takes the size of their mount in the guest',
    where: 'Kata under containerd, whose disable_hugetlb_controller is true by default; the pod is refused at StartContainer.',
    questions: ['ID-CONFIG'],
    remedies: [
      {
        do: 'disable_hugetlb_controller = false in the CRI plugin’s section of containerd’s configuration, and restart containerd',
        cost: 'a limit of huge pages is then written to the hugetlb cgroup of every pod, which must be delegated to containerd',
      },
    ],
    otherwise:
      'crictl inspect of the container: hugepageLimits under linux.resources of the OCI specification speak for the shim, none for the engine',
    signs: [{ weight: 9, says: /parse mount options: \["pagesize=\w+,size="\]|allocate hugepages?\b.{0,80}\bsize="/i }],
    source: 'measured: Kata 4.1.0 under containerd 1.7.24; containerd 2.4.2 internal/cri/config/config_unix.go',
  },
  {
    id: 'guest-root-read-only',
    example: 'setup persistent IPC namespace: Read-only file system (os error 30)',
    cause: 'the agent keeps the pod’s namespaces below /var/run, which the guest’s image has on its read-only root',
    where: 'Kata with a guest image of one’s own: the guest boots, and every pod in it is refused at RunPodSandbox.',
    questions: ['ID-GUEST-OWN'],
    remedies: [{ do: 'a link /var/run → /run in the image, as upstream’s rootfs builder makes it (/run is a tmpfs)' }],
    otherwise: 'the same with upstream’s image of this version: then the agent is older or newer than its image expects',
    signs: [{ weight: 9, says: /setup persistent (?:IPC|UTS|PID) namespace.{0,80}(?:read-?only|EROFS|os error 30)/i }],
    source: 'measured: Kata 4.1.0; src/agent/src/namespace.rs, PERSISTENT_NS_DIR',
  },
  {
    id: 'annotation-not-enabled',
    example: 'CreateContainer failed: annotation io.katacontainers.config.hypervisor.rootless is not enabled: unknown',
    cause:
      'enable_annotations of the Kata configuration does not list this annotation: the Go shim refuses the pod, runtime-rs logs it and runs the pod without',
    where: 'Kata, every version. No shipped configuration lists rootless.',
    ranges: ['kata >=1.9.0'],
    questions: ['RVMM-ANNOTATION-DENIED', 'RVMM-ANNOTATION'],
    remedies: [
      'the key itself in the handler’s configuration: rootless = true in [hypervisor.…] (its annotation works with runtime-rs only)',
      {
        do: 'add what follows io.katacontainers.config.hypervisor. to enable_annotations; containerd also needs pod_annotations = ["io.katacontainers.*"]',
        cost: 'whoever may create pods may set it; the list holds unanchored patterns, so that memory enables memory_slots too',
        weakens: true,
      },
    ],
    otherwise: 'kata-runtime env, EnableAnnotations of the loaded file: if it lists the annotation, another file was loaded',
    signs: [
      {
        weight: 9,
        says: /annotations? \S*io\.katacontainers\.\S+ (?:is )?not enabled|katacontainers\.config\S*.{0,60}(?:not enabled|not permitted|not allowed)|Path \S+ is not permitted/i,
      },
    ],
    source: `${measured}; kata-containers 4.1.0 src/runtime/pkg/oci/utils.go:516`,
  },
  {
    id: 'guest-mute',
    example: 'Failed to Check if grpc server is working: rpc error: timed out connecting to vsock 1293:1024',
    cause: 'the guest never answered on its vsock: it did not boot, has no agent, or was too slow',
    where: 'Kata; now and then where the guest’s KVM is itself emulated or nested.',
    questions: ['ID-GUEST-OWN'],
    remedies: [
      'try again, on working KVM if you can (dial_timeout 45 and 120 s made no difference); if every pod does it, read the guest’s console (agent.debug_console, kernel_params) for a kernel without vsock or a crashed agent',
    ],
    otherwise:
      'ps on the host while it waits: no VMM means that the guest’s kernel gave up, as over an image that it cannot mount; else enable_debug = true, then the console lines in journalctl -t kata: a login or agent line there speaks for the host’s vhost_vsock',
    signs: [
      {
        weight: 8,
        layer: ['kata', 'shim'],
        says: /(?:agent|guest).{0,60}(?:did not (?:respond|answer|start)|not respon|time ?d? ?out|unreachable)|agent.{0,40}(?:connect|dial).{0,40}(?:fail|refused|time)|timed out waiting for agent/i,
        not: /uevent|waiting for device/i,
      },
      {
        weight: 9,
        says: /timed? ?out connecting to (?:hybrid )?vsock|grpc server is working|failed to connect to (?:the )?(?:agent|vsock)|vsock\S*.{0,60}(?:time ?d? ?out|connection reset|deadline|reset by peer|no such device|not ready)|hybrid vsock|dial.{0,20}vsock|\.hvsock|dead agent|SubConns|TransientFailure/i,
        not: /unable to set guest cid|\/dev\/vhost-vsock|AddrNotAvailable|uevent/i,
      },
    ],
    source: measured,
  },
  {
    id: 'no-vmm-account',
    example: 'could not create VMM user: exit status 1',
    cause: 'the shim makes an account kata-N for a rootless VMM with useradd, and useradd is absent or may not write /etc/passwd',
    where: 'Kata with rootless = true.',
    ranges: ['kata >=2.3.0'],
    questions: ['RVMM-UID'],
    remedies: ['install useradd (passwd on Debian), with a writable /etc, and run the engine as root: only the VMM is non-root'],
    otherwise:
      'useradd -M kata-test && userdel kata-test as root on the host: if both work, the engine is not root or is confined',
    signs: [
      {
        weight: 9,
        says: /could not create VMM user|failed to create vmm user|configure non-root hypervisor|all the executables are invalid|No valid executable found in paths/i,
      },
    ],
    source: 'read: https://github.com/kata-containers/kata-containers/issues/9425',
  },
  {
    id: 'host-network',
    example: 'CreateContainer failed: Host networking requested, not supported by runtime',
    cause: 'the pod asks for the network of the host, which a guest cannot join',
    where: 'Kata, every version.',
    remedies: ['hostNetwork: false, and a CNI configuration for pods'],
    otherwise: 'kubectl get pod -o yaml | grep hostNetwork: without it a static pod or webhook set it',
    signs: [
      {
        weight: 9,
        says: /host network(?:ing)? (?:is )?(?:requested|not supported|unsupported)|host_?network.{0,60}not supported|join\w* .{0,30}host network/i,
      },
    ],
    source: 'measured: CRI-O 1.36.3 with Kata 3.30.0; kata-containers 4.1.0 docs/Limitations.md',
  },
  {
    id: 'kata-conf-file',
    example: 'invalid KATA_CONF_FILE "/tmp/kata.toml": only shipped Kata configuration files are accepted',
    cause:
      'Kata finds no configuration that it accepts: KATA_CONF_FILE may name only shipped files, or there is none at its places',
    where: 'Kata 4.0.0 on for KATA_CONF_FILE; the two shims look at different places.',
    ranges: ['kata >=4.0.0'],
    questions: ['ID-CONFIG', 'ID-SHIM-CONFIG'],
    remedies: ['ConfigPath in the options of the containerd handler, runtime_config_path in that of CRI-O'],
    otherwise: 'the shim’s log line "loaded configuration" or "load configuration from": the file that it read',
    signs: [
      {
        weight: 9,
        says: /KATA_CONF_FILE|usable config file|cannot find usable config|\/(?:kata-containers|defaults)\/\S*configuration\S*\.toml.{0,80}(?:no such|invalid|not found|fail|error)/i,
      },
    ],
    source: 'read: kata-containers 4.0.0 src/runtime/pkg/containerd-shim-v2/create.go:308',
  },
  {
    id: 'kata-device-path',
    example: 'failed to create shim task: /data is not a valid device path: unknown',
    cause: 'Kata’s agent takes devices below /dev only, and the pod’s devicePath is elsewhere',
    where: 'Kata, every version, at StartContainer; runc and crun take any path.',
    questions: ['DEV-BLOCK-KATA'],
    remedies: ['devicePath: /dev/<name> in volumeDevices'],
    otherwise: 'kubectl get pod -o yaml | grep devicePath: below /dev speaks for another container of the pod',
    signs: [{ weight: 9, says: /is not a valid device path|invalid container path for device/i }],
    source: 'read: kata-containers 4.1.0 src/agent/rustjail/src/mount.rs:929',
  },
  {
    id: 'kata-device-conflict',
    example: 'failed to create shim task: Conflicting device updates for /dev/sdb2: unknown',
    cause:
      'one device reaches the agent twice: two nodes of the host for one disk, or a disk by name and among the host’s devices',
    where: 'Kata, mostly privileged pods with host devices passed.',
    questions: ['PRIV-KATA-BLOCK'],
    remedies: ['privileged_without_host_devices = true for the Kata handler, and each disk once'],
    otherwise: 'ls -l /dev on the host for two nodes of the same numbers: none speaks for two entries in the pod',
    signs: [
      {
        weight: 9,
        says: /conflicting (?:device|resource) updates|Missing devices in OCI spec|Unknown device .{0,40}cgroup type/i,
      },
    ],
    source:
      'read: kata-containers 4.1.0 src/agent/src/device/mod.rs; https://github.com/kata-containers/kata-containers/issues/3968',
  },
  {
    id: 'dev-over-dev',
    example:
      'ctr: Error Code: \'Error(Io(Os { code: 17, kind: AlreadyExists, message: "File exists" }), State { next_error: None',
    cause: 'the pod mounts the host’s /dev over the guest’s, or the agent makes a node that is there',
    where: 'Kata’s agent; hostPath /dev becomes the guest’s /dev.',
    remedies: ['the devices by name instead of hostPath /dev'],
    otherwise: 'kubectl get pod -o yaml | grep -A2 hostPath: without /dev the pod is privileged with host devices passed',
    signs: [
      { weight: 8, errno: ['EEXIST'], layer: ['kata', 'shim', 'engine'], says: /AlreadyExists/, not: /\/dev\/full|LinuxDevice/ },
      { weight: 6, errno: ['EEXIST'], layer: ['kata'], object: /^\/dev/ },
    ],
    source: 'read: https://github.com/kata-containers/kata-containers/issues/692',
  },
  {
    id: 'kata-agent-error',
    example: 'rpc status: Status { code: PERMISSION_DENIED, message: "CreateContainerRequest is blocked by policy" }',
    cause: 'the agent refused the request: its policy, a storage, a mount, a limit or a user of the guest',
    where: 'Kata’s agent, at any call after the guest came up.',
    questions: ['ID-AGENT'],
    remedies: [
      'the agent’s lines in journalctl -t kata (enable_debug = true); blocked by policy: genpolicy for the pod as it is',
    ],
    otherwise: 'the words after the last colon: explain them alone',
    signs: [
      { weight: 8, says: /blocked by policy|PERMISSION_DENIED|Unknown device type|failed to find the device handler/i },
      { weight: 7, says: /the file \S+ was not found/i },
      { weight: 6, says: /rpc status: Status/i },
      { weight: 6, layer: ['kata'], verb: ['mount'], says: /\/run\/kata-containers/ },
      {
        weight: 5,
        says: /\brpc error: code = (?:Internal|InvalidArgument|Unimplemented).{0,200}(?:agent|guest)|\bstorage (?:type|driver|handler)|rustjail/i,
      },
      { weight: 4, errno: ['ENOENT', 'EINVAL', 'EIO', 'EPERM'], layer: ['kata'] },
    ],
    source: 'read: kata-containers 4.1.0 src/agent/src/rpc.rs',
  },
  {
    id: 'kata-vsock-address',
    example: 'vhost-vsock: unable to set guest cid: Address already in use',
    cause: 'the vsock id or address is taken or unusable: another VM has it, or a nested guest has no vsock of its own',
    where: 'Kata and Firecracker; VMs beside Kata that choose their cid by hand.',
    questions: ['ID-GUEST-OWN'],
    remedies: [
      'let one program choose cids, or give the other VMs high ones; vsock_loopback and the transport of the host in a nested VM',
    ],
    otherwise: 'ss --vsock -a on the host: no listener of that cid speaks for a missing transport module',
    signs: [
      {
        weight: 9,
        says: /guest cid|unique context ID|vsock.{0,120}(?:AddrNotAvailable|address (?:already in use|not available)|EADDRINUSE)|AddrNotAvailable/i,
      },
    ],
    source: 'read: Linux drivers/vhost/vsock.c',
  },
  {
    id: 'harmless-cgroup-warning',
    example: 'level=warning msg="Could not add /dev/vfio/vfio to the devices cgroup" name=containerd-shim-v2',
    cause: 'nothing: the shim warns of nodes that this host does not have; the failure is another line',
    where: 'Kata’s Go shim at every start.',
    remedies: ['leave it; read on to the last error of the same sandbox'],
    otherwise: 'crictl pods: a sandbox that is ready shows that it was harmless',
    signs: [{ weight: 7, says: /could not add \/dev\/\S+ to the devices cgroup|fail\w* to add \/dev\/\S+ to .{0,20}cgroup/i }],
    source: 'read: kata-containers 4.1.0 src/runtime/pkg/resourcecontrol/cgroups.go:74',
  },
];
