import type { SymptomRow } from './symptom.ts';

/** What refuses beside owner, mode and device cgroup: LSM, seccomp, capabilities. */
export const lsmSymptoms: readonly SymptomRow[] = [
  {
    id: 'selinux',
    example:
      'avc:  denied  { read write } for  pid=1 comm="cat" name="kvm" scontext=system_u:system_r:container_t:s0 tclass=chr_file',
    cause: 'SELinux refuses: the label of the process (container_t) may not do this to the label of the file or device',
    where: 'Fedora, RHEL, OpenShift and others in enforcing mode.',
    remedies: [
      'let the engine label it: :z, :Z or seLinuxOptions of the pod; restorecon for a wrong label on the host',
      {
        do: 'setsebool -P container_use_devices 1',
        cost: 'every container may use the devices that it was given; labels no longer hold them apart',
        weakens: true,
      },
      {
        do: 'a policy module of this access alone (udica, audit2allow)',
        cost: 'this access for every container with the label',
        weakens: true,
      },
    ],
    otherwise: 'ausearch -m avc -ts recent on the host: without a denial of this process it is file mode, capability or seccomp',
    signs: [
      { weight: 9, says: /avc: +denied|scontext=\S*:container(?:_init|_kvm)?_t|\btclass=(?:chr|blk)_file/i },
      {
        weight: 9,
        says: /selinux.{0,80}(?:den|prevent|block|refus|not permit|label|relabel|context|fail|enforc)|setfilecon|setxattr(?!.{0,40}security\.capability).{0,200}(?:context|label|selinux|operation not supported|permission denied|operation not permitted)|relabel\w*.{0,120}(?:fail|error|denied|not)|(?:fail|error)\w*.{0,80}relabel|SELinux is preventing|security\.selinux|set_?exec_?con|selinux_?label|set context for|set (?:the )?(?:file|process|mount) label|\bsetcon\b|invalid (?:selinux )?label/i,
      },
      {
        weight: 9,
        says: /(?:write|open)[^:]{0,30}\/proc\/(?:self|thread-self|\d+)\/(?:task\/\d+\/)?attr\/(?:exec|keycreate|fscreate|sockcreate|current)/i,
        not: /apparmor/i,
      },
      { weight: 8, errno: ['EACCES', 'EPERM'], near: /avc: +denied|container_t|\bsetenforce 0\b|SELinux is preventing/i },
      {
        weight: 6,
        says: /error while loading shared libraries: [^:]+: cannot (?:change memory protections|apply additional memory protection)/i,
      },
    ],
    source: 'read: container-selinux container.te',
  },
  {
    id: 'apparmor',
    example:
      'audit: type=1400 apparmor="DENIED" operation="mount" profile="cri-containerd.apparmor.d" name="/proc/" comm="mount"',
    cause: 'AppArmor refuses it by the container’s profile, or the profile itself cannot be loaded or applied',
    where: 'Ubuntu, Debian, SUSE; profiles cri-containerd.apparmor.d, crio-default, docker-default.',
    remedies: [
      {
        do: 'apparmor_parser and the named profile on every node; a Localhost profile that allows this one operation',
        cost: 'this operation, for pods with that profile',
      },
      { do: 'appArmorProfile: {type: Unconfined}', cost: 'the pod loses AppArmor altogether', weakens: true },
    ],
    otherwise: 'dmesg | grep apparmor=.DENIED on the host: without a line for this process it is a capability or seccomp',
    signs: [
      {
        weight: 9,
        says: /apparmor="?(?:denied|DENIED)|apparmor_parser|(?:apply|load|find|unload|write|enforce|set)\w*.{0,40}apparmor|apparmor.{0,60}(?:polic(?:y|ies) prevents|fail|not (?:found|loaded|enabled|supported|permitted)|denied|profile|error|unable|cannot|cannot enforce|is not)|aa-exec|aa_change/i,
        not: /userns_create|unprivileged_userns|restrict_unprivileged/i,
      },
      { weight: 9, says: /attr\/(?:apparmor\/)?exec.{0,80}(?:no such|apparmor)|\/sys\/kernel\/security\/apparmor/i },
      { weight: 8, errno: ['EACCES', 'EPERM'], near: /apparmor="?denied/i, not: /userns_create/i },
      { weight: 6, errno: ['EACCES'], verb: ['mount', 'ptrace'], layer: ['application'] },
    ],
    source: 'read: containerd contrib/apparmor, runc libcontainer/apparmor',
  },
  {
    id: 'seccomp',
    example: 'io_uring_setup: Operation not permitted',
    cause: 'the seccomp profile of the container refuses this system call, or the profile cannot be loaded',
    where:
      'RuntimeDefault of containerd and CRI-O: io_uring (containerd 1.7.9 and 2.0 on), userfaultfd, perf_event_open, clone and unshare of namespaces, keyctl, bpf, mount, without their capability.',
    remedies: [
      { do: 'a Localhost profile: RuntimeDefault plus this one call', cost: 'this call, for pods with that profile' },
      {
        do: 'the capability that the profile ties it to (perf: PERFMON, bpf: BPF), where it has one',
        cost: 'what else the capability allows',
        weakens: true,
      },
      { do: 'seccompProfile: {type: Unconfined}', cost: 'every system call of the kernel is open to the pod', weakens: true },
    ],
    otherwise:
      'grep Seccomp /proc/<pid>/status on the host and ausearch -m seccomp: with Seccomp 0 it is a capability or a sysctl (perf_event_paranoid, io_uring_disabled)',
    signs: [
      {
        weight: 9,
        says: /seccomp|\bSIGSYS\b|bad system call|type=1326|type=SECCOMP|signal: bad system|exit(?:ed with)?(?: code| status)? 159\b|SCMP_ACT|libseccomp/i,
        not: /seccomp[=:]\S*unconfined|seccomp=\/|Seccomp:? +0/i,
      },
      {
        weight: 9,
        errno: ['EPERM', 'EACCES', 'ENOSYS'],
        says: /io_uring|iouring|liburing|\bqueue_init/i,
        not: /kernel too old|does not accept value/i,
      },
      {
        weight: 9,
        errno: ['EPERM', 'ENOSYS'],
        says: /\bclone3\b|userfaultfd|io_pgetevents|futex_waitv|pidfd_open|\bkeyctl\b|add_key|session keyring|\bpidfd_getfd|getrandom|arc4random|open_by_handle_at|\bkcmp\b|process_vm_(?:readv|writev)|\bfaccessat2|statx|openat2|close_range|\bget_mempolicy|set_mempolicy|\bmbind\b|move_pages|personality|quotactl|\bbpf\(|process_madvise|\bfsopen\b|fsmount|mount_setattr|memfd_secret|landlock|rseq|name_to_handle/i,
        not: /idmap|MOUNT_ATTR|CAP_/i,
      },
      { weight: 7, errno: ['EPERM', 'EACCES'], says: /perf_event_open|perf_event|\bperf (?:stat|record)/i },
      {
        weight: 7,
        errno: ['EPERM'],
        verb: ['unshare'],
        says: /\bunshare\b|\bclone\b/i,
        not: /newuidmap|max_user_namespaces|user namespace|userns|bwrap|sandbox/i,
      },
      {
        weight: 6,
        errno: ['EPERM', 'ENOSYS'],
        says: /std::system_error|set_?mempolicy|numactl|mbind|thread_create|\bthreads?\b|syscall|system call/i,
      },
      { weight: 7, errno: ['EPERM'], verb: ['ptrace'] },
      {
        weight: 6,
        says: /thread failed to start|(?:unable|failed) to (?:create|start) (?:new )?(?:native )?thread/i,
        not: /temporarily unavailable/i,
      },
      { weight: 6, errno: ['ENOSYS'], not: /gvisor|runsc|ioctl/i },
      {
        weight: 7,
        says: /personality.{0,40}(?:fail|not permitted)|can(?:not|'t) disable (?:ASLR|address space)|error disabling address space randomization/i,
      },
    ],
    source: 'read: containerd contrib/seccomp/seccomp_default.go, containers/common pkg/seccomp/seccomp.json',
  },
  {
    id: 'no-new-privileges',
    example: "sudo: The 'no new privileges' flag is set, which prevents sudo from running as root.",
    cause: 'allowPrivilegeEscalation: false sets no_new_privs: setuid programs and file capabilities have no effect',
    where: 'every engine and runtime; the restricted Pod Security level demands it.',
    questions: ['PRIV-CAPS'],
    remedies: [
      {
        do: 'run the process with the user and the capabilities that it needs from its start; ping: net.ipv4.ping_group_range',
        cost: 'that user, those capabilities',
      },
      {
        do: 'allowPrivilegeEscalation: true',
        cost: 'every setuid program of the image can make its caller root in the container',
        weakens: true,
      },
    ],
    otherwise: 'grep NoNewPrivs /proc/self/status in the container: 0 speaks for a missing capability of the bounding set',
    signs: [
      { weight: 8, errno: ['EPERM'], verb: ['open', 'exec'], object: /^\/(?:usr\/)?(?:local\/)?s?bin\// },
      {
        weight: 9,
        says: /no[_ ]new[_ ]priv|effective uid is not 0|must be owned by uid 0 and have the setuid bit|must be setuid|setuid bit|setuid root|is not setuid/i,
      },
      {
        weight: 8,
        errno: ['EPERM'],
        verb: ['exec'],
        says: /(?:\bexec(?:ve)?\b|exec (?:user process|container process)|cannot execute)[^:]{0,80}:? .{0,60}operation not permitted|: (?:cannot execute: )?operation not permitted/i,
        not: /docker-default|devpts|ptmx|\/dev\/|join|setns|nsexec|mount|cgroup|keyring|apparmor|start container process: open|namespace|load program/i,
      },
      {
        weight: 7,
        errno: ['EPERM'],
        says: /\bfusermount3?\b|\bsudo\b|\bdumpcap\b|\bnewgrp\b|\bsu: /i,
        not: /newuidmap|newgidmap/i,
      },
    ],
    source: 'read: Linux Documentation/userspace-api/no_new_privs.rst, execve(2)',
  },
  {
    id: 'capability',
    example: 'RTNETLINK answers: Operation not permitted',
    cause: 'the operation needs a capability that the container does not have',
    where:
      'every engine and runtime: mount and namespaces SYS_ADMIN; interfaces, routes and iptables NET_ADMIN; raw sockets NET_RAW; mknod MKNOD; /dev/mem, MSR and SCSI commands SYS_RAWIO; priorities and NUMA SYS_NICE; ptrace SYS_PTRACE; modules SYS_MODULE; clock SYS_TIME.',
    questions: ['PRIV-CAPS', 'PRIV-CAPS-FULL'],
    remedies: [
      'let the node do it (CNI, a DaemonSet, a udev rule, modules-load.d) instead of the pod',
      {
        do: 'capabilities: {add: [<the one>]}, for a process that runs as root or has it as a file capability',
        cost: 'what else that capability allows: SYS_ADMIN, SYS_MODULE and SYS_RAWIO are as good as root on the host',
        weakens: true,
      },
      { do: 'privileged: true', cost: 'all devices of the host, all capabilities', weakens: true },
    ],
    otherwise:
      'grep CapEff /proc/self/status in the container, capsh --decode=: if the bit is set, it is seccomp, an LSM, or the user namespace',
    signs: [
      {
        weight: 9,
        says: /\bCAP_[A-Z_]{4,}\b|missing capabilit|(?:requires?|needs?|without|lack\w*|missing|have|insufficient) (?:the )?(?:\w+ )?capabilit|(?:SYS_ADMIN|NET_ADMIN|SYS_RAWIO|IPC_LOCK|SYS_NICE|SYS_PTRACE|NET_RAW|SYS_MODULE) capabilit/i,
        not: /CAP_IPC_LOCK|CAP_BPF.{0,40}program|exist|unknown capabilit|UID mapping/i,
      },
      {
        weight: 9,
        errno: ['EPERM', 'EACCES'],
        says: /RTNETLINK|TUNSETIFF|TUNSETPERSIST|SIOC[A-Z]{4,}|SO_(?:MARK|BINDTODEVICE|PRIORITY)|\biptables|ip6?tables|\bnft\b|nfnetlink|netlink|\bebtables|ethtool|\bipset\b|\btc\b|bridge|veth|wireguard|wg-quick|\bwg: |modify interface|bridge addr|brctl|\bhci\d*\b|bluetooth/i,
        not: /seccomp|avc:/i,
      },
      {
        weight: 9,
        errno: ['EPERM', 'EACCES'],
        says: /creat\w+ (?:a )?(?:TUN|TAP|tunnel) (?:device|interface)|pagemap|physical address|\/dev\/(?:mem|port|kmem|cpu\/)|\biopl\b|I\/O (?:privileges|permissions?)|\bioperm\b|\bmsr\b|rdmsr|wrmsr|\bSG_IO|SCSI|nvme.{0,20}(?:admin|passthr)|NVME_IOCTL|smartctl|hdparm|\biocsh/i,
      },
      {
        weight: 9,
        errno: ['EPERM', 'EACCES'],
        verb: ['ptrace', 'module', 'priority', 'signal', 'setns'],
        not: /seccomp|runc|kata|avc:|personality|init_module.{0,20}(?:key|exec format)|mempolicy|mbind|move_pages/i,
      },
      {
        weight: 9,
        says: /must be (?:super-?user|root)(?: to)?|are you root\??|you must be root|only root can|requires? root(?: privileges| access| permission)?|need(?:s)? (?:to be )?root|(?:must|should|has to) (?:be )?run as root|superuser|not running as root|run (?:this )?(?:as|with) (?:root|sudo)|not privileged|requires? (?:elevated|super)/i,
        not: /rootless|runsc|runAsNonRoot|kata|newuidmap|effective uid/i,
      },
      {
        weight: 8,
        errno: ['EPERM', 'EACCES'],
        verb: ['mount'],
        layer: ['application'],
        not: /\bid-?map|MOUNT_ATTR|avc:|apparmor=|hugepages/i,
      },
      {
        weight: 8,
        errno: ['EPERM', 'EACCES'],
        layer: ['application'],
        says: /\bfusermount3?\b.{0,40}mount|\bmount(?:ing)?\b.{0,60}(?:permission denied|operation not permitted)|umount|\bnsenter\b|pivot_root|swapon|losetup|dmsetup|device-mapper|LOOP_(?:SET|CTL|CONFIGURE)|\bBLK[A-Z]{3,}|sethostname|settimeofday|adjtimex|hwclock|date: cannot set|reboot\(|klogctl|filesystem propagation|syslog|dmesg|quotaon|chroot|fanotify|acct\(|\bfuse: mount|\bmount_fusefs/i,
        not: /MOUNT_ATTR|seccomp|avc:|setuid|apparmor=|Transport endpoint|idmap/i,
      },
      {
        weight: 8,
        errno: ['EPERM'],
        verb: ['mknod'],
        not: /rootless|userns|user namespace|tar:|unpack|layer|lchown|runc|crun|avc:/i,
      },
      {
        weight: 8,
        errno: ['EPERM', 'EACCES'],
        says: /raw socket|SOCK_RAW|AF_PACKET|icmp|\bping\b|packet socket|tcpdump|pcap|socket: operation not permitted|(?:^|[#$] )[\w.-]+: bind: permission denied|listen (?:tcp|udp)\d? \S*:(?:[1-9]\d{0,2}|10[01]\d|102[0-3]):|bind\w*.{0,60}(?::|port )(?:[1-9]\d{0,2}|10[01]\d|102[0-3])\b/i,
        not: /docker\.sock|containerd\.sock/i,
      },
      {
        weight: 8,
        errno: ['EPERM', 'EACCES'],
        says: /\bchrt\b|set .{0,30}\bpolicy\b|sched_set\w+|setpriority|set_mempolicy|mbind|move_pages|\bnice\b|SCHED_(?:FIFO|RR)|real-?time (?:prio|sched)|pthread_setsched|rtprio|numactl|numa_|set(?:ting)? (?:thread|process) (?:priority|affinity)/i,
      },
      { weight: 8, errno: ['EPERM'], says: /\bcaps\b|capset|setcap|set capabilities|bounding set/i, not: /IPC_LOCK/ },
      { weight: 9, says: /ERR_NVGPUCTRPERM|INSUFFICIENT_PRIVILEGES|performance counters/i },
      { weight: 8, says: /(?:set|change|reset)\w* .{0,80}insufficient permissions/i },
      { weight: 8, errno: ['EACCES'], says: /perf.?event|perf_event_paranoid/i },
      { weight: 7, errno: ['EPERM', 'EACCES'], says: /\be?bpf\b|libbpf|\bmap[_ ]create/i },
      {
        weight: 7,
        says: /unable to initialize table|can'?t initialize ip6?tables table|hwclock: cannot access|could not fetch rule set generation/i,
      },
      { weight: 8, errno: ['EPERM'], verb: ['ioctl'], not: /kvm|avc:|vfio|tpm/i },
      { weight: 6, errno: ['EPERM'], verb: ['open', 'write'], object: /^\/dev\// },
      { weight: 7, errno: ['EPERM'], object: /^\/proc\/sys\// },
      { weight: 6, errno: ['EPERM'], verb: ['write'], near: /\/proc\/sys\/|\/sys\// },
      { weight: 7, errno: ['EPERM'], verb: ['perf'] },
      { weight: 6, errno: ['EPERM'], verb: ['mmap'], not: /huge|avc:/i },
      {
        weight: 6,
        errno: ['EPERM'],
        verb: ['mount'],
        layer: ['runtime'],
        not: /avc:|apparmor|setxattr|label|\bid-?map|MOUNT_ATTR/i,
      },
      {
        weight: 6,
        errno: ['EPERM'],
        verb: ['limit', 'setuid', 'keyctl'],
        layer: ['application'],
        not: /rootless|userns|newuidmap/i,
      },
      { weight: 4, errno: ['EPERM'], object: /^\/(?:sys|proc)\//, not: /devices\.(?:allow|deny)|cgroup/ },
      { weight: 6, errno: ['EPERM'], verb: ['chown', 'chmod', 'unshare', 'exec', 'setuid'] },
      { weight: 7, errno: ['EPERM'], says: /io_uring|queue_init|mempolicy|mbind|move_pages/i },
    ],
    source: 'read: capabilities(7)',
  },
];
