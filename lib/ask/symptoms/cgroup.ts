import { kataWords } from './access.ts';
import type { SymptomRow } from './symptom.ts';

/** Devices that every container may use: if they are refused, rules that were right got lost. */
const defaults = /^(?:.*\/dev\/|\/dev\/)(?:null|zero|full|random|urandom|tty|console|ptmx|pts(?:\/\w+)?)$/;
/** What is no matter of the device cgroup, though its errno is EPERM. */
const others =
  'chmod|chown|(?:changing|setting) (?:permissions|ownership|owner|mode)|chgrp|umount|\\bmount(?:ing)? |\\bmount:|setns|setxattr|avc:|apparmor|seccomp|SIGSYS|TUNSETIFF|RTNETLINK|devices\\.(?:allow|deny)|io_uring|perf_event|mlock|setgroups|setuid|nice|\\bbpf\\b|unlink|remove|mknod';
const notOpen = new RegExp(`${others}|${kataWords.source}`, 'i');

/** The device cgroup: EPERM whatever the file mode, and what loads its rules. */
export const cgroupSymptoms: readonly SymptomRow[] = [
  {
    id: 'device-cgroup',
    example: "cat: can't open '/dev/kmsg': Operation not permitted",
    cause: 'the device cgroup of the container has no rule for this node: EPERM, whatever its owner and mode',
    where:
      'runc and crun, every engine: a node from a hostPath mount or from mknod, or a device that was asked for with fewer permissions than rwm.',
    questions: ['DEV-CGROUP', 'PRIV-WITHHELD-DENIED', 'PRIV-ALL-DEVICES-ALLOWED'],
    remedies: [
      'ask for the device instead of mounting its path: a device plugin’s resource, CDI, or volumeDevices for a disk; with r, w and m as needed',
      {
        do: 'CRI-O: annotation io.kubernetes.cri-o.Devices with the path in allowed_devices',
        since: 'CRI-O 1.23.1',
        cost: 'every pod that may use the handler can ask for it',
      },
      { do: 'privileged: true', cost: 'all devices of the host, all capabilities', weakens: true },
      {
        do: 'privileged_without_host_devices_all_devices_allowed = true, for privileged pods that make nodes themselves',
        since: 'containerd 1.7; CRI-O has none',
        cost: 'the pod can make and open a node of every disk of the host',
        weakens: true,
      },
    ],
    otherwise:
      'open the node as root in a privileged pod: if it still says EPERM, the driver wants a capability (capsh --print) or an LSM refuses (ausearch -m avc)',
    signs: [
      // The innermost clause is an open of the node: whoever passes it on, and for what, does not matter.
      {
        weight: 8,
        errno: ['EPERM'],
        object: /^\/dev\/(?!net\/tun|mem$|kmem$|port$|cpu\/|vfio\/|null$|zero$|full$|u?random$|tty$|console$|ptmx$|pts)/,
        says: /\bopen(?:ing)? ["'`]?\/dev\/[^\s:"'`]+["'`]?: operation not permitted|operation not permitted, cannot open/i,
        not: kataWords,
      },
      {
        weight: 8,
        errno: ['EPERM'],
        verb: ['open', 'write', 'stat'],
        object: /^\/dev\/(?!net\/tun|mem$|kmem$|port$|cpu\/)/,
        not: notOpen,
      },
      {
        weight: 7,
        errno: ['EPERM'],
        object: /^(?:\/\S*)?\/dev\/(?!net\/tun|mem$|kmem$|port$|cpu\/)/,
        not: new RegExp(`${notOpen.source}|ioctl|\\bexec`, 'i'),
      },
      {
        weight: 8,
        says: /(?:device cgroup|cgroup device|device[_ ]plugin rules?).{0,80}(?:den|not allow|no rule)|not (?:allowed|permitted) by (?:the )?(?:device )?cgroup/i,
      },
      {
        weight: 6,
        errno: ['EPERM'],
        says: /\b(?:open(?:ing)?|access(?:ing)?)\b.{0,60}\b(?:device|node|\/dev\/)/i,
        not: new RegExp(`${notOpen.source}|\\btun\\b`, 'i'),
      },
      // NVML says the same for EACCES and EPERM.
      { weight: 6, says: /NVML.{0,20}Insufficient Permissions|NVML_ERROR_NO_PERMISSION/i },
      { weight: 6, errno: ['EPERM'], verb: ['mknod'] },
      { weight: 7, errno: ['EPERM'], verb: ['mount'], object: /^\/dev\/(?:sd|vd|xvd|nvme|loop|dm-|mapper)/ },
      { weight: 7, errno: ['EPERM'], object: /^\/dev\/(?:mem|kmem|port|cpu\/.*)$/, not: notOpen },
      { weight: 7, errno: ['EPERM'], object: /^\/dev\/net\/tun$/, not: notOpen },
    ],
    source: 'measured: containerd 1.7.24 with runc 1.1.15 and crun 1.21',
  },
  {
    id: 'cgroup-missing-controllers',
    example: 'cgroup ["kubepods" "besteffort"] has some missing controllers: cpuset',
    cause:
      'systemd has taken a controller, mostly cpuset, from a slice in which no unit asks for it, and the kubelet takes the slice for absent',
    where:
      'cgroup v2 with the systemd driver. The kubelet does not start, or ends a pod soon after its start (exit code 137, "Container not ready or running"): Kata pods too, whose slices have no scope while sandbox_cgroup_only is false, as Kata comes.',
    questions: ['KUBE-SLICE'],
    remedies: [
      {
        do: 'for Kata pods: sandbox_cgroup_only = true',
        cost: 'memory and CPU time of VMM and shim count to the pod, whose RuntimeClass needs an overhead for them',
      },
      {
        do: 'a service with Delegate=yes beside kubepods.slice, as containerd.service is one, so that systemd keeps every controller',
        cost: 'a unit to keep on the nodes; it keeps the controllers of kubepods.slice, not those of the slice of a Kata pod',
      },
    ],
    otherwise: 'cgroup.controllers of the pod’s slice while the pod runs: with cpuset in it something else ended the pod',
    signs: [{ weight: 9, says: /has some missing controllers|cpuset disappears/i }],
    source:
      'measured: kubelet 1.37.2, also with Kata 4.1.0; pkg/kubelet/kubelet.go SyncPod, https://github.com/kubernetes/kubernetes/issues/131567',
  },
  {
    id: 'cgroup-daemon-reload',
    example: 'Failed to initialize NVML: Unknown Error',
    cause:
      'the container’s device rules got lost or were never complete: systemd set them anew (daemon-reload, an update of the running container) and does not know the device',
    where:
      'the systemd cgroup driver; runc before 1.2.5 where a node has no link in /dev/char, runc 1.1.3 and 1.1.4 on hosts without udev, crun before 1.19 at each update.',
    ranges: ['runc <1.2.5', 'crun <1.19'],
    questions: ['DEV-CGROUP'],
    remedies: [
      'restart the container; then runc 1.2.5 or crun 1.19, or newer',
      'links in /dev/char for the device: nvidia-ctk system create-dev-char-symlinks --create-all, kept by udev',
      'give the device by CDI, or by a device plugin that lists every node',
    ],
    otherwise:
      'systemctl show -p DeviceAllow <scope of the container> on the host: if the device is listed, it is the driver itself (dmesg)',
    signs: [
      { weight: 9, says: /failed to initiali[sz]e NVML: Unknown Error|NVML.{0,30}Unknown Error/i },
      { weight: 9, errno: ['EPERM'], object: defaults, not: new RegExp(others, 'i') },
      {
        weight: 6,
        errno: ['EPERM'],
        object: /^\/dev\/(?:nvidia|dri|kfd|davinci|accel|mali|dxg|infiniband)/,
        not: new RegExp(others, 'i'),
      },
      {
        weight: 8,
        says: /daemon-reload|lost access to (?:the |its )?(?:gpu|device)|after (?:systemctl|a while|some time).{0,40}(?:gpu|device|NVML)/i,
      },
      {
        weight: 9,
        errno: ['EPERM'],
        near: /daemon-reload|(?:worked|works) (?:fine )?(?:before|at first|until)/i,
        object: /^\/dev\//,
      },
    ],
    source:
      'read: https://github.com/NVIDIA/nvidia-container-toolkit/issues/48, https://github.com/opencontainers/runc/issues/3551, runc CHANGELOG 1.2.5',
  },
  {
    id: 'cgroup-default-rule-tun',
    example: '2024/12/25 06:24:47 open /dev/net/tun: operation not permitted',
    cause: 'the pod makes /dev/net/tun itself or mounts it, and the runtime no longer allows 10:200 to every container',
    where: 'runc 1.2.0 to 1.2.3 and crun 1.5 to 1.19: before and after them 10:200 is among the default rules.',
    ranges: ['runc >=1.2.0 <1.2.4', 'crun >=1.5 <1.20'],
    questions: ['DEV-CGROUP', 'PRIV-WITHHELD-DENIED'],
    remedies: [
      'runc 1.2.4 or crun 1.20, or newer',
      'ask for /dev/net/tun as a device: a device plugin, CDI, or CRI-O’s annotation io.kubernetes.cri-o.Devices',
      { do: 'privileged: true', cost: 'all devices of the host, all capabilities', weakens: true },
    ],
    otherwise: 'runc --version and crun --version on the node: outside of these ranges NET_ADMIN is missing (capsh --print)',
    signs: [
      { weight: 9, errno: ['EPERM'], object: /\/net\/tun$/, not: /ioctl|TUNSETIFF|mknod|avc:|permission denied/i },
      {
        weight: 9,
        errno: ['EPERM'],
        says: /\btstun\b|CreateTUN|\bopen\w*\b.{0,30}\btun\b(?! ?tap)|\btun\b.{0,20}\b(?:device|file)\b/i,
        not: /ioctl|TUNSETIFF|TUNSETPERSIST|RTNETLINK|creat\w+ (?:TUN|tunnel|interface)|set(?:ting)? (?:up )?interface|mknod|avc:/i,
      },
    ],
    source: 'read: https://github.com/containerd/containerd/issues/11078, runc CHANGELOG 1.2.4, crun NEWS 1.20',
  },
  {
    id: 'cgroup-nested-devices-allow',
    example: 'Container creation error: writing file `devices.allow`: Operation not permitted',
    cause: 'cgroup v1 lets nobody widen device rules beyond those of the parent cgroup, or outside of the initial user namespace',
    where:
      'a runtime inside a container (docker-in-docker, LXC), privileged_without_host_devices; crun 1.18 to 1.18.2 everywhere on cgroup v1.',
    questions: ['PRIV-ALL-DEVICES-ALLOWED', 'PRIV-WITHHELD-DENIED'],
    remedies: [
      'cgroup v2 on the host; crun: 1.18.3 or newer',
      {
        do: 'for docker in a pod: privileged_without_host_devices_all_devices_allowed = true',
        since: 'containerd 1.7',
        cost: 'the pod can make and open a node of every disk of the host',
        weakens: true,
      },
    ],
    otherwise: 'cat /sys/fs/cgroup/devices/devices.list in the outer container: "a *:* rwm" there speaks for an LSM',
    signs: [
      { weight: 9, says: /devices\.(?:allow|deny|list)/i },
      { weight: 8, says: /failed to write .{0,4}[abc] [\d*]+:[\d*]+ [rwm]+/i },
    ],
    source: 'read: Linux Documentation/admin-guide/cgroup-v1/devices.rst; https://github.com/containers/crun/issues/1589',
  },
  {
    id: 'cgroup-bpf-load',
    example: "setting cgroup config for procHooks process caused: can't load program: operation not permitted: unknown",
    cause: 'cgroup v2 has its device rules as an eBPF program, and it cannot be loaded, queried or attached',
    where:
      'runc, crun, systemd, libnvidia-container: in a container or user namespace without CAP_BPF, under lockdown, or with a kernel without CONFIG_CGROUP_BPF.',
    questions: ['DEV-CGROUP'],
    remedies: [
      'run the runtime in the initial user namespace with CAP_BPF or CAP_SYS_ADMIN; a kernel with CONFIG_CGROUP_BPF; raise memlock for kernels before 5.11',
      'nvidia: libnvidia-container 1.8 or newer, or CDI instead of its hook',
      {
        do: 'for docker in docker: privileged: true of the outer container',
        cost: 'all devices of the host, all capabilities',
        weakens: true,
      },
    ],
    otherwise:
      'bpftool cgroup tree /sys/fs/cgroup on the host: if it lists programs of type cgroup_device, loading works there and the caller lacks CAP_BPF',
    signs: [
      {
        weight: 9,
        says: /can'?t load program|bpf_prog_(?:query|load|attach|detach)|BPF_(?:CGROUP_DEVICE|PROG_QUERY|PROG_LOAD|PROG_ATTACH)|device filters?|(?:load|attach|detach|query|find)\w*[^:]{0,40}(?:e?bpf|cgroup device|devices?) (?:program|prog|filter)|bpf create|create '?bpf|(?:e?bpf|cgroup_device|device) program.{0,80}(?:fail|not|error|denied)|bpf\(BPF|devices? (?:e?bpf)|eBPF device/i,
        not: /libbpf|map_create|tc filter|XDP/i,
      },
    ],
    source:
      'read: runc libcontainer/cgroups/ebpf_linux.go, crun src/libcrun/ebpf.c; https://github.com/opencontainers/runc/issues/2792',
  },
  {
    id: 'cgroup-controller-missing',
    example: 'nvidia-container-cli: container error: cgroup subsystem devices not found: unknown',
    cause:
      'a cgroup controller is not mounted or not delegated: mostly a program of cgroup v1 on a host of v2, or a nested or rootless engine',
    where:
      'libnvidia-container before 1.8, runc before 1.0.0-rc93, docker and the kubelet where boot parameters turned a controller off.',
    remedies: [
      'a version that knows cgroup v2; mount or delegate the controller (cgroup_enable=memory, Delegate=yes)',
      {
        do: 'no-cgroups = true in the NVIDIA runtime’s configuration, for rootless engines only',
        cost: 'devices are then given by mounts alone',
        weakens: true,
      },
    ],
    otherwise:
      'stat -fc %T /sys/fs/cgroup and cat /sys/fs/cgroup/cgroup.controllers on the host: if the controller is listed, it is not delegated to the slice',
    signs: [
      {
        weight: 9,
        says: /cgroup subsystem \w+ not found|cgroup mountpoint does not exist|devices? cgroup (?:isn'?t|is not) mounted|mountpoint for (?:\w+ )?(?:cgroup )?not found|(?:cgroup )?controllers? (?:\W?\w+\W? )?(?:(?:is|are) )?(?:not (?:found|available|enabled|delegated|mounted|supported)|missing)|no (?:such )?cgroup (?:mount|controller|subsystem)|missing (?:required )?cgroup|required cgroup|cgroups?:? (?:\w+ )?not (?:mounted|supported)|cgroup\.subtree_control|cgroup\.procs.{0,80}(?:not supported|invalid|no such)/i,
      },
      { weight: 7, errno: ['ENOENT', 'EOPNOTSUPP'], object: /^\/sys\/fs\/cgroup\// },
      { weight: 6, errno: ['EACCES', 'EPERM'], object: /^\/sys\/fs\/cgroup/, not: /devices\.(?:allow|deny)/ },
    ],
    source: 'read: libnvidia-container src/cgroup.c; runc libcontainer/cgroups/utils.go',
  },
  {
    id: 'cgroup-driver-mismatch',
    example:
      'expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/kubepods/burstable/pod1/2" instead',
    cause: 'kubelet and engine, or engine and runtime, disagree on the cgroup driver: one says cgroupfs, the other systemd',
    where: 'SystemdCgroup of containerd’s runc options, cgroup_manager of CRI-O, cgroupDriver of the kubelet.',
    questions: ['ID-CONFIG'],
    remedies: ['the same driver in both, systemd where the host runs systemd; restart engine and kubelet'],
    otherwise:
      'crictl info | grep -i cgroup, and cgroupDriver in /var/lib/kubelet/config.yaml: if they agree, the handler’s own options differ',
    signs: [
      {
        weight: 9,
        says: /cgroupsPath.{0,60}slice:prefix:name|cgroup driver.{0,120}(?:different|mismatch|misconfig|not match)|(?:different|mismatch\w*).{0,60}cgroup driver|cgroup[- ]?manager.{0,60}(?:mismatch|conmon)|conmon cgroup should be|cgroupfs.{0,60}systemd.{0,40}(?:differ|mismatch)|invalid (?:systemd|cgroupfs) (?:cgroup )?path|(?:cgroup )?parent .{0,80}(?:slice|systemd).{0,40}(?:invalid|valid)|valid slice as parent/i,
      },
    ],
    source: 'read: runc libcontainer/specconv/spec_linux.go',
  },
];
