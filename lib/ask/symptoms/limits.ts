import type { SymptomRow } from './symptom.ts';

/** Memory that is pinned or huge, and other limits of a process. */
export const limitSymptoms: readonly SymptomRow[] = [
  {
    id: 'memlock',
    example: "ibv_create_cq() failed: Cannot allocate memory. Please set max locked memory (ulimit -l) to 'unlimited'",
    cause: 'the memlock limit is too small for the memory that is to be pinned',
    where:
      'RDMA, VFIO DMA maps, mlock, io_uring and BPF maps of old kernels: the engine’s own limit (LimitMEMLOCK of its unit) is what pods inherit; Kubernetes has no field for it.',
    remedies: [
      {
        do: 'LimitMEMLOCK=infinity in a drop-in of the engine’s unit (CRI-O: default_ulimits), and restart it',
        cost: 'every pod of the node may pin memory up to its own memory limit',
      },
      {
        do: 'capabilities: {add: [IPC_LOCK]}, which lifts the limit for a process that runs as root',
        cost: 'that pod may pin memory up to its memory limit',
        weakens: true,
      },
    ],
    otherwise:
      'grep "locked memory" /proc/self/limits in the container: unlimited speaks for the memory limit of the cgroup (memory.events) or for huge pages',
    signs: [
      {
        weight: 9,
        says: /max locked memory|ulimit -l|RLIMIT_MEMLOCK|memlock|locked[- ]memory|lockable memory|\block(?:ing)? (?:\w+ )?memory|CAP_IPC_LOCK|IPC_LOCK|mlock(?:all)?\b|MAP_LOCKED|(?:fail\w*|cannot|unable|could ?n[o']t) (?:to )?pin\w* (?:user |guest )?(?:memory|pages)|memory pinning|(?:allocate|register) (?:an? )?MR\b|memory locking requested|memory is not locked/i,
        not: /avc:|unlock/i,
      },
      {
        weight: 9,
        errno: ['ENOMEM'],
        says: /VFIO_(?:IOMMU_)?MAP_DMA|vfio_(?:dma_map|container_dma_map|listener)|VFIO_MAP_DMA|DMA (?:re)?mapp?ing|\bDMA map|ibv_|\bibverbs|register (?:user )?(?:memory|MR)|memory registration|reg_mr|create_(?:cq|qp|srq)|\bUCX\b|\bNCCL\b|\brdma|io_uring|mlx[45]|libfabric|fi_mr|perf_event_mlock/i,
      },
      { weight: 9, errno: ['EPERM', 'EAGAIN', 'ENOMEM'], verb: ['mlock'] },
      { weight: 8, errno: ['EPERM', 'ENOMEM'], says: /BPF_MAP_CREATE|bpf_?map|map[_ ]create|libbpf/i },
      { weight: 7, errno: ['ENOMEM'], says: /\bvfio\b/i, not: /hugepage|guest memory|memory-backend/i },
      {
        weight: 7,
        says: /(?:ibv_|ibverbs|rdma|NCCL|UCX|libfabric|mlx\d).{0,120}(?:cannot allocate memory|out of memory|not enough (?:memory|resources))/i,
      },
    ],
    source: 'read: getrlimit(2); Linux drivers/vfio/vfio_iommu_type1.c; https://github.com/kubernetes/kubernetes/issues/3595',
  },
  {
    id: 'sysctl-limit',
    example: 'failed to create fsnotify watcher: too many open files',
    cause: 'another limit of the host or the process is reached: inotify instances and watches, open files, processes, maps',
    where: 'sysctls fs.inotify.*, fs.file-max, vm.max_map_count, kernel.pid_max; pids.max of the pod; LimitNOFILE of the engine.',
    remedies: [
      {
        do: 'raise the one limit on the node: fs.inotify.max_user_instances, fs.inotify.max_user_watches, vm.max_map_count, podPidsLimit, LimitNOFILE',
        cost: 'kernel memory that one user or pod may take',
      },
    ],
    otherwise:
      'sysctl fs.inotify vm.max_map_count on the node, cat /proc/self/limits and /sys/fs/cgroup/pids.max in the container: the one that is reached is the cause',
    signs: [
      {
        weight: 9,
        says: /max_map_count|max_user_(?:instances|watches)|inotify.{0,80}(?:limit|too many|no space)|fs\.inotify|fsnotify watcher.{0,60}(?:too many|no space)|pid(?:s)?[_ .](?:limit|max)|nofile|ulimit -n|ulimit -u/i,
        not: /device-plugins/i,
      },
      { weight: 8, errno: ['EMFILE'] },
      { weight: 6, says: /(?:unable|failed) to create (?:new )?native thread/i },
      { weight: 8, errno: ['ENOSPC'], says: /inotify|watch|cgroup|mkdir .{0,20}\/sys\/fs\/cgroup/i },
      { weight: 7, errno: ['ENOSPC'], says: /shared memory|\/dev\/shm|\bshm/i },
      { weight: 8, errno: ['EAGAIN'], says: /fork|pthread|thread|clone|process|exec|runtime: may need to increase/i },
      { weight: 8, says: /(?:error )?setting rlimit|setrlimit|increase .{0,30}(?:open files|ulimit)/i, not: /memlock/i },
    ],
    source: 'read: inotify(7), getrlimit(2), Linux Documentation/admin-guide/sysctl/vm.rst',
  },
  {
    id: 'hugepages-none',
    example: 'EAL: No free 2048 kB hugepages reported on node 0',
    cause: 'no huge page is free: the node has reserved none of that size, others use them, or the pod’s limit is reached',
    where: 'EAL, SPDK, QEMU, databases, in any container; the hugetlb controller of the pod counts.',
    questions: ['OWN-QAT-DPDK'],
    remedies: [
      {
        do: 'reserve them on the node (hugepagesz=1G hugepages=N at boot, or vm.nr_hugepages), restart the kubelet, and ask for them: resources.limits: {hugepages-2Mi: …}, with memory or cpu',
        cost: 'the memory is gone for everything else',
      },
      'limit what the program takes (EAL: -m, --socket-mem; postgres: huge_pages = try)',
    ],
    otherwise:
      'grep Huge /proc/meminfo on the node and cat /sys/fs/cgroup/hugetlb.*.max in the container: free ones and a limit above zero speak for the mount',
    signs: [
      {
        weight: 9,
        says: /no (?:free|available) (?:[\d.]+ ?[kKMG]i?B? )?(?:huge ?pages?|hugetlb)|no available (?:huge ?pages|hugetlb)|not enough (?:free )?(?:huge ?pages?|memory available on (?:node|socket))|cannot get hugepage|(?:fail\w*|unable|couldn'?t|could not|cannot) (?:to )?(?:allocate|reserve|get|map|alloc|remap|fulfill)[^.]{0,40}(?:huge ?page|hugetlb)|hugetlb.{0,60}(?:limit|exceed|fail|max)|(?:no|insufficient|out of|lack of) huge ?pages?\b|huge ?pages?.{0,60}(?:not (?:available|enough|sufficient|reserved|configured)|insufficient|exhausted|unavailable)|0 hugepages|free host memory pages|HugePages_Free: +0/i,
        not: /mount|require cpu|permission denied/i,
      },
      {
        weight: 9,
        errno: ['ENOMEM', 'EFAULT', 'ENOSPC'],
        says: /large pages|huge ?page|hugetlb|MAP_HUGETLB|SHM_HUGETLB|\/dev\/hugepages|huge_pages|anonymous shared memory/i,
      },
      { weight: 8, says: /bus error|SIGBUS/i, near: /huge|postgres|initdb|dpdk|EAL:/i },
      {
        weight: 6,
        says: /EAL: (?:Cannot (?:init memory|get hugepage)|FATAL: Cannot (?:init memory|get hugepage)|Not enough memory)|rte_eal_init.{0,60}memory/i,
      },
    ],
    source: 'read: DPDK lib/eal/linux/eal_hugepage_info.c; Linux Documentation/admin-guide/mm/hugetlbpage.rst',
  },
  {
    id: 'hugepages-mount',
    example: 'EAL: 256 hugepages of size 2097152 reserved, but no mounted hugetlbfs found for that size',
    cause: 'the pod has no hugetlbfs of that size, or its user may not write to it',
    where: 'volumes: emptyDir with medium: HugePages or HugePages-2Mi; a non-root user needs fsGroup.',
    questions: ['OWN-QAT-DPDK'],
    remedies: [
      'a volume emptyDir: {medium: HugePages-<size>} at /dev/hugepages, and fsGroup of the pod for a non-root user',
      { do: '--in-memory, or --huge-dir with the path of the volume', since: 'DPDK 18.08' },
    ],
    otherwise:
      'findmnt -t hugetlbfs and ls -ldn on it in the container: a mount that the user may write to speaks for too few pages',
    signs: [
      {
        weight: 9,
        says: /no mounted hugetlbfs|hugetlbfs.{0,60}(?:not (?:mounted|found)|no such|permission|denied)|(?:mount|find).{0,40}hugetlbfs|(?:couldn'?t|cannot|failed to|unable to) (?:get|find|open|create|map|lock) ?.{0,40}(?:huge_?dir|hugepage(?:s)? (?:dir|file|info|path)|hugetlbfs|rtemap)/i,
        not: /no free/i,
      },
      { weight: 9, errno: ['EACCES', 'EPERM', 'ENOENT', 'EROFS'], object: /huge ?page|hugetlbfs|rtemap|libhugetlbfs|\/huge/i },
      { weight: 8, errno: ['EACCES', 'EPERM', 'ENOENT'], says: /hugepages?|hugetlbfs|rtemap/i, not: /MOUNT_ATTR|avc:/i },
    ],
    source:
      'read: https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/; DPDK lib/eal/linux/eal_hugepage_info.c',
  },
  {
    id: 'hugepages-request',
    example: 'HugePages require cpu or memory',
    cause:
      'the pod asks for huge pages in a way that the API server refuses: without cpu or memory, request unlike limit, or two sizes in one volume',
    where: 'Kubernetes, at the creation of the pod.',
    remedies: [
      'limits and requests of hugepages-<size> alike, cpu or memory beside them, and one volume of medium HugePages-<size> for each size',
    ],
    otherwise: 'kubectl apply --dry-run=server: if it is accepted, the node lacks the pages (kubectl describe node)',
    signs: [
      {
        weight: 9,
        says: /huge ?pages.{0,40}require.{0,10} (?:cpu|memory)|hugepages-\w+.{0,160}(?:must (?:be|equal|match|specify)|invalid|required|not allowed|unsupported|should)|(?:must|invalid|unsupported|not allowed)[^:]{0,100}hugepages-|medium.{0,40}HugePages.{0,60}(?:invalid|not|must)|HugePages-?\w*.{0,60}(?:medium|mediums).{0,40}|must specify .{0,40}hugepages|pre-allocated hugepage|hugepages.{0,60}page sizes?/i,
        not: /insufficient hugepages/i,
      },
    ],
    source: 'read: kubernetes pkg/apis/core/validation/validation.go',
  },
];
