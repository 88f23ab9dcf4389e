import { kataWords } from './access.ts';
import type { SymptomRow } from './symptom.ts';

/** User namespaces: of pods, of rootless engines, and of build tools. */
export const usernsSymptoms: readonly SymptomRow[] = [
  {
    id: 'userns-owner',
    example: "chmod: changing permissions of '/dev/kvm': Operation not permitted",
    cause:
      'the owner is not mapped in the user namespace, or the process is not root outside of it: it may not change what is not its own',
    where: 'rootless engines, hostUsers: false, build tools that unpack layers; chown, chmod, mknod, setgroups and mounts.',
    questions: ['OWN-USERNS'],
    remedies: [
      'change owner or mode on the host, or give the range that covers the owner (/etc/subuid, userns of the engine: 65536 ids)',
      {
        do: 'unpack without owners (tar --no-same-owner, ignore_chown_errors of storage.conf)',
        cost: 'files belong to one user',
      },
      {
        do: 'run this step in the initial user namespace (as root, hostUsers: true)',
        cost: 'root in the container is root on the host',
        weakens: true,
      },
    ],
    otherwise:
      'cat /proc/self/uid_map in the container: "0 0 4294967295" means no user namespace, so a capability (CHOWN, FOWNER, MKNOD) is missing',
    signs: [
      { weight: 8, errno: ['EPERM', 'EINVAL'], verb: ['chown', 'chmod'], not: /avc:|seccomp|apparmor=|squash|nfs/i },
      {
        weight: 9,
        says: /insufficient (?:UIDs|GIDs|UIDs or GIDs)|setxattr.{0,40}security\.capability|cannot be mapped to (?:a )?container|not mapped (?:in|to)|(?:uid|gid|user|group)s? .{0,40}(?:is|are) not mapped|potentially insufficient|lchown .{0,200}(?:invalid argument|operation not permitted)|ID-mapped copy of layer|overflow(?:uid|gid)|nobody:nogroup|65534/i,
        not: /newuidmap/i,
      },
      { weight: 8, errno: ['EPERM', 'EINVAL', 'EACCES'], verb: ['setuid'], says: /setgroups|set_?groups|setgid|setresgid/i },
      { weight: 6, errno: ['EPERM'], verb: ['mount'], layer: ['application'] },
      { weight: 7, errno: ['EPERM'], verb: ['mknod'], layer: ['application'] },
      { weight: 7, errno: ['EPERM'], verb: ['mknod'], layer: ['runtime'] },
      { weight: 6, errno: ['EACCES'], verb: ['mkdir', 'open', 'stat'], layer: ['runtime'], object: /\/(?:rootfs|merged)\// },
      {
        weight: 7,
        errno: ['EPERM', 'EACCES'],
        verb: ['mknod'],
        says: /unpack|layer|tar\b|buildah|rootless|podman|extract|rootfs|mknod\(|target\//,
      },
      {
        weight: 8,
        errno: ['EPERM', 'EACCES'],
        near: /rootless|user namespace|hostUsers: false|userns/i,
        verb: ['mount', 'chown', 'chmod', 'mknod', 'setuid'],
        not: /newuidmap|MOUNT_ATTR|fuse/i,
      },
      {
        weight: 6,
        errno: ['EPERM'],
        verb: ['mount'],
        layer: ['runtime'],
        not: /avc:|apparmor|setxattr|label|\bid-?map|MOUNT_ATTR/i,
      },
      {
        weight: 7,
        errno: ['EPERM'],
        verb: ['mount'],
        says: /(?:sysfs|proc|devpts|cgroup2?|mqueue|binfmt)\b.{0,120}|mount(?:ing)? .{0,20}"?(?:proc|sysfs|sys|devpts|cgroup2?|mqueue)\b/i,
        layer: ['runtime'],
        not: /setxattr|apparmor/i,
      },
    ],
    source: 'read: user_namespaces(7), chown(2)',
  },
  {
    id: 'file-server-refuses',
    example: 'mount.nfs: access denied by server while mounting 10.0.0.1:/data',
    cause: 'the file server refuses: root of a client is nobody there (root_squash), or the client is not among its exports',
    where: 'volumes of NFS and SMB: chown and mkdir by an engine, an init container or an entrypoint that runs as root.',
    remedies: [
      'set owner and mode on the server, and run the pod with that user (runAsUser, supplementalGroups)',
      'tell the image not to change owners; docker: the volume option nocopy',
      { do: 'no_root_squash for this export', cost: 'root of every client is root on the files of that export', weakens: true },
    ],
    otherwise: 'findmnt -no FSTYPE -T <path> in the container: neither nfs nor cifs speaks for a user namespace or a capability',
    signs: [
      { weight: 9, says: /access denied by server|root_?squash|all_?squash/i },
      { weight: 8, errno: ['EPERM', 'EINVAL'], verb: ['chown', 'chmod'], says: /\bnfs\d?\b/i },
      { weight: 6, errno: ['EPERM'], verb: ['chown'], object: /^\/(?!dev|proc|sys)/ },
    ],
    source: 'read: exports(5); https://github.com/moby/moby/issues/28001',
  },
  {
    id: 'userns-idmap-unsupported',
    example:
      'failed to set MOUNT_ATTR_IDMAP on /var/lib/kubelet/pods/1/volumes/kubernetes.io~empty-dir/hugepage: invalid argument',
    cause: 'a mount of the pod cannot be id-mapped: its file system or the kernel lacks it',
    where: 'hostUsers: false: hugetlbfs, NFS, FUSE and others; tmpfs from Linux 6.3, overlayfs from 5.19; runc 1.2, crun 1.9.',
    questions: ['OWN-USERNS'],
    remedies: [
      {
        do: 'another kind of volume for this pod, or a newer kernel',
        since: 'Linux 6.3 for tmpfs and with it Secrets and ConfigMaps',
      },
      { do: 'hostUsers: true for this pod', cost: 'root in the container is root on the host', weakens: true },
    ],
    otherwise:
      'uname -r and findmnt -no FSTYPE -T <path> on the node: a kernel and file system that support it speak for an old runtime (runc features)',
    signs: [
      {
        weight: 9,
        says: /MOUNT_ATTR_IDMAP|mount_setattr|id-?mapped? (?:mounts?|mounting).{0,80}(?:not supported|unsupported|invalid|fail|doesn'?t|can'?t)|(?:not |doesn'?t |no )support.{0,40}\bid-?map|\bid-?map.{0,60}(?:not supported|unsupported|fail|not implemented)|slow_chown|mapped mount|failed to set (?:the )?user ?namespace mapp?ing|idmapped/i,
        not: /ID-mapped copy of layer|newuidmap/i,
      },
    ],
    source:
      'read: https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/; https://github.com/containers/crun/issues/1380',
  },
  {
    id: 'hostusers-runtime-unsupported',
    example: 'can\'t set `spec.hostUsers: false`, RuntimeClass handler "runsc" does not support user namespaces',
    cause: 'the pod has hostUsers: false, and this engine, runtime or handler has no user namespaces for pods',
    where:
      'gVisor and Kata handlers; containerd before 2.0, CRI-O before 1.25, runc before 1.2, crun before 1.9; 2.0.0 and 2.0.1 ignore BinaryName when they ask.',
    questions: ['OWN-USERNS', 'GUEST-USERNS'],
    remedies: [
      'containerd 2.0.2 or CRI-O 1.25 with runc 1.2 or crun 1.9, or newer; a sandboxed runtime without hostUsers: false, as it isolates by itself',
      { do: 'hostUsers: true for this pod', cost: 'root in the container is root on the host', weakens: true },
    ],
    otherwise: 'crictl info | grep -A3 features, user_namespaces of the handler: true there speaks for the volume or the kernel',
    signs: [
      {
        weight: 9,
        says: /hostUsers|setting namespace of type user|does(?:n't| not) support user ?namespaces?|user ?namespaces? (?:are |is )?(?:not |un)(?:supported|enabled|available)|userns.{0,40}(?:not supported|unsupported)|unsupported user namespace|validate OCI runtime features|(?:runtime|runc).{0,40}(?:doesn'?t|does not) support idmap|idmap mounts not yet supported|user namespace mode|can't use user namespace|only one mapping line|UserNamespacesSupport/i,
        not: /newuidmap|max_user_namespaces|rootless|unprivileged/i,
      },
    ],
    source: 'read: containerd docs/user-namespaces/README.md; https://github.com/containerd/containerd/issues/11169',
  },
  {
    id: 'userns-mapped',
    example:
      'error creating device nodes: mount /dev/podproof-block:/run/rootfs/dev/podproof-block (via /proc/self/fd/7), flags: 0x1000: no such file or directory',
    cause: 'in a user namespace runc binds the host’s node by the path that the pod gave it, and the host has no such path',
    where: 'runc, pods with hostUsers: false: containerd 2.0 on at StartContainer, CRI-O 1.25 on at CreateContainer.',
    ranges: ['containerd >=2.0.0', 'crio >=1.25.0'],
    questions: ['OWN-USERNS-MAPPED', 'OWN-USERNS'],
    remedies: ['give the device at its own path, or use crun 1.8 or newer'],
    otherwise: 'ls -l <path> on the host: if it is there, look at hostUsers and at the link that it may be',
    signs: [
      { weight: 9, errno: ['ENOENT'], says: /creating device nodes?:? ?(?:caused: )?(?:mount|bind|open)\b/i },
      { weight: 8, errno: ['ENOENT'], layer: ['runtime'], says: /mount\w*.{0,20}\/dev\/\S+:\/\S*(?:rootfs|merged)\/dev\//i },
    ],
    source: 'measured: CRI-O 1.36.3 with runc 1.1.15; https://github.com/opencontainers/runc/issues/5137',
  },
  {
    id: 'userns-unavailable',
    example: 'newuidmap: write to uid_map failed: Operation not permitted',
    cause: 'no user namespace can be made: a sysctl, AppArmor’s restriction, absent sub-ids, or the outer container forbids it',
    where: 'rootless podman and buildah, bwrap, Chrome, kaniko and buildkit in pods; Ubuntu 23.10 on restricts it by AppArmor.',
    remedies: [
      'a range for the user in /etc/subuid and /etc/subgid; newuidmap and newgidmap with their file capabilities',
      { do: 'an AppArmor profile with userns for this one program', cost: 'this program may make user namespaces' },
      {
        do: 'sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0',
        cost: 'every user of the host may reach kernel code that only root could',
        weakens: true,
      },
    ],
    otherwise:
      'unshare -U true as that user on the host: if it works, the container’s seccomp profile refuses (RuntimeDefault without SYS_ADMIN)',
    signs: [
      {
        weight: 9,
        says: /new[ug]idmap|max_user_namespaces|unprivileged_userns|userns_create|no sub[ug]id ranges|\/etc\/sub[ug]id|no usable sandbox|(?:create|creating|new|setup|make|start|unshar\w+|setting up|enter|spawn\w*|clone)[^.]{0,40}(?:user[_ ]?namespaces?|userns|CLONE_NEWUSER)[^.]{0,120}(?:not permitted|denied|fail|no space|invalid|unable|error)?|cannot clone|clone:? ?\(?operation not permitted|move to new namespace|\/proc\/self\/exe: operation not permitted|bwrap|bubblewrap|unshare(?:\(\))?:? (?:failed|operation not permitted|invalid argument)|user namespaces? (?:are |is )?(?:not enabled|disabled|not available)|unprivileged user namespaces?|\buid_map|[ug]id map\b|SUID sandbox|zygote.{0,40}sandbox|cannot (?:re-?exec|setup namespace)|nsexec.{0,60}user|rootlesskit/i,
        not: /hostUsers|validate OCI|mapping host ID|\bid-?map|does not support user namespaces/i,
      },
      { weight: 8, errno: ['EPERM', 'EINVAL', 'ENOSPC'], verb: ['unshare'], says: /user|\bclone\b|unshare/i },
    ],
    source:
      'read: user_namespaces(7), newuidmap(1); https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces',
  },
];

/** Kept beside the namespaces, as it is they who take an engine’s rights away. */
export const rootlessSymptoms: readonly SymptomRow[] = [
  {
    id: 'rootless-engine',
    example: 'failed to create rootless sharefs symlink jailer root dir: Permission denied',
    cause: 'the engine or runtime runs as a user other than root, and this needs root on the host',
    where: 'Kata, gVisor and runc under a rootless engine; a rootless VMM of Kata is another thing: its shim is root.',
    questions: ['RVMM-UID'],
    remedies: [
      { do: 'run this engine as root, and only the container or the VMM as a user', cost: 'the engine is root on the host' },
    ],
    otherwise: 'ps -o user= -p <pid of the shim> on the host: root there speaks for an LSM or a file mode',
    signs: [
      {
        weight: 9,
        says: /rootless sharefs|rootless (?:mode |containers? )?.{0,60}(?:not supported|unsupported|requires?|cannot|can'?t)|(?:not supported|unsupported|cannot|can'?t) .{0,60}(?:in |by |when |with )?rootless|runtime .{0,40}requires? root/i,
        not: /dragonball|keep-groups|newuidmap|device-cgroup/i,
      },
      {
        weight: 8,
        errno: ['EACCES', 'EPERM'],
        near: /rootless/i,
        object: /^\/(?:run|var\/run|sys\/fs\/cgroup|proc|var\/lib|etc)\//,
        not: new RegExp(`newuidmap|${'uid_map'}|sysctl`, 'i'),
      },
      { weight: 6, errno: ['EACCES', 'EPERM'], object: /^\/sys\/fs\/cgroup/, not: /devices\.(?:allow|deny)/ },
      { weight: 6, errno: ['EACCES'], layer: ['kata'], object: /^\/run\/(?:kata|vc|user)/, says: kataWords },
    ],
    source:
      'read: kata-containers docs/how-to/how-to-run-rootless-vmm.md; https://github.com/kata-containers/kata-containers/issues/9425',
  },
];
