import type { SymptomRow } from './symptom.ts';

/** What a shim, an agent or a VMM in a shim's hands says is Kata's matter, not a pod's. */
export const kataWords =
  /QMP command failed|\bkata|virtcontainers|runtime-rs|failed to (?:create|start) shim(?! task: OCI runtime)|vm_path|hotplug (?:block|vfio)|kata_agent|cloud-hypervisor: |failed to handle message/i;
const refused = /avc: +denied|apparmor="?denied|scontext=|seccomp|type=1326/i;

/** A process that may not open what is there: EACCES, and what is mounted read-only. */
export const accessSymptoms: readonly SymptomRow[] = [
  {
    id: 'file-mode',
    example: 'blockdev: cannot open /dev/cdi-block-volume: Permission denied',
    cause:
      'the file mode: the node keeps the owner and mode of the host’s, and the process is another user (the device cgroup would say EPERM)',
    where:
      'containerd with runc, crun and Kata. CRI-O sends no mode: runc and crun open the node 0666 there, a Kata agent closes it, 000.',
    questions: ['OWN-OFF', 'OWN-ON', 'OWN-IMAGE-USER', 'OWN-MODE'],
    remedies: [
      {
        do: 'supplementalGroups: [<gid of the node>] in the pod’s securityContext',
        cost: 'the group’s other files and devices in the container too',
      },
      {
        do: 'device_ownership_from_security_context = true in the engine, runAsUser and runAsGroup in the pod (USER of the image and fsGroup do not count)',
        since: 'containerd 1.6, CRI-O 1.22',
        cost: 'non-root pods can use the devices that they were given, and no others',
      },
      {
        do: 'a udev rule on the host that gives the node a group of its own and 0660',
        cost: 'whoever is in that group on the host can use it',
        weakens: true,
      },
    ],
    otherwise:
      'ls -ln <node> and id in the container: if owner, group or mode let the user in, it is a nodev mount (findmnt -T <node>) or an LSM (ausearch -m avc, dmesg | grep DENIED on the host)',
    signs: [
      {
        weight: 7,
        errno: ['EACCES'],
        object: /^\/dev\/(?!std|fd\/|pts|vfio\/|kvm$|shm|mqueue|hugepages|null$)/,
        not: new RegExp(`${kataWords.source}|${refused.source}|\\bmknod|mount|hugepage|setxattr`, 'i'),
      },
      {
        weight: 7,
        errno: ['EACCES'],
        object: /^\/dev\/(?:vfio\/|kvm$|null$)/,
        not: new RegExp(`${kataWords.source}|${refused.source}|KVM kernel module`, 'i'),
      },
      {
        weight: 7,
        says: /LIBUSB_ERROR_ACCESS|access denied \(insufficient permissions\)|(?:insufficient|no) permissions?.{0,60}(?:usb|device|udev|\/dev)|(?:usb|device|udev).{0,80}insufficient permissions?|udev rules?.{0,60}(?:permission|access)|(?:permission|access).{0,60}udev rules?/i,
      },
      {
        weight: 6,
        errno: ['EACCES'],
        says: /NvRm|NvMap|nvmap|\bhip\b|\bROCm|rocminfo|\bKFD\b|kfd\b|\bHSA|render ?(?:node|D\d)|\bDRI\b|drm|vaapi|libva|level.zero|\bze_|opencl|clinfo|video4linux|\bv4l2?|alsa|serial port|ttyUSB|ttyACM|\bGPU\b|i915|\bxe\b|ibv_|infiniband|uverbs|\bVFIO\b|gpiochip|\bi2c|spidev|edgetpu|apex_/i,
        not: refused,
      },
      {
        weight: 6,
        says: /(?:not (?:a )?member|not in|add (?:the |your )?(?:current )?user|belongs?).{0,40}\b(?:render|video|disk|dialout|plugdev|input|audio|kvm)\b.{0,20}(?:group)?|group.{0,12}\b(?:render|video|dialout|plugdev)\b/i,
      },
      {
        weight: 6,
        errno: ['EACCES'],
        says: /block (?:device|volume)|raw (?:block|device)|device node/i,
        not: new RegExp(`${kataWords.source}|${refused.source}`, 'i'),
      },
      { weight: 4, errno: ['EACCES'], object: /^\/dev\/(?:shm|mqueue)/, not: refused },
      { weight: 8, says: /no VA display found/i },
      {
        weight: 7,
        errno: ['EACCES'],
        object: /^\/sys\/class\/(?:gpio|pwm|leds|backlight|hwmon|iio|drm|video4linux)|^\/sys\/(?:bus|devices)\//,
      },
      {
        weight: 6,
        errno: ['EACCES'],
        says: /\bgpio|\bi2c\b|\bspi\b|serial|camera|\busb\b|joystick|evdev|\btpm|\bTPM/i,
        not: refused,
      },
      {
        weight: 6,
        says: /NVML.{0,20}Insufficient Permissions|NVML_ERROR_NO_PERMISSION|ZE_RESULT_ERROR_INSUFFICIENT_PERMISSIONS/i,
      },
    ],
    source: 'measured: containerd 1.7.24; https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/',
  },
  {
    id: 'nodev-mount',
    example: "head: cannot open 'my_random' for reading: Permission denied",
    cause:
      'the node lies on a file system that is mounted nodev: opening it is EACCES for everybody, root too, whatever its mode',
    where:
      'CRI-O and podman as distributions ship them (mountopt = "nodev"), Kata’s runtime-rs (virtiofs nodev), volumes and tmpfs mounted nodev.',
    questions: ['PRIV-WITHHELD-DENIED', 'PRIV-ALL-DEVICES-ALLOWED', 'PRIV-GUEST-MKNOD'],
    remedies: [
      'ask for the device, so that the runtime makes it in /dev, or make the node in the container’s own /dev',
      {
        do: 'take nodev out of mountopt of storage.conf, or storage_option of CRI-O',
        cost: 'a node in any image or volume works, where the device cgroup lets it',
        weakens: true,
      },
    ],
    otherwise: 'findmnt -no OPTIONS -T <node> in the container: without nodev it is the file mode (ls -ln <node>)',
    signs: [
      { weight: 8, errno: ['EACCES'], near: /\bmknod\b/i, not: /avc: +denied|apparmor=|mknod[:(]|operation not permitted/i },
      {
        weight: 7,
        errno: ['EACCES'],
        object:
          /^(?!\/dev\/|\/proc|\/sys)(?:.*\/)?(?:dev\/)?(?:my_?)?(?:u?random|null|zero|full|tty\d*|console|fuse|tun|kvm|loop\d+|sd[a-z]\d*|nvme\w+|vd[a-z]|renderD\d+|card\d+)$/,
      },
      { weight: 8, errno: ['EACCES'], near: /\bnodev\b/i, not: /avc: +denied|apparmor=/i },
      { weight: 8, says: /\bnodev\b/i, errno: ['EACCES'] },
    ],
    source:
      'read: https://github.com/cri-o/cri-o/issues/7172, Linux fs/namei.c may_open_dev; recorded with Kata 3.30.0 runtime-rs',
  },
  {
    id: 'stdio-owner',
    example: 'cat: /dev/stdin: Permission denied',
    cause:
      'standard streams belong to another user, so that this one may use the open descriptor and not open it again by its path',
    where:
      'runc and crun: pipes and terminals of a process that was started as, or changed to, another user; crun since 1.24 leaves their owner.',
    questions: ['HYG-HOST-NULL'],
    remedies: [
      'write to descriptor 1 or 2 itself (>&1), not to /dev/stdout, or log to a file',
      'run the process as the user that the container starts with (no su, no gosu), or with tty: true',
    ],
    otherwise: 'ls -lL /proc/self/fd/1 in the container: an owner that is the user itself speaks for an LSM',
    signs: [
      {
        weight: 9,
        errno: ['EACCES', 'ENXIO'],
        object: /^(?:\/dev\/std(?:in|out|err)|\/dev\/fd(?:\/\d+)?|\/proc\/(?:self|\d+)\/fd\/[012])$/,
      },
    ],
    source: 'read: https://github.com/containers/crun/issues/745, https://github.com/moby/moby/issues/31243',
  },
  {
    id: 'rootless-groups',
    example: "Error: crun: error stat'ing file `/dev/vboxusb/001/002`: Permission denied: OCI permission denied",
    cause:
      'the engine runs rootless: its user, or a supplementary group that got lost in the user namespace, has no access to the device of the host',
    where: 'podman, crun and runc as a user other than root.',
    remedies: [
      {
        do: '--group-add keep-groups, with a user who is in the group of the node',
        since: 'crun',
        cost: 'all groups of the user in the container',
      },
      { do: 'run the engine as root and the container as a user', cost: 'the engine is root on the host', weakens: true },
    ],
    otherwise: 'stat <node> as the user of the engine, outside of any container: if that works, it is an LSM (ausearch -m avc)',
    signs: [
      {
        weight: 8,
        errno: ['EACCES'],
        layer: ['runtime'],
        object: /^\/dev\//,
        says: /stat'?ing|\bstat\b|OCI permission denied|open `?'?\/dev|error opening/i,
        not: /init\b|exec\b|rootfs\/dev|\bcheck\w* exec|apparmor|label/i,
      },
      { weight: 8, errno: ['EACCES'], says: /\/dev\/(?!pts|ptmx|mqueue|shm|null|console).{0,300}OCI permission denied/i },
      {
        weight: 8,
        errno: ['EACCES'],
        verb: ['mount', 'open'],
        layer: ['runtime'],
        object: /^\/dev\/(?!pts|mqueue|shm|null|console)/,
      },
      { weight: 8, says: /keep-groups|supplementary groups?.{0,60}(?:rootless|lost)|rootless.{0,80}(?:\bgroups?\b|\/dev\/)/i },
      {
        weight: 6,
        errno: ['EACCES', 'EPERM'],
        object: /^\/dev\//,
        near: /\brootless\b|podman unshare|\bpodman run\b/i,
        not: /chmod|chown|changing|mknod/i,
      },
    ],
    source: 'read: https://github.com/containers/podman/blob/main/troubleshooting.md, 20',
  },
  {
    id: 'read-only-sys',
    example: 'EAL: Cannot open /sys/class/uio/uio0/device/config: Read-only file system',
    cause: '/sys, /proc/sys and the cgroup tree are mounted read-only in unprivileged containers',
    where: 'every engine and runtime; CRI-O and containerd alike.',
    questions: ['PRIV-CAPS'],
    remedies: [
      'let the host write the value (sysctls: in the pod, an init job on the node, a device plugin), and use vfio-pci instead of uio',
      {
        do: 'mount the one directory by hostPath',
        cost: 'the pod can change that part of the host’s kernel settings',
        weakens: true,
      },
      { do: 'privileged: true', cost: 'all devices of the host, all capabilities', weakens: true },
    ],
    otherwise: 'findmnt -no OPTIONS /sys in the container: rw speaks for the file itself (ls -l)',
    signs: [
      {
        weight: 7,
        errno: ['EACCES'],
        verb: ['write', 'open'],
        object: /^(?:\/sys\/(?!class\/(?:net|drm|infiniband)|fs\/cgroup)|\/proc\/sys\/)/,
        not: /kata|avc:|apparmor|selinux/i,
      },
      { weight: 9, errno: ['EROFS'], object: /^(?:\/sys\/|\/proc\/)/ },
      { weight: 8, errno: ['EROFS'], says: /\/sys\/|\/proc\/sys|cgroup|sysctl|sysfs|procfs/i },
      {
        weight: 6,
        errno: ['EACCES', 'EPERM'],
        verb: ['write', 'open', 'mkdir', 'mount'],
        object: /^(?:\/sys\/(?!class\/(?:net|drm|infiniband)|fs\/cgroup)|\/proc\/sys\/|\/proc\/irq)/,
        not: /devices\.(?:allow|deny)|kata|avc:|setxattr|apparmor|selinux/i,
      },
      { weight: 7, says: /sysctl: .{0,60}(?:permission denied|read-only)|sysctl.{0,80}read-only file system/i },
    ],
    source: 'read: runc libcontainer/specconv/example.go; https://github.com/moby/moby/issues/42240',
  },
  {
    id: 'read-only-device',
    example: 'mount: /mnt: WARNING: source write-protected, mounted read-only.',
    cause: 'the device or its medium is read-only, or the container was given it without w',
    where: 'every engine: a read-only loop, snapshot or attachment, readOnly: true of a volume.',
    questions: ['DEV-CGROUP'],
    remedies: [
      'ask for it with rw, or open it read-only',
      'attach it writable: blockdev --getro <node> on the host says 1 while it is not',
    ],
    otherwise: 'blockdev --getro <node> on the host: 0 speaks for the device cgroup',
    signs: [
      { weight: 8, errno: ['EROFS'], object: /^\/dev\// },
      {
        weight: 8,
        says: /write-protected|block device .{0,60}is read-only|device is (?:mounted )?read-only|cannot mount .{0,80}read-only|read-only (?:device|disk|medium)/i,
        not: /QMP command failed/,
      },
      { weight: 5, errno: ['EROFS'], not: /\/sys\/|\/proc\/|cgroup/ },
      { weight: 6, errno: ['EACCES'], says: /remount|mount: .{0,60}\/dev\//, not: /are you root|must be/i },
    ],
    source: 'read: util-linux sys-utils/mount.c; Linux block/bdev.c',
  },
];
