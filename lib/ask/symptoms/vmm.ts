import { kataWords } from './access.ts';
import type { SymptomRow } from './symptom.ts';

/** KVM, VFIO and VMMs, in whosever hands. */
export const vmmSymptoms: readonly SymptomRow[] = [
  {
    id: 'no-kvm',
    example: 'Could not access KVM kernel module: No such file or directory',
    cause:
      'there is no /dev/kvm that this VMM can use: absent, virtualisation off, its module not loaded, or its group not that of the VMM',
    where:
      'QEMU, Cloud Hypervisor, Firecracker; a cloud VM without nested virtualisation. The Go shim of Kata 3.30.0 says it only in its log, and the call runs into its deadline.',
    questions: ['RVMM-KVM-MODE', 'RVMM-KVM-WIDE'],
    remedies: [
      'absent: modprobe kvm_intel or kvm_amd, nested virtualisation in the outer hypervisor, VT-x or SVM in the firmware',
      {
        do: 'refused: chgrp kvm /dev/kvm && chmod 0660 /dev/kvm by a udev rule: a rootless VMM’s one group is that of the node; a pod asks for it by a device plugin',
        cost: 'members of the group kvm can start VMs',
      },
      { do: 'chmod 0666 /dev/kvm', cost: 'every user of the host can start VMs, and a broken group is hidden', weakens: true },
    ],
    otherwise: 'ls -ln /dev/kvm and lsmod | grep kvm on the host; existence proves nothing: kvm-ok or a guest that boots does',
    signs: [
      { weight: 9, errno: ['ENOENT', 'ENODEV', 'ENXIO', 'EBUSY', 'EINVAL'], object: /^\/dev\/kvm$/ },
      {
        weight: 9,
        says: /KVM kernel module|Kernel-based Virtual Machine|requires KVM|kvm_(?:intel|amd)\b.{0,60}(?:not|fail|missing)|modprobe kvm|failed to initiali[sz]e kvm|failed to add any hypervisor device|KVM (?:is )?(?:not (?:available|supported|found|enabled|installed|loaded)|unavailable|acceleration can ?not)|no (?:usable )?\/dev\/kvm|\/dev\/kvm.{0,60}(?:not found|doesn'?t exist|does not exist|not available|missing|not accessible)|doesn'?t support hardware virtuali|hardware virtuali[sz]ation|KVM_CREATE_VM|KVM_GET_API|Hypervisor::new|(?:creat|open)\w* KVM|kvm: (?:no hardware support|disabled by bios)|\b(?:vmx|svm)\b.{0,40}(?:not|disabled|off|missing)|nested virtuali[sz]ation|accel(?:erator)?.{0,20}kvm.{0,40}(?:not|fail|invalid)|virtuali[sz]ation (?:is )?(?:not (?:supported|enabled)|disabled)|KvmError|devices\.kubevirt\.io\/kvm|domaintype=kvm|not capable of running Kata/i,
        not: /invalid accelerator kvm|kvm-intel\.ko|permission denied.{0,40}\/dev\/net/i,
      },
      {
        weight: 8,
        errno: ['EACCES', 'EPERM'],
        object: /^\/dev\/kvm$/,
        says: new RegExp(`${kataWords.source}|firecracker|hypervisor|qemu-system`, 'i'),
      },
      { weight: 6, errno: ['EACCES', 'EPERM'], object: /^\/dev\/kvm$/, not: /chmod|chown|changing/i },
    ],
    source: 'measured: Kata 3.30.0; kata-containers 4.1.0 src/runtime/pkg/containerd-shim-v2/create.go:398-497',
  },
  {
    id: 'no-vhost-vsock',
    example: 'failed to create shim task: open /dev/vhost-vsock: no such file or directory',
    cause: 'the host has no usable /dev/vhost-vsock, by which the shim reaches the agent',
    where: 'Kata with QEMU, both shims. Cloud Hypervisor and Firecracker do without.',
    questions: ['ID-GUEST-OWN'],
    remedies: [
      'modprobe vhost_vsock, and name it in /etc/modules-load.d; where VMware’s or Hyper-V’s vsock transport holds it, unload that first',
    ],
    otherwise: 'lsmod | grep vsock on the host: vhost_vsock there speaks for the device cgroup of the engine’s own container',
    signs: [
      { weight: 9, says: /vhost[-_]vsock/i, not: /guest cid|is not a valid device model/i },
      { weight: 7, says: /vhost[-_]net|vhost:? .{0,40}(?:no such|not found)/i, errno: ['ENOENT', 'ENODEV', 'EACCES'] },
    ],
    source: 'read: kata-containers 4.1.0 src/runtime/virtcontainers/utils/utils_linux.go:72',
  },
  {
    id: 'iommu-off',
    example: 'vfio 0000:01:00.0: no iommu_group found: No such file or directory',
    cause: 'the host has no IOMMU, or it is off: the device is in no group',
    where: 'QEMU, DPDK, Kata, libvirt: VT-d or AMD-Vi off in the firmware, intel_iommu=on missing, a VM without a virtual IOMMU.',
    questions: ['DEV-VFIO'],
    remedies: [
      'VT-d or AMD-Vi in the firmware and intel_iommu=on (amd_iommu=on) iommu=pt at boot; a vIOMMU in a VM',
      {
        do: 'vfio enable_unsafe_noiommu_mode, for DPDK in a VM without one',
        cost: 'the device can write to all memory of that host',
        weakens: true,
      },
    ],
    otherwise: 'ls /sys/kernel/iommu_groups on the host: groups there mean that the function is not bound to vfio-pci',
    signs: [
      {
        weight: 9,
        says: /no iommu_?group|iommu[^.]{0,60}(?:not (?:enabled|supported|found|available|present|detected|set)|disabled|is off|isn'?t|missing|required|does not support)|VFIO support (?:not available|could not be initiali[sz]ed)|noiommu|no-iommu|IOMMU not enabled|(?:requires?|needs?|without|no|enable) (?:an )?iommu\b|unsafe interrupt|interrupt remapping|iommu_groups?.{0,60}(?:empty|no such)|host do(?:es not|esn'?t) support passthrough/i,
        not: /is not viable|multiple address spaces|has no IOMMU group|vfio-pci\/0000/i,
      },
    ],
    source: 'read: Linux Documentation/driver-api/vfio.rst; DPDK lib/eal/linux/eal_vfio.c',
  },
  {
    id: 'vfio-group-not-viable',
    example: 'vfio 0000:1b:00.0: group 41 is not viable',
    cause: 'another function of the same IOMMU group is still bound to a driver of the host',
    where: 'QEMU and DPDK with VFIO, every engine.',
    questions: ['DEV-VFIO'],
    remedies: [
      {
        do: 'bind every function of the group to vfio-pci, or give all of them to the pod; a slot with a group of its own',
        cost: 'the host loses those functions',
      },
    ],
    otherwise:
      'ls /sys/bus/pci/devices/<function>/iommu_group/devices and their driver links on the host: only vfio-pci there speaks for another container that holds the group',
    signs: [{ weight: 9, says: /not viable|all devices within the iommu_group|VFIO group is not|group .{0,20}not viable/i }],
    source: 'read: QEMU hw/vfio; https://github.com/kata-containers/kata-containers/issues/4211',
  },
  {
    id: 'vfio-group-shared',
    example: 'QMP command failed: vfio 0000:01:00.1: group 1 used in multiple address spaces: unknown',
    cause: 'two functions of one IOMMU group are in two address spaces of the guest, as its vIOMMU would have them apart',
    where: 'QEMU with a virtual IOMMU (Kata: enable_iommu = true).',
    questions: ['DEV-VFIO'],
    remedies: ['one function of the group for each guest, both behind one conventional PCI bridge, or enable_iommu = false'],
    otherwise: 'readlink /sys/bus/pci/devices/<function>/iommu_group on the host for both: two groups speak for something else',
    signs: [
      {
        weight: 9,
        says: /multiple address spaces|group .{0,20}(?:is )?(?:already|used).{0,30}(?:attached|address space|container|in use)/i,
      },
    ],
    source: 'read: QEMU hw/vfio/common.c; https://github.com/kata-containers/kata-containers/issues/10622',
  },
  {
    id: 'vfio-not-bound',
    example: 'vfio error: 0000:00:14.0: failed to open /dev/vfio/2: No such file or directory',
    cause: 'the function is not bound to vfio-pci on the host, or the container was not given its group’s node',
    where: 'QEMU, DPDK, the SR-IOV device plugin, KubeVirt, Kata.',
    questions: ['DEV-VFIO'],
    remedies: [
      {
        do: 'driverctl set-override <function> vfio-pci on the node, and a device plugin that gives the pod /dev/vfio/<group> and /dev/vfio/vfio',
        cost: 'the host loses that function',
      },
    ],
    otherwise:
      'lspci -nnk -s <function> and ls /dev/vfio on the host: vfio-pci and the group there mean that the container was not given it',
    signs: [
      { weight: 9, errno: ['ENOENT'], object: /\/vfio(?:\/|-)|vfio-pci/, not: /error gathering|CDI/i },
      {
        weight: 9,
        says: /not bound to (?:the )?(?:vfio|uio|igb_uio|a |driver)|bound to .{0,40}(?:wrong|kernel driver)|cannot find (?:the )?(?:vfio|iommu) group|(?:un)?bind\w*[^.]{0,60}(?:vfio|driver|fail|error)|driver_override|vfio-pci[^:]{0,40}(?:not (?:bound|found|loaded|available)|no such|missing)|not managed by VFIO|open VFIO group \d+: no such|VFIO (?:group|container).{0,40}(?:not (?:found|open|available)|fail)|IOMMU group \d+ contains no|VFIO control node missing|new_id|(?:not managed|no driver) by .{0,10}(?:vfio|VFIO)/i,
        not: /not viable|is not a valid device model|expects a pluggable device|reset|permission denied|operation not permitted|non-filtered/i,
      },
    ],
    source: 'read: DPDK lib/eal/linux/eal_vfio.c; Linux Documentation/driver-api/vfio.rst',
  },
  {
    id: 'vfio-reset',
    example: 'vfio 0000:01:00.0: Cannot reset device, no available reset mechanism',
    cause: 'the function cannot be reset, or its region cannot be mapped',
    where: 'QEMU and the kernel with VFIO: consumer GPUs, large BARs, functions that failed before.',
    questions: ['DEV-VFIO'],
    remedies: [
      'power-cycle the host, other firmware, a larger MMIO window (Kata: pcie_root_port, memory64), one guest at a time',
    ],
    otherwise:
      'cat /sys/bus/pci/devices/<function>/reset_method and dmesg on the host: a method there speaks for a neighbour in the group',
    signs: [
      {
        weight: 9,
        says: /(?:cannot|failed to|unable to|can'?t) reset|not ready \d+ms after|stuck in D3|power on device|reset mechanism|reset fail|error getting device|(?:map|mmap|BAR|region)\w*.{0,60}BAR|BAR \d.{0,60}(?:fail|can'?t|no space)|VFIO_(?:DEVICE|GROUP|SET|CHECK)\w*.{0,60}(?:invalid|fail|error)|failed to setup .{0,20}INTx|failed to (?:set|get) .{0,20}(?:irq|region|device) info|VFIO_MAP_DMA failed: (?:bad address|invalid argument)|No such host device|MSI-?X/i,
        not: /hotplug VFIO device" error|not viable|no such file|permission denied|not permitted/i,
      },
    ],
    source: 'read: QEMU hw/vfio/pci.c',
  },
  {
    id: 'vmm-node-name',
    example:
      'blockdev-add backend Qapi(Error { class: GenericError, desc: "Duplicate nodes with node-name=\'drive-1\'", id: None })',
    cause: 'two disks of one guest get the same node name at the same time: a race in the shim',
    where: 'Kata runtime-rs, two disks or two containers started together.',
    questions: ['DEV-BLOCK-KATA'],
    remedies: ['a release with the fix, or one disk after the other'],
    otherwise: 'the shim’s log: two blockdev-add of one name within the same second; otherwise a former one was not removed',
    signs: [
      {
        weight: 9,
        says: /duplicate nodes? |Duplicate ID '\S+' for device|node-name=.{0,40}(?:duplicate|exists|already)|Duplicate device|duplicate .{0,20}for device/i,
      },
    ],
    source: 'read: https://github.com/kata-containers/kata-containers/issues/11649',
  },
  {
    id: 'vmm-feature-missing',
    example: "QMP command failed: Parameter 'aio' does not accept value 'io_uring' : unknown",
    cause: 'this build of the VMM lacks a device, machine, option or accelerator that the configuration asks for',
    where: 'QEMU of distributions with Kata’s configuration, or an older Cloud Hypervisor.',
    questions: ['DEV-BLOCK-KATA'],
    remedies: [
      'the VMM that Kata ships, or a configuration that this one can do: block_device_aio = "threads", another machine_type, block_device_driver or shared_fs',
    ],
    otherwise: 'qemu-system-x86_64 -device help, -machine help, --version: if it is listed, another binary was started',
    signs: [
      {
        weight: 9,
        says: /not a valid device model|does not accept value|unsupported machine type|invalid accelerator|machine type .{0,40}(?:not|invalid|unsupported)|invalid option|(?:property|parameter) .{0,60}(?:not found|is (?:unexpected|missing|invalid))|Invalid parameter type|(?:unknown|unrecognized) (?:option|argument|property|driver)|Unknown driver|CPU (?:model|feature) .{0,60}(?:not|un)|doesn'?t support requested feature|is not supported by this (?:qemu|machine|build)|virtio-9p.{0,40}|virtfs|Could not mount kataShared|unable to find CPU model|requires? .{0,20}(?:nvdimm|memory hotplug)|unsupported driver type/i,
        layer: ['kata', 'vmm', 'shim'],
        not: /nvproxy|config version/i,
      },
    ],
    source: 'read: QEMU system/qdev-monitor.c; https://github.com/kata-containers/kata-containers/issues/9744',
  },
  {
    id: 'vmm-memory',
    example: "qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory",
    cause: 'the host gives the VMM no memory, or the guest is too small for the pod',
    where:
      'QEMU and Cloud Hypervisor: memory of the node, huge pages or /dev/shm as backend, the pod’s memory limit with sandbox_cgroup_only.',
    remedies: [
      'more memory for the node or less default_memory; overhead in the RuntimeClass; a larger /dev/shm or enough huge pages for file-backed guests',
    ],
    otherwise:
      'free -m, df /dev/shm and dmesg | grep -i oom on the node: enough of all speaks for the cgroup of the sandbox (memory.events)',
    signs: [
      {
        weight: 9,
        says: /set up guest memory|guest (?:memory|ram).{0,60}(?:fail|cannot|not enough|allocate)|memory[- ]backend|pc\.ram|not enough memory .{0,30}(?:guest|vm)|(?:default_)?memory .{0,60}less than (?:the )?minimum|minimal memory limitation|guest .{0,20}out of memory|memory hot-?(?:plug|add)|add_memory failed|oom-kill.{0,80}(?:qemu|vmm)|insufficient memory.{0,30}(?:vm|guest)/i,
      },
      { weight: 8, errno: ['ENOMEM'], layer: ['vmm', 'kata'], not: /VFIO|DMA|lock|hugepage/i },
    ],
    source: 'read: QEMU system/physmem.c',
  },
  {
    id: 'vmm-exited',
    example: 'failed to launch qemu: exit status 1, error messages from qemu log: ',
    cause: 'the VMM ended, or never opened its control socket; its own log says why',
    where: 'Kata, both shims, and libvirt.',
    remedies: ['the VMM’s own lines in journalctl -t kata (enable_debug = true), then explain those'],
    otherwise: 'run the VMM’s command line from the log by hand: its first line is the cause',
    signs: [
      { weight: 7, errno: ['ECONNREFUSED', 'ENOENT'], layer: ['vmm'], says: /socket|\.sock\b/i, not: /vhost-?fs|vhost-?user/i },
      {
        weight: 7,
        says: /qmp\.sock|qemu (?:process )?(?:exited|died|has terminated|quit)|failed to launch (?:qemu|cloud-hypervisor)|(?:CLH|cloud-hypervisor|firecracker|QEMU|VMM|hypervisor) is not running|couldn'?t initiali[sz]e QMP|QMP not ready|exiting QMP loop|(?:clh|ch|api)[-.\w]*\.sock.{0,80}(?:refused|no such|reset)|(?:VMM|hypervisor|QEMU|firecracker).{0,40}(?:exited|crashed|terminated|signal|killed)|unexpectedly closed the monitor|failed to (?:boot|start) (?:the )?(?:vm|sandbox vm|hypervisor)|monitor socket/i,
        not: /KVM kernel module|not a valid device|permission denied|guest memory|not supported/i,
      },
    ],
    source: 'read: kata-containers 4.1.0 src/runtime/virtcontainers/qemu.go',
  },
  {
    id: 'virtiofsd-failed',
    example: 'virtiofsd exited: fork/exec /opt/kata/libexec/virtiofsd: no such file or directory',
    cause: 'virtiofsd, which shares the container’s files with the guest, is missing, died, or does not fit the VMM',
    where: 'Kata and KubeVirt with virtio-fs.',
    remedies: [
      'the virtiofsd that Kata ships at virtio_fs_daemon; its own log; limits of open files (--rlimit-nofile) and its sandbox mode in a container',
    ],
    otherwise:
      'ps -C virtiofsd on the host while the pod starts: if it lives, the socket’s directory or the VMM’s vhost-user is at fault',
    signs: [
      {
        weight: 9,
        says: /virtiofsd?\b|vhost-fs\.sock|virtio[-_]fs|vhost-user(?:-fs)?|shared ?fs|vhost VQ|vhost_set_\w+|Failed to set msg fds|vhost.{0,20}ring/i,
        not: /rootless sharefs|vhost-vsock|kernel .{0,20}virtiofs/i,
      },
    ],
    source: 'read: kata-containers 4.1.0 src/runtime/virtcontainers/virtiofsd.go',
  },
  {
    id: 'guest-image',
    example: 'stat /opt/kata/share/kata-containers/vmlinux.container: no such file or directory',
    cause: 'the guest’s kernel, initrd or image is missing, or lacks a module or program that the pod needs',
    where: 'Kata: kernel, initrd and image of the configuration; since 4.1.0 two archives ship different guests.',
    questions: ['ID-GUEST'],
    remedies: [
      'the kernel and image of the same release, at the paths of the loaded configuration; a guest kernel with the driver',
    ],
    otherwise:
      'kata-runtime env, paths of kernel and image, and ls -lL of them: if they exist, the guest’s console says what it misses',
    signs: [
      {
        weight: 9,
        errno: ['ENOENT'],
        says: /vmlinu[xz]|kata-containers\S*\.(?:img|initrd)|initrd|guest (?:image|kernel)|kernel image|rootfs image|qboot|OVMF|firmware/i,
        not: /CDI|could not mount/i,
      },
      {
        weight: 9,
        says: /(?:vmlinu[xz]|kata-containers|initrd|\.img)\S* does not exist|both (?:an )?image and (?:an )?initrd|missing image and initrd|guest boot image|(?:could not|can'?t|cannot|failed to|unable to) (?:find|load|open|read|boot) (?:the )?(?:kernel|initrd|guest)|(?:kernel|initrd) ?(?:image|file|path)?.{0,20}(?:too large|invalid magic|not a )|Unable to mount root fs|Kernel panic|KernelLoad|ReadKernelImage|VmBoot\(|modprobe.{0,80}guest|guest.{0,60}(?:kernel )?module|PVH|kernel_modules/i,
        not: /AddrNotAvailable/i,
      },
    ],
    source: 'read: kata-containers 4.1.0 src/runtime/pkg/katautils/config.go',
  },
  {
    id: 'jailer',
    example: 'Jailer error: Failed to create the jail folder before moving cgroup',
    cause: 'Firecracker’s jailer, or the chroot that it makes, refuses',
    where: 'Firecracker with jailer, in Kata or by itself: files outside the chroot, nodev or noexec on its directory, its uid.',
    remedies: [
      'links or copies of kernel and disks inside the chroot with the jailer’s owner, on a file system without nodev and noexec',
    ],
    otherwise: 'findmnt -no OPTIONS -T <chroot base> and ls -ln in it: all readable and without nodev speaks for seccomp',
    signs: [
      {
        weight: 9,
        says: /\bjailer\b|chroot.{0,60}(?:fail|denied|not permitted).{0,60}firecracker|firecracker.{0,80}(?:chroot|jail)/i,
        not: /rootless sharefs/i,
      },
    ],
    source: 'read: firecracker docs/jailer.md',
  },
  {
    id: 'gvisor-platform',
    example: 'creating container: cannot create sandbox: cannot read client sync file: waiting for sandbox to start: EOF',
    cause:
      'the sandbox of runsc ended at its start: its platform (systrap, KVM, ptrace), a setting of the host or a device that it cannot have',
    where: 'gVisor under any engine; runsc’s own log has the line before.',
    questions: ['PRIV-RUNSC-HOST-DEV'],
    remedies: [
      'runsc --debug --debug-log=/tmp/runsc/ for the first error; --platform=systrap; a current runsc for a current kernel',
    ],
    otherwise: 'runsc do true as root on the node: if it works, a device or mount of the pod is at fault',
    signs: [
      {
        weight: 9,
        says: /waiting for sandbox to start|cannot (?:create|start) sandbox|sandbox process|(?:setting up|unknown|unsupported|invalid) platform|client sync file|platform .{0,20}(?:kvm|ptrace|systrap)|urpc method .{0,60}failed|containerManager\.\w+/i,
        not: /seccomp profile|nvproxy/i,
      },
      {
        weight: 6,
        layer: ['gvisor'],
        says: /fail|error|panic/i,
        not: /does not support user namespaces|nvproxy|unsupported driver|option type|not supported/i,
      },
    ],
    source: 'read: gvisor runsc/sandbox/sandbox.go; measured: runsc 20260622.0',
  },
  {
    id: 'gvisor-device-unsupported',
    example: 'nvproxy: unsupported driver version: 550.90.12',
    cause: 'gVisor does not have this device, ioctl or version of a driver',
    where: 'gVisor: it passes on NVIDIA (nvproxy), TPU and TUN devices of known versions, and no others.',
    questions: ['OWN-RUNSC', 'PRIV-RUNSC-DEV'],
    remedies: [
      'a runsc that knows the driver version (runsc nvproxy list-supported-drivers), or that driver on the node',
      { do: 'another runtime class for this pod', cost: 'the pod has the host’s kernel', weakens: true },
    ],
    otherwise:
      'runsc nvproxy list-supported-drivers and /proc/driver/nvidia/version on the node: a version that is listed speaks for the device’s node',
    signs: [
      {
        weight: 9,
        says: /nvproxy|unsupported driver version|rdma ?proxy|tpu ?proxy|(?:gvisor|runsc|sentry).{0,80}(?:not supported|unsupported|not implemented)|(?:not supported|unsupported|not implemented).{0,60}(?:gvisor|runsc)/i,
        not: /user namespaces|option type|waiting for sandbox/i,
      },
    ],
    source: 'read: gvisor pkg/sentry/devices/nvproxy/version.go',
  },
];
