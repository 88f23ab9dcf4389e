import { kataWords } from './access.ts';
import type { SymptomRow } from './symptom.ts';

const engineWords =
  /error gathering device information|failed to generate (?:container|spec)|linux runtime spec devices|failed to generate spec|container create failed|CreateContainer(?:Error)?\b|Error response from daemon|failed to create containerd|OCI runtime create|\brunc\b|\bcrun\b|unable to start container|stat'?ing file|adding custom device|\bpodman\b|MountVolume|error stating|failed to stat/i;
const fuse =
  /fuse(?:\.ko|rmount3?|-overlayfs)?:? ?(?:device|: device|.{0,20})(?: is)? not found|device not found, try 'modprobe fuse'/i;

/** The node itself: not there, not given, not a device, nothing behind it, busy. */
export const nodeSymptoms: readonly SymptomRow[] = [
  {
    id: 'device-missing',
    example: 'failed to generate container "4f" spec: failed to generate spec: lstat /dev/nope: no such file or directory',
    cause: 'the host has no such path when the container is created',
    where: 'containerd, docker and podman refuse the container; CRI-O starts it without the device, silently.',
    questions: ['DEV-MISSING'],
    remedies: [
      'load its driver on the node, or correct the path that the device plugin, the pod or the compose file names',
      'select nodes that have it: a device plugin, node-feature-discovery',
    ],
    otherwise: 'ls -l <path> on the node that ran the pod: if it is there, it came later or hangs on a mount of its own',
    signs: [
      {
        weight: 9,
        errno: ['ENOENT'],
        says: /error gathering device information|adding custom device|failed to generate spec[^"]{0,40}: (?:l?stat|get device|device)|device .{0,80}does not exist on (?:the )?host/i,
        not: /CDI|not a device node|dm-\d|failed to mkdir/i,
      },
      {
        weight: 8,
        errno: ['ENOENT'],
        object: /^\/dev\/(?!vfio\/|vhost|kvm$|dm-\d|loop\d|mapper)/,
        says: engineWords,
        not: new RegExp(`CDI|rootfs\\/dev\\/|creating device nodes: mount|${kataWords.source}`, 'i'),
      },
      {
        weight: 6,
        errno: ['ENOENT'],
        object: /^\/dev\/(?:vfio\/|vhost|kvm$|mapper|loop)/,
        says: /error gathering device|adding custom device|failed to generate spec/i,
      },
      {
        weight: 8,
        says: /hostPath type check failed.{0,80}(?:no such file|does not exist|is not a (?:block|character) device)|no such (?:host )?device (?:file|path|node)|device (?:path|file|node) .{0,80} (?:does not exist|not found|doesn'?t exist)/i,
        not: kataWords,
      },
      { weight: 5, errno: ['ENOENT'], verb: ['stat'], object: /^\/dev\// },
      // Go's lstat is an engine's or a hook's, on the host.
      { weight: 7, errno: ['ENOENT'], object: /\/dev\//, says: /\blstat \//, not: /CDI|dm-\d|loop\d/ },
    ],
    source: 'measured: containerd 1.7.24 and CRI-O 1.36.3',
  },
  {
    id: 'device-not-given',
    example: 'Unable to open /dev/kfd read-write: No such file or directory',
    cause: 'the process finds no such node in its container: nobody asked for the device, or a mount hides it',
    where: 'every engine and runtime: a container has eight nodes of its own and those that it was given.',
    questions: ['PRIV-DEFAULT-DEV'],
    remedies: [
      'ask for it: a device plugin’s resource, a CDI device, volumeDevices for a disk; docker and podman: --device',
      { do: 'hostPath of the node in a privileged pod', cost: 'all devices of the host, all capabilities', weakens: true },
    ],
    otherwise: 'ls -l <node> on the host: if it is absent there too, its driver is not loaded',
    signs: [
      {
        weight: 7,
        errno: ['ENOENT'],
        object: /^\/dev\/(?!vfio\/(?:\d|vfio)|std|pts|shm|hugepages|vhost-vsock|kvm$)/,
        not: new RegExp(`${engineWords.source}|CDI|${kataWords.source}|mknod|\\bmkdir\\b|qemu|rootfs`, 'i'),
      },
      {
        weight: 6,
        errno: ['ENOENT'],
        object: /^\/dev\/(?:kvm|vhost-\w+)$/,
        not: new RegExp(`${engineWords.source}|${kataWords.source}|qemu|firecracker|hypervisor|KVM module`, 'i'),
      },
      { weight: 8, says: /no VA display found/i },
      { weight: 9, says: fuse, not: /permission denied|operation not permitted|fuse: mount failed/i },
      {
        weight: 8,
        says: /no (?:such )?(?:tty|serial port|video device|sound ?cards?|soundcards?|camera|USB device|render node|DRM device|GPU device node)s? (?:found|available|detected)|cannot find card|no RDMA devices? found|no IB devices? found|No devices? found in \/dev|could not find (?:any )?(?:device|\/dev)|can'?t find (?:any )?(?:device|\/dev)|(?:find|no) (?:an )?unused loop device(?!:)/i,
      },
      {
        weight: 6,
        errno: ['ENOENT'],
        says: /\bcannot find card|\bALSA\b|\/dev\/\w|device node|\bKFD\b|kfd\b/i,
        not: new RegExp(`${engineWords.source}|${kataWords.source}|CDI`, 'i'),
      },
    ],
    source: 'measured: containerd 1.7.24, CRI-O 1.36.3; read: OCI runtime-spec config-linux.md, default devices',
  },
  {
    id: 'device-vanished',
    example: 'Cannot start service web: linux runtime spec devices: lstat /dev/dm-13: no such file or directory',
    cause: 'a node of the host came or went while the container was made or ran; what appears later is not in a container',
    where:
      'privileged pods, whose engine lists all of /dev (docker, containerd); USB and hot-plug; loop and dm devices of volumes.',
    questions: ['PRIV-HOST-DEV'],
    remedies: [
      'start the container again; restart it after the device was plugged in',
      {
        do: 'a device plugin that watches the device, or a volume of the one directory (/dev/bus/usb) with its device rule',
        cost: 'every device below that directory',
      },
      'not privileged: ask for the devices by name',
    ],
    otherwise: 'udevadm monitor on the host while it fails: without an event the path was never there',
    signs: [
      {
        weight: 9,
        errno: ['ENOENT', 'ENXIO'],
        object: /^\/dev\/(?:dm-\d+|loop\d+|nbd\d+|mapper\/\S+|rbd\d+|sd[a-z]+\d*|bus\/usb\/\S+)$/,
        says: /linux runtime spec devices|lstat|privileged|error (?:walking|listing|reading) (?:host )?devices/i,
        not: /error gathering|failed to generate spec: (?:l?stat)|custom device/i,
      },
      { weight: 6, errno: ['ENOENT'], verb: ['stat'], object: /^\/dev\//, layer: ['engine', 'runtime'] },
      { weight: 9, says: /linux runtime spec devices/i },
      {
        weight: 8,
        says: /LIBUSB_ERROR_NO_DEVICE|device (?:was |has been |is |got )?(?:disconnected|removed|unplugged|vanished|gone|detached|lost)|(?:USB )?disconnect(?:ed)?\b.{0,40}(?:device|usb)|no such device \(it may have been disconnected\)|fallen off the bus|after (?:re)?plug/i,
      },
      { weight: 6, errno: ['ENODEV'], says: /usb|libusb/i },
      { weight: 5, errno: ['ENODEV', 'ENXIO'], object: /^\/dev\/(?:tty(?:USB|ACM)|video|bus\/usb|sd|loop|dm-|nvme)/ },
    ],
    source: 'read: https://github.com/moby/moby/issues/32699, https://github.com/moby/moby/issues/16160',
  },
  {
    id: 'no-such-device',
    example: 'error creating device nodes caused: open /run/x/rootfs/dev/tty: no such device or address',
    cause:
      'the node is there, and nothing is behind it: its driver is not loaded, or the hardware with that number does not exist',
    where: 'every engine: nodes of mknod and hostPath, a module that was unloaded, a driver that failed.',
    questions: ['DEV-MISSING'],
    remedies: [
      'modprobe the driver on the node and name it in /etc/modules-load.d; look at dmesg for why it refused the hardware',
      'take the numbers from ls -l on the host if the node was made by hand',
    ],
    otherwise: 'cat <node> as root on the host: if that works, the container’s node has other numbers (ls -l in both)',
    signs: [
      { weight: 7, errno: ['ENXIO', 'ENODEV'], not: /usb\b|vhost-vsock|kataShared|libusb|\.sock\b|\bconnect: |unix socket/i },
      { weight: 5, errno: ['ENXIO', 'ENODEV'] },
      {
        weight: 6,
        says: /no CUDA-capable device|no CUDA GPUs?|CUDA_ERROR_NO_DEVICE|hipErrorNoDevice|no (?:GPUs?|NVIDIA devices?) (?:found|detected)/i,
      },
      { weight: 5, errno: ['ENOENT'], verb: ['open'], object: /^\/dev\/(?!std|pts|shm|hugepages)/, layer: ['application'] },
      {
        weight: 9,
        says: /modprobe[^:]{0,40}: (?:FATAL|ERROR)|Module \S+ not found|(?:kernel )?(?:module|driver) .{0,60}(?:is )?not (?:loaded|found|installed|available|inserted)|(?:has failed because it |couldn'?t |could not |can'?t )communicate with the (?:NVIDIA|driver)|no (?:\w+ )?driver (?:is )?(?:loaded|bound)|driver not loaded|nvidia-smi has failed|no devices were found|ROCk module is NOT loaded|RmInitAdapter failed|NVML: Driver Not Loaded|DRIVER_NOT_LOADED|missing (?:kernel )?(?:module|driver)/i,
        not: /kvm|guest|vhost[-_]vsock|vfio-pci|libnvidia-ml/i,
      },
      { weight: 6, errno: ['EIO'], object: /^\/dev\// },
      { weight: 6, errno: ['ENOENT'], says: /nvidia-container-cli(?:\.real)?: \w+ error/i, not: /\.so\b/i },
      {
        weight: 7,
        errno: ['ENOENT', 'ENODEV', 'ENXIO'],
        says: /nvidia-container-cli/i,
        object: /\/proc\/driver\/nvidia|\/dev\/nvidia/,
      },
      {
        weight: 8,
        says: /nvidia-container-cli:? .{0,40}(?:initialization error|driver (?:error|rpc)|nvml error|load library failed|device error|unknown device)/i,
        not: /permission|not permitted/i,
      },
    ],
    source: 'read: open(2), ENXIO and ENODEV',
  },
  {
    id: 'not-a-device-node',
    example: 'failed to generate container "4f" spec: failed to generate spec: not a device node',
    cause:
      'the path on the host is a file, a directory or a link, not a device: mostly a volume whose publish path was made as a file',
    where:
      'containerd, docker and podman at creation; CRI-O leaves such a device out. ctr and nerdctl do not follow links, the CRI does.',
    questions: ['DEV-MISSING'],
    remedies: [
      'ls -l the path on the node: give the device that the link points to; for a volume, delete the pod and let CSI publish it again',
    ],
    otherwise: 'stat -L -c %F <path> on the node that ran the pod: "block special file" speaks for a race at boot',
    signs: [
      {
        weight: 9,
        says: /not a device node|(?:neither|not) a (?:character|char|block)(?: (?:special|device))?(?:,? n?or (?:a )?(?:block|char\w*))?(?: device| special)?|is not a device\b|not a (?:special|device) file|not a block or character|unsupported device type/i,
        not: /hostPath type|valid device path|neither an allowed regular/i,
      },
      { weight: 8, errno: ['ENOTBLK'] },
    ],
    source: 'read: containerd v2.3.4 pkg/oci/utils_unix.go; https://github.com/containerd/containerd/issues/8682',
  },
  {
    id: 'mount-type-mismatch',
    example: 'failed to mkdir "/dev/dri/by-path/card": mkdir /dev/dri/by-path/card: file exists',
    cause:
      'source and target of a mount differ in kind: a file over a directory, a dangling link where a directory was to be made, a hostPath type that is not met',
    where: 'containerd, docker, runc, crun at creation; hostPath.type at the kubelet.',
    remedies: [
      'give the path that exists on every node, of the kind that the pod names (hostPath.type: CharDevice, BlockDevice, File, Directory)',
      'remove the directory or dangling link that a former start left in its place',
    ],
    otherwise:
      'stat -c %F <source> on the node, and the same on the target in the image: if both are alike, the path was changed in between',
    signs: [
      {
        weight: 9,
        says: /trying to mount a directory onto a file|hostPath type check failed|failed to mkdir .{0,200}file exists|is not a (?:directory|file|socket|character device|block device)\b(?=.{0,60}(?:hostPath|volume|mount|$))|mount\w*.{0,400}(?:not a directory|is a directory)|not a directory.{0,60}(?:mount|unknown: Are you)/i,
        not: /not a device/i,
      },
      { weight: 8, errno: ['ENOTDIR', 'EISDIR'], verb: ['mount', 'mkdir'] },
      { weight: 7, errno: ['EEXIST'], verb: ['mkdir'], layer: ['engine', 'runtime', 'kubelet'] },
    ],
    source: 'read: containerd v2.3.4 internal/cri/opts/spec_linux_opts.go; kubernetes pkg/volume/hostpath',
  },
  {
    id: 'device-busy',
    example: 'Could not open video device: Device or resource busy',
    cause: 'the device is in use: another process, a driver of the host, a mount or another pod has it',
    where: 'every engine and runtime; the container is not the cause.',
    remedies: [
      'find who has it on the node (fuser -v <node>, lsof, lsblk, ls /sys/bus/pci/devices/<function>/driver) and end it, or give the pod another device',
    ],
    otherwise: 'fuser -v <node> and findmnt -S <node> on the host: nobody there speaks for a driver that is bound',
    signs: [
      {
        weight: 8,
        errno: ['EBUSY'],
        not: /umount|rmdir|remov(?:e|ing)|pivot_root|cgroup|unmount|overlay|\/etc\/|\.(?:json|conf|ya?ml|txt)\b/i,
      },
      {
        weight: 9,
        says: /^(?=.*(?:device|usb|gpu|camera|card|serial|tty|\/dev\/|vfio|hypervisor|interface|mount)).*(?:(?:device|port|camera|gpu|interface|card) (?:is |was )?(?:already |currently )?(?:busy|in use|claimed|opened by|exclusively)|(?:already|currently) in use by|already mounted or|mount point (?:is )?busy|another (?:process|application|hypervisor|program).{0,60}(?:using|running|open)|unable to claim|could not claim|claim(?:ing)? interface|CUDA_ERROR_(?:DEVICE_UNAVAILABLE)|all CUDA-capable devices are busy)/i,
        not: /umount|device unavailable for allocation|address already in use|cgroup|container name|lock-frontend|dpkg/i,
      },
    ],
    source: 'read: open(2), EBUSY',
  },
  {
    id: 'ioctl-unsupported',
    example: 'ioctl(TCGETS): Inappropriate ioctl for device',
    cause: 'the driver, or the sandbox between, does not know this operation or flag',
    where: 'O_DIRECT on tmpfs and overlay, terminal ioctls on pipes, loop and DRM ioctls on another driver or in gVisor.',
    remedies: [
      'tty: true for programs that want a terminal; direct I/O on a real disk; the driver that the program was written for',
    ],
    otherwise: 'the same program on the host with the same node: if it works there, the sandbox does not pass the call (strace)',
    signs: [
      { weight: 8, errno: ['ENOTTY'] },
      { weight: 7, errno: ['EOPNOTSUPP', 'EINVAL', 'ENOSYS'], verb: ['ioctl'], not: /seccomp|vfio|kvm|userns/i },
      {
        weight: 7,
        errno: ['EINVAL', 'EOPNOTSUPP'],
        says: /O_DIRECT|direct[= -]?I?\/?O|direct=1|ioctl|DRM_|v4l2|VIDIOC|alsa|discard|BLKDISCARD|fallocate|loop device/i,
        not: /VFIO_|idmap/i,
      },
      { weight: 7, says: /not a (?:tty|typewriter)|not supported by (?:the )?(?:device|driver)|the input device is not a TTY/i },
    ],
    source: 'read: ioctl(2)',
  },
  {
    id: 'volume-map',
    example: 'MapVolume.MapPodDevice failed for volume "pvc-1" : rpc error: code = Internal desc = failed to map',
    cause: 'the kubelet or the CSI driver could not map the raw block volume: publish path, link or loop device failed',
    where: 'Kubernetes, volumeMode: Block, before the container is created.',
    remedies: [
      'the CSI driver’s node log for this volume; losetup -a and /var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices on the node; remove what a former attachment left',
    ],
    otherwise: 'ls -l the publish path on the node: a block device there speaks for the engine, not the volume',
    signs: [
      {
        weight: 9,
        says: /MapVolume|MapBlockVolume|MapPodDevice|globalMapPath|UnmapVolume|UnmapDevice|volumeDevices\/|AttachFileDevice|failed to (?:get|create|attach) loop(?:back)? device|block ?mapper|blkUtil|volumeMode.{0,40}(?:block|mismatch|not support)|losetup\b.{0,200}(?:fail|exit)|set ?up loop ?device(?!:? ?(?:operation not permitted|permission denied))|(?:not support|unsupported).{0,30}block (?:volume|mode|device)|block volume.{0,30}(?:not support|unsupported|provision)/i,
      },
    ],
    source: 'read: kubernetes pkg/volume/util/volumepathhandler, pkg/volume/csi/csi_block.go',
  },
];

/** GPUs: nodes alone are not enough, library and module belong together. */
export const gpuSymptoms: readonly SymptomRow[] = [
  {
    id: 'gpu-driver-mismatch',
    example: 'Failed to initialize NVML: Driver/library version mismatch',
    cause:
      'the kernel module of the node and the library in the container have different versions, or the driver is too old for the image',
    where: 'NVIDIA: after an update of the driver without a reboot, or an image of a newer CUDA.',
    remedies: [
      'reload the modules or reboot the node after an update; an image whose CUDA the driver supports; no driver libraries inside the image',
    ],
    otherwise:
      'cat /proc/driver/nvidia/version on the node and nvidia-smi in the container: the same version speaks for missing nodes',
    signs: [
      {
        weight: 9,
        says: /(?:driver|library|api|nvml|kernel).{0,30}version mismatch|API mismatch|driver version is insufficient|CUDA driver version|unsatisfied condition: (?:cuda|driver|brand|arch)|(?:driver|cuda).{0,40}(?:too old|out of date|older than)|forward compatibility was attempted|CUDA_ERROR_(?:SYSTEM_DRIVER_MISMATCH|COMPAT)|no kernel image is available|PTX was compiled|requirement error|update your (?:GPU |nvidia )?driver/i,
        not: /nvproxy|runsc/i,
      },
    ],
    source: 'read: NVIDIA CUDA compatibility; libnvidia-container src/nvc_info.c',
  },
  {
    id: 'gpu-runtime-not-used',
    example: 'Error: Failed to initialize NVML: ERROR_LIBRARY_NOT_FOUND, Incompatible strategy detected auto',
    cause:
      'the container has neither the vendor’s libraries nor its nodes: the vendor’s runtime, hook or CDI was not used for it',
    where:
      'NVIDIA: RuntimeClass nvidia missing in the pod, or nvidia not the default runtime; docker without --gpus or without the toolkit.',
    questions: ['DEV-CDI'],
    remedies: [
      'runtimeClassName: nvidia, or CDI with nvidia-ctk cdi generate; nvidia-ctk runtime configure, and restart the engine',
      'ask for the resource (nvidia.com/gpu: 1), docker: --gpus all',
    ],
    otherwise:
      'ls /dev/nvidia* and ldconfig -p | grep libcuda in the container: if both are there, the driver of the node fails (dmesg | grep NVRM)',
    signs: [
      {
        weight: 9,
        says: /incompatible (?:strategy|platform) detected|could not select device driver|unable to find (?:a )?GPU|found no NVIDIA driver|NVIDIA driver was not detected|libnvidia-ml\.so[^:]{0,20}(?:: cannot open|.{0,40}not found)|libcuda\.so[^:]{0,20}(?:: cannot open|.{0,40}not found)|ERROR_LIBRARY_NOT_FOUND|NVML Shared Library Not Found|lib(?:nvidia|cuda|cudart|nvcuvid|amdhip|hsa|ze_)[\w.+-]*: cannot open shared object|could not load (?:dynamic )?library .{0,4}lib(?:cuda|nv)\w*|nvidia-smi.{0,30}(?:executable file )?not found|nvidia-smi: (?:command )?not found|torch not compiled with CUDA|failed to load NVML|libnvidia-ml|unknown runtime specified nvidia|driver not found:? nvidia/i,
        not: /version mismatch|unknown or invalid runtime/i,
      },
      {
        weight: 6,
        says: /no CUDA GPUs? are|no CUDA-capable device is detected|CUDA_ERROR_NO_DEVICE|CUDA error: (?:no|unknown)|CUDA_ERROR_UNKNOWN|cuInit.{0,60}(?:fail|error|unknown)|torch\.cuda\.is_available|hipErrorNoDevice|no (?:HIP|ROCm)[- ](?:capable )?(?:GPUs?|devices?)|no (?:supported|compatible) (?:GPU|CL|opencl|level).{0,30}(?:found|device)|Number of platforms +0|No OpenCL|ZE_RESULT_ERROR_UNINITIALIZED|no (?:GPUs?|NVIDIA devices?) (?:found|detected|available)/i,
      },
      {
        weight: 6,
        says: /no devices? (?:found|detected|available)/i,
        near: /nvidia|nvml|cuda|\bgpu|rocm|\bhip\b|opencl|tensile|torch/i,
      },
    ],
    source: 'read: NVIDIA k8s-device-plugin README, nvidia-container-toolkit install guide',
  },
];
