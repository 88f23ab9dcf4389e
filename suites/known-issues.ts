import { engine, kubelet, runtime, shim, vmm, type KnownIssue } from '../lib/suite/mod.ts';

const kataSource = 'https://github.com/kata-containers/kata-containers/blob/4.1.0';
const kataRelease = `${kataSource}/docs/releases/4.1.0.md`;

const modeInSpecification = {
  setting: 'fileMode of each device node in the CDI specification',
  since: 'CDI 0.3.0',
  cost: 'the specification has to be kept in step with the host’s nodes',
};
const withholdFromGuest = {
  setting: 'privileged_without_host_devices = true of the runtime',
  since: 'containerd 1.3.0, CRI-O 1.16.0',
  cost: 'the guest no longer has the host’s devices, which is safer',
};
const withholdFromCrio = {
  setting: 'privileged_without_host_devices = true of the runtime, and devices asked for one by one',
  since: 'CRI-O 1.16.0',
  cost: 'privileged pods no longer have the host’s devices',
};
const groupOfKvm = {
  setting: 'a group of its own for /dev/kvm with mode 0660, as udev’s kvm',
  since: 'every version',
  cost: 'every member of the group can start virtual machines',
};
const noUserNamespace = {
  setting: 'hostUsers: true (the default) for pods of this RuntimeClass: their guest has users of its own',
  since: 'every version',
  cost: 'a process that breaks out of the guest into its VMM is no longer mapped by the pod',
};

/**
 * Answers that are not the documented ones, by question and version range. A `fail` of that answer is `known`; where the
 * documented one is seen instead, the verdict is `fixed`.
 */
export const knownIssues: KnownIssue[] = [
  {
    id: 'containerd-version-1-dead',
    title: 'containerd 2.0 to 2.2 ignore the CRI settings of a file without a version',
    url: 'https://github.com/containerd/containerd/commit/0d7fee0623430b8bf8ad6d48cd217b7b92ff1979',
    answers: { 'DOC-SNIPPET-PRIVILEGED': ['dead-with-a-warning'], 'DOC-SNIPPET-OWNERSHIP': ['dead-with-a-warning'] },
    where: [engine('containerd >=2.0.0 <2.3.0')],
    impact:
      'After an update to containerd 2 a setting that withheld the host’s devices from privileged Kata pods no longer does, and one that gave devices to non-root pods no longer does. They rename such a file to version 3 before their plugins could migrate it, with a warning for each key.',
    remedy: {
      setting: 'version = 2 or 3 at the head of the file, with the table names of that version',
      since: 'containerd 2.0.0',
      cost: 'the file has to be written anew: the table names of version 1 are dead in any other',
    },
  },
  {
    id: 'containerd-mode-0666',
    title: 'containerd before 1.5 opens a requested device to everybody: 0666',
    url: 'https://github.com/containerd/containerd/blob/v1.5.0/oci/utils_unix.go',
    answers: {
      'OWN-OFF': ['open-to-all'],
      'OWN-ON': ['ignored-and-open-to-all'],
      'OWN-USER-ONLY': ['ignored-and-open-to-all'],
      'OWN-ROOT': ['open-to-all'],
      'OWN-IMAGE-USER': ['open-to-all'],
      'OWN-MODE': ['open-to-all'],
    },
    where: [engine('containerd <1.5.0'), runtime('runc', 'crun')],
    impact:
      'Every process of the pod, of any user, opens the device for reading and writing, whatever the mode on the host. It sends no file mode, and runc and crun take 0666.',
    remedy: { setting: 'a newer containerd', since: 'containerd 1.5.0', cost: 'an update of the engine' },
  },
  {
    id: 'containerd-own-device-0666',
    title: 'containerd 1.4 opens a device that a privileged pod requests to everybody: 0666',
    url: 'https://github.com/containerd/containerd/blob/v1.5.0/oci/utils_unix.go',
    answers: { 'PRIV-CRI-DEVICE': ['open-to-all'] },
    on: ['withheld-and-own'],
    where: [engine('containerd >=1.4.0 <1.5.0'), runtime('runc', 'crun')],
    impact:
      'Every process of the pod, of any user, opens the device for reading and writing. It sends no file mode for it, and runc and crun take 0666.',
    remedy: { setting: 'a newer containerd', since: 'containerd 1.5.0', cost: 'an update of the engine' },
  },
  {
    id: 'crio-mode-0666',
    title: 'CRI-O opens every requested device to everybody: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    answers: {
      'OWN-OFF': ['open-to-all'],
      'OWN-ON': ['open-to-all'],
      'OWN-USER-ONLY': ['open-to-all'],
      'OWN-GROUP-ONLY': ['open-to-all'],
      'OWN-ROOT': ['open-to-all'],
      'OWN-IMAGE-USER': ['open-to-all'],
      'OWN-MODE': ['open-to-all'],
      'OWN-QAT-DPDK': ['open-to-all'],
      'OWN-DIRECTORY': ['kept-and-open-to-all'],
      'OWN-RUNSC': ['open-to-all'],
      'PRIV-CRI-DEVICE': ['open-to-all'],
      'KUBE-DEVICES': ['open-to-all'],
    },
    where: [engine('crio'), runtime('runc', 'crun', 'runsc')],
    impact:
      'Every process of the pod, of any user, opens the device for reading and writing, whatever the mode on the host; runAsUser and the ownership key decide nothing. CRI-O sends no file mode, and runc, crun and runsc take 0666.',
    remedy: 'none known',
  },
  {
    id: 'crio-host-devices-0666',
    title: 'CRI-O opens every device of the host, disks too, to everybody in a privileged pod: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    answers: { 'PRIV-HOST-DEV': ['open-to-all'], 'PRIV-DUPLICATE': ['open-to-all'], 'KUBE-PRIVILEGED': ['everything-open'] },
    where: [engine('crio'), runtime('runc', 'crun')],
    impact:
      'A process of any user in a privileged pod reads and writes the disks of the host. CRI-O sends no file mode for host devices either.',
    remedy: withholdFromCrio,
  },
  {
    id: 'containerd-host-devices-0666',
    title: 'containerd 1.3 opens every device of the host, disks too, to everybody in a privileged pod: 0666',
    url: 'https://github.com/containerd/containerd/blob/v1.3.10/vendor/github.com/containerd/cri/pkg/containerd/opts/spec.go#L346',
    answers: { 'PRIV-HOST-DEV': ['open-to-all'], 'PRIV-DUPLICATE': ['open-to-all'] },
    where: [engine('containerd <1.4'), runtime('runc', 'crun')],
    impact:
      'A process of any user in a privileged pod reads and writes the disks of the host. It sends no file mode for host devices.',
    remedy: { setting: 'a newer containerd', since: 'containerd 1.4.0', cost: 'an update of the engine' },
  },
  {
    id: 'cdi-mode-0666',
    title: 'containerd before 2.2.1 opens a CDI device to everybody: 0666',
    url: 'https://github.com/cncf-tags/container-device-interface/pull/275',
    answers: { 'OWN-CDI': ['open-to-all'], 'DEV-CDI': ['open-to-all'] },
    where: [engine('containerd >=1.7.0 <2.2.1'), runtime('runc', 'crun', 'runsc')],
    impact:
      'Every process of the pod, of any user, opens the CDI device for reading and writing, whatever the mode on the host. Its CDI library, before 1.1.0, does not copy the mode of the host’s node, and runc, crun and runsc take 0666.',
    remedy: modeInSpecification,
  },
  {
    id: 'kata-cdi-mode-000',
    title: 'Under Kata with containerd before 2.2.1 a CDI device has mode 000, so that its owner cannot open it',
    url: 'https://github.com/cncf-tags/container-device-interface/pull/275',
    answers: { 'OWN-CDI': ['closed'] },
    where: [engine('containerd >=1.7.0 <2.2.1'), runtime('kata')],
    impact:
      'A non-root pod cannot open the CDI device that belongs to it: EACCES. The CDI library of containerd, before 1.1.0, does not copy the mode of the host’s node, and the Kata agent takes 0 for it.',
    remedy: modeInSpecification,
  },
  {
    id: 'crio-privileged-ambient',
    title: 'A privileged non-root pod under CRI-O holds every capability',
    url: 'https://github.com/kubernetes-sigs/kernel-module-management/issues/1337',
    answers: { 'PRIV-CAPS-NONROOT': ['all-capabilities'] },
    where: [engine('crio'), runtime('runc', 'crun')],
    impact:
      'In a privileged pod runAsUser restricts nothing: its process bypasses the modes of files and devices, loads modules and mounts, as root does. Under containerd the same pod has no capability. CRI-O makes every capability of a privileged container ambient.',
    remedy: {
      setting: 'privileged: false, with the single capabilities and devices that the pod needs',
      since: 'every version',
      cost: 'the pod has to be told apart from root: host devices and /sys are no longer open to it',
    },
  },
  {
    id: 'containerd-inheritable',
    title: 'containerd before 1.5.11 and 1.6.2 fills the inheritable capabilities of every container (CVE-2022-24769)',
    url: 'https://github.com/containerd/containerd/security/advisories/GHSA-c9cp-9c75-9v8c',
    answers: {
      'PRIV-CAPS': ['inheritable'],
      'PRIV-CAPS-FULL': ['all-inheritable'],
      'PRIV-CAPS-NONROOT': ['none-inheritable'],
      'OWN-CAPS': ['inheritable'],
    },
    where: [engine('containerd <1.5.11', 'containerd >=1.6.0 <1.6.2')],
    impact: 'A program whose file has inheritable capabilities gets them back in the hands of a user who has none.',
    remedy: { setting: 'a newer containerd', since: 'containerd 1.5.11, 1.6.2', cost: 'an update of the engine' },
  },
  {
    id: 'containerd-primary-group',
    title: 'containerd before 1.5.18 and 1.6.18 leaves the primary group out of the supplementary ones (CVE-2023-25173)',
    url: 'https://github.com/containerd/containerd/security/advisories/GHSA-hmfx-3pcx-653p',
    answers: { 'OWN-ID': ['primary-group-missing'] },
    where: [engine('containerd <1.5.18', 'containerd >=1.6.0 <1.6.18')],
    impact: 'A program in the pod that changes its primary group opens what is closed to that group.',
    remedy: { setting: 'a newer containerd', since: 'containerd 1.5.18, 1.6.18', cost: 'an update of the engine' },
  },
  {
    id: 'crio-inheritable',
    title: 'CRI-O before 1.25, but for 1.24.0 to 1.24.2, fills the inheritable capabilities of every container (CVE-2022-27652)',
    url: 'https://github.com/cri-o/cri-o/security/advisories/GHSA-4hj2-r2pm-3hc6',
    answers: { 'PRIV-CAPS': ['inheritable'], 'OWN-CAPS': ['inheritable'] },
    where: [engine('crio <1.24.0', 'crio >=1.24.3 <1.25')],
    impact: 'A program whose file has inheritable capabilities gets them back in the hands of a user who has none.',
    remedy: {
      setting: 'add_inheritable_capabilities = false',
      since: 'CRI-O 1.24.3',
      cost: 'pods that pass capabilities to non-root users by files of their image lose them',
    },
  },
  {
    id: 'guest-device-permissions',
    title: 'A Kata guest and gVisor do not enforce the permissions of a device request',
    url: 'https://github.com/kata-containers/kata-containers/blob/3.30.0/src/runtime/virtcontainers/kata_agent.go',
    answers: { 'DEV-CGROUP-GUEST': ['writable'] },
    where: [runtime('kata', 'runsc')],
    impact:
      'A pod that was given a device for reading only can open it for writing, as far as owner and mode let it. Neither keeps a device cgroup.',
    remedy: {
      setting: 'a mode on the host’s node that does not let the pod’s user write',
      since: 'every version that sends the mode',
      cost: 'everybody else on the host has that mode too; root in the pod writes all the same',
    },
  },
  {
    id: 'crun-no-quota-hundredth',
    title: 'crun before 1.22 gives a Guaranteed pod with CPUs of its own a hundredth of one',
    url: 'https://github.com/containers/crun/pull/1794',
    answers: { 'KUBE-CPU': ['hundredth'] },
    where: [runtime('crun <1.22'), kubelet('>=1.33')],
    impact:
      'A pod that has whole CPUs for itself runs a hundred times slower, and its probes and execs end by their deadlines. From 1.33 on the kubelet asks for no quota, -1, and with the systemd driver crun reckons with it as with any other number: what comes out is below the least that systemd gives, 1 ms of 100.',
    remedy: { setting: 'a newer crun', since: 'crun 1.22', cost: 'an update of the runtime' },
  },
  {
    id: 'crun-chowns-null',
    title: 'crun before 1.24 gives the host’s /dev/null to the user who enters a container',
    url: 'https://github.com/containers/crun/issues/1845',
    answers: { 'HYG-HOST-NULL': ['given-away', 'given-away-and-opened'] },
    where: [runtime('crun >=1.3 <1.24')],
    impact:
      'A user of a pod owns /dev/null of the host, and may close it to everybody else. It gives that user all standard streams, and stdin is the host’s node.',
    remedy: { setting: 'a newer crun', since: 'crun 1.24', cost: 'an update of the runtime' },
  },
  {
    id: 'conmon-opens-null',
    title: 'conmon before 2.0.28 opens the host’s /dev/null to everybody: 0777',
    url: 'https://github.com/containers/conmon/commit/096e2c1',
    answers: { 'HYG-HOST-NULL': ['opened'] },
    where: [engine('crio <1.25')],
    impact:
      'The host’s /dev/null is executable for everybody: little by itself, and a sign that modes of the host are changed. It changes the mode of a container’s standard streams, and stdin is the host’s node; CRI-O before 1.25 comes with it.',
    remedy: { setting: 'a newer conmon', since: 'conmon 2.0.28', cost: 'an update of conmon' },
  },
  {
    id: 'crio-crun-null-of-pod',
    title: 'CRI-O before 1.25 with crun before 1.24 gives /dev/null of a privileged container to the pod’s user',
    url: 'https://github.com/containers/crun/issues/1845',
    answers: { 'PRIV-DUPLICATE': ['open-to-all-and-null-given'] },
    where: [engine('crio <1.25'), runtime('crun >=1.3 <1.24')],
    impact:
      'A process of any user in a privileged pod reads and writes the disks of the host. All other devices are 0666, as CRI-O sends no file mode.',
    remedy: withholdFromCrio,
  },
  {
    id: 'crio-crun-userns-mode-000',
    title: 'In a user namespace under CRI-O crun makes a device with mode 000, so that its owner cannot open it',
    url: 'https://github.com/containers/crun/blob/1.21/src/libcrun/linux.c#L4158',
    answers: { 'OWN-USERNS': ['closed'], 'OWN-USERNS-MAPPED': ['closed'] },
    where: [engine('crio'), runtime('crun >=1.8')],
    impact: 'A non-root pod in a user namespace cannot open a device that belongs to it: EACCES. CRI-O sends no file mode.',
    remedy: 'none known',
  },
  {
    id: 'crio-kata-mode-000',
    title: 'Under CRI-O with Kata a device has mode 000, so that its owner cannot open it',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    answers: {
      'OWN-OFF': ['closed'],
      'OWN-ON': ['closed'],
      'OWN-USER-ONLY': ['closed'],
      'OWN-GROUP-ONLY': ['closed'],
      'OWN-ROOT': ['closed'],
      'OWN-IMAGE-USER': ['closed'],
      'OWN-MODE': ['closed'],
      'OWN-DIRECTORY': ['kept-and-closed'],
      'OWN-KATA': ['closed'],
      'RVMM-BLOCK-OPEN': ['closed'],
    },
    where: [engine('crio'), runtime('kata >=3.8.0')],
    impact:
      'A non-root pod cannot open a device that belongs to it: EACCES. CRI-O sends no file mode, and the Kata agent takes 0 for it.',
    remedy: {
      setting: 'containerd as the engine, which sends the mode',
      since: 'containerd 1.5.0',
      cost: 'another engine on the node',
    },
  },
  {
    id: 'runsc-vfio-kills-sentry',
    title: 'A gVisor container with a VFIO group ends its sandbox',
    url: 'https://github.com/google/gvisor/blob/release-20260622.0/runsc/boot/loader.go',
    answers: {
      'PRIV-RUNSC-HOST-DEV': ['ends-sandbox'],
      'PRIV-RUNSC-ISOLATED': ['ends-sandbox'],
      'PRIV-CAPS-FULL': ['ends-sandbox'],
    },
    on: ['host-devices'],
    where: [engine('containerd'), runtime('runsc >=20260622')],
    impact:
      'No privileged gVisor pod with host devices starts on a host that has a function bound to vfio-pci. A privileged container may have one: gVisor then reads /sys from the host, for which the seccomp filter of a sandbox made without such a node has no openat.',
    remedy: {
      setting: 'privileged_without_host_devices = true of the runtime',
      since: 'containerd 1.3.0',
      cost: 'privileged pods no longer have the host’s devices',
    },
  },
  {
    id: 'kata-exec-new-privileges',
    title: 'A process that enters a Kata container may gain privileges, whatever its pod says',
    url: `${kataSource}/src/runtime/virtcontainers/kata_agent.go`,
    answers: { 'KUBE-RESTRICTED': ['new-privileges'] },
    where: [runtime('kata >=4.1'), shim('go')],
    impact:
      'A setuid program gives privileges to kubectl exec and to exec probes, which allowPrivilegeEscalation: false does not hold for. The shim tells the agent nothing of it for a process that enters a container (cmdToKataProcess). As Kata comes, no seccomp filter holds in the guest either.',
    remedy: {
      setting: 'an image without setuid programs, and disable_guest_seccomp = false of Kata',
      since: 'every version',
      cost: 'each image has to be looked through',
    },
  },
  {
    id: 'kata-outside-slice',
    title: 'A kubelet ends Kata pods as they start: nothing of them is in the slice of their pod',
    url: 'https://github.com/kubernetes/kubernetes/issues/131567',
    answers: { 'KUBE-SLICE': ['ended'] },
    where: [runtime('kata'), shim('go')],
    impact:
      'As shipped the Go shim takes slice:prefix:name, which a kubelet with the systemd driver gives it, for the path of a control group of its own. On cgroup v2 systemd takes cpuset from the slice that has no scope, the kubelet takes it for no slice at all, and ends what runs in it, again and again.',
    remedy: {
      setting: 'sandbox_cgroup_only = true of Kata, as runtime-rs is shipped',
      since: 'Kata 3.0.0',
      cost: 'memory and CPU time of VMM and shim count to the pod, whose RuntimeClass needs an overhead for them',
    },
  },
  {
    id: 'kata-privileged-full-exists',
    title: 'A privileged Kata pod with host devices fails: the agent makes /dev/full twice (EEXIST)',
    url: 'https://github.com/kata-containers/kata-containers/issues/10365',
    answers: { 'PRIV-KATA-BLOCK': ['full-exists'], 'PRIV-CAPS-FULL': ['full-exists'] },
    on: ['kata-host-devices'],
    where: [runtime('kata')],
    impact: 'No privileged Kata pod starts while the engine passes it the host’s devices.',
    remedy: withholdFromGuest,
  },
  {
    id: 'kata-privileged-read-only-disk',
    title: 'A privileged Kata pod with host devices fails at a read-only disk of the host',
    url: 'https://github.com/kata-containers/kata-containers/issues/2467',
    answers: { 'PRIV-KATA-BLOCK': ['read-only-disk'], 'PRIV-CAPS-FULL': ['read-only-disk'] },
    on: ['kata-host-devices'],
    where: [runtime('kata <3.32.0')],
    impact:
      'No privileged Kata pod starts on a host with a read-only disk while the engine passes it the host’s devices. Before 3.32.0 the disk is plugged writable, which QEMU cannot open.',
    remedy: withholdFromGuest,
  },
  {
    id: 'kata-rust-host-path',
    title: 'A privileged pod with host devices fails under runtime-rs',
    url: `${kataSource}/src/runtime-rs/crates/hypervisor/src/device/util.rs`,
    answers: {
      'PRIV-KATA-BLOCK': ['no-host-path'],
      'PRIV-CAPS-FULL': ['no-host-path'],
      'PRIV-KATA-VFIO': ['no-host-path'],
      'PRIV-KATA-VFIO-MODE': ['no-host-path'],
      'FC-HOST-DEVICES': ['no-host-path'],
    },
    on: ['kata-host-devices', 'kata-host-devices-vfio', 'kata-host-devices-vfio-port', 'host-devices'],
    where: [runtime('kata >=3.20.0'), shim('rust')],
    impact:
      'No privileged Kata pod of runtime-rs starts while the engine passes it the host’s devices. It looks every node up in /sys/dev and fails at the first that the kernel does not list there, such as a node that somebody made.',
    remedy: withholdFromGuest,
  },
  {
    id: 'kata-go-annotation-ignored',
    title: 'Kata’s Go shim ignores the rootless annotation: the VMM runs as root',
    url: `${kataSource}/src/runtime/pkg/containerd-shim-v2/create.go#L174`,
    answers: { 'RVMM-ANNOTATION': ['ignored'] },
    where: [runtime('kata >=2.3.0'), shim('go')],
    impact:
      'A pod that asks for a rootless VMM gets one of root, without a word: who breaks out of the guest is root. It decides who runs the VMM by its configuration file alone, before it parses annotations.',
    remedy: {
      setting: 'rootless = true in the configuration file of the handler',
      since: 'Kata 2.3.0',
      cost: 'it holds for every pod of the handler; disks and VFIO groups then need modes that the account can open',
    },
  },
  {
    id: 'kata-rust-annotation-not-denied',
    title: 'runtime-rs runs a pod whose rootless annotation is not enabled with a root VMM',
    url: `${kataSource}/src/libs/kata-types/src/annotations/mod.rs`,
    answers: { 'RVMM-ANNOTATION-DENIED': ['ignored'] },
    where: [runtime('kata'), shim('rust')],
    impact:
      'A pod that asks for a rootless VMM where that is not enabled runs with one of root instead of being refused. It only logs the annotation.',
    remedy: {
      setting: 'rootless in enable_annotations, or rootless = true in the configuration file of the handler',
      since: 'Kata 3.22.0',
      cost: 'disks and VFIO groups need modes that the account can open',
    },
  },
  {
    id: 'kata-rust-run-user-open',
    title: 'runtime-rs makes /run/user/<uid> readable for every user: 0755',
    url: 'https://github.com/kata-containers/kata-containers/blob/3.30.0/src/runtime-rs/crates/hypervisor/src/utils.rs',
    answers: { 'RVMM-FILES': ['open'] },
    where: [runtime('kata >=3.22.0'), shim('rust')],
    impact:
      'Every user of the host sees the sockets and files of the VMM by name, and opens those whose own mode lets him. It makes it with the mode of its umask.',
    remedy: {
      setting: 'UMask=0027 for the engine’s service',
      since: 'every version',
      cost: 'all files of the engine are narrower',
    },
  },
  {
    id: 'kata-rust-vfio-multifunction',
    title: 'runtime-rs cannot plug a VFIO device into QEMU 10',
    url: `${kataSource}/src/runtime-rs/crates/hypervisor/src/qemu/qmp.rs`,
    answers: {
      'RVMM-VFIO-EACCES': ['no-multifunction'],
      'DEV-VFIO-GUEST-KERNEL': ['no-multifunction'],
      'DEV-VFIO': ['no-multifunction'],
      'OWN-VFIO-KATA': ['no-multifunction'],
    },
    where: [runtime('kata >=3.29.0'), shim('rust')],
    impact:
      'No pod of runtime-rs with a VFIO device starts under QEMU 10. It sends the property multifunction of device_add as text, which QEMU 10 refuses.',
    remedy: { setting: 'the Go shim', since: 'Kata 3.0.0', cost: 'another shim for the handler' },
  },
  {
    id: 'kata-go-waits-for-dead-qemu',
    title: 'Kata’s Go shim hangs when QEMU cannot open /dev/kvm',
    url: `${kataSource}/src/runtime/virtcontainers/qemu.go`,
    answers: { 'RVMM-KVM-MODE': ['hangs'] },
    where: [runtime('kata >=3.20.0'), shim('go')],
    impact:
      'A pod hangs in ContainerCreating without a reason, where its VMM may not open /dev/kvm. QEMU ends at once with "Could not access KVM kernel module: Permission denied", which only the log shows; the shim goes on waiting, and RunPodSandbox runs into its deadline.',
    remedy: groupOfKvm,
  },
  {
    id: 'kata-userns-invalid-argument',
    title: 'Kata refuses a pod in a user namespace with “invalid argument” alone',
    url: `${kataSource}/src/runtime/pkg/containerd-shim-v2/create.go`,
    answers: { 'GUEST-USERNS': ['unexplained'] },
    where: [engine('containerd >=2.3.4'), runtime('kata >=4.1.0'), shim('go')],
    impact:
      'A pod with hostUsers: false never starts under Kata: RunPodSandbox fails in the shim, before a guest is booted, and neither its message nor the logs say that it is the user namespace.',
    remedy: noUserNamespace,
  },
  {
    id: 'runsc-userns-not-entered',
    title: 'gVisor refuses a pod in a user namespace: it cannot enter the one that containerd made (EINVAL)',
    url: 'https://github.com/google/gvisor/blob/160fafc42237/runsc/specutils/namespace.go#L110',
    answers: { 'GUEST-USERNS': ['not-entered'] },
    where: [engine('containerd >=2.3.4'), runtime('runsc >=20260905')],
    impact:
      'A pod with hostUsers: false never starts under gVisor. Its shim tells containerd that it can map the ids of mounts, so that containerd makes a user namespace and names it by its path. setns(2) lets no process with several threads enter one, and runsc, a Go program, has several.',
    remedy: {
      setting: 'hostUsers: true (the default) for pods of this RuntimeClass: gVisor’s own kernel has users of its own',
      since: 'every version',
      cost: 'a process that breaks out of the sentry is no longer mapped by the pod',
    },
  },
  {
    id: 'kata-crio-userns-eperm',
    title: 'Under CRI-O Kata’s agent refuses a pod in a user namespace with EPERM alone',
    url: `${kataSource}/src/agent/rustjail/src/container.rs`,
    answers: { 'GUEST-USERNS': ['eperm-alone'] },
    where: [runtime('kata >=4.1.0'), shim('go'), vmm('qemu')],
    impact:
      'A pod with hostUsers: false never starts under Kata. CRI-O asks no runtime whether it can map ids, so that a guest is booted first; its agent then cannot make the pause container, and neither its message nor the logs say at which step.',
    remedy: noUserNamespace,
  },
  {
    id: 'kata-rust-waits-for-dead-vmm',
    title: 'runtime-rs hangs when its VMM ended at once',
    url: `${kataSource}/src/runtime-rs/crates/hypervisor/src`,
    answers: { 'RVMM-KVM-MODE': ['hangs'] },
    where: [runtime('kata >=4.1.0'), shim('rust')],
    impact:
      'A pod hangs in ContainerCreating without a reason, where its VMM may not open /dev/kvm. It goes on waiting for QEMU or Cloud Hypervisor, and RunPodSandbox runs into its deadline.',
    remedy: groupOfKvm,
  },
  {
    id: 'kata-failed-create-leaks-account',
    title: 'A rootless Kata sandbox whose VMM never came up leaves its kata-N account and files',
    url: kataRelease,
    answers: { 'RVMM-LEFTOVERS': ['account'] },
    on: ['kvm-closed'],
    where: [runtime('kata >=2.3.0'), vmm('qemu')],
    impact:
      'Each failed pod leaves an account on the host, which the next pod of that uid shares with what was left. Before 4.1.0 after every failed create; since then where the shim waits until somebody gives up.',
    remedy: {
      setting: 'Kata 4.1.0, and a /dev/kvm that the account can open',
      since: 'Kata 4.1.0',
      cost: 'an update of the runtime; accounts that were left are removed by hand',
    },
  },
  {
    id: 'kata-go-clh-rootless-directory',
    title: 'A rootless Cloud Hypervisor of Kata’s Go shim never starts',
    url: `${kataSource}/src/runtime/virtcontainers/fs_share_linux.go#L236`,
    answers: {
      'RVMM-UID': ['never-runs'],
      'RVMM-GROUPS': ['never-runs'],
      'RVMM-SPLIT': ['never-runs'],
      'RVMM-FILES': ['never-runs'],
      'RVMM-KVM-MODE': ['never-runs'],
      'RVMM-KVM-WIDE': ['never-runs'],
      'RVMM-DISTINCT': ['never-runs'],
      'RVMM-BLOCK-EACCES': ['never-runs'],
      'RVMM-BLOCK-OPEN': ['never-runs'],
      'RVMM-VFIO-EACCES': ['never-runs'],
    },
    where: [runtime('kata >=3.2.0'), shim('go'), vmm('clh')],
    impact:
      'No pod of a rootless Cloud Hypervisor starts. The shim makes /run/user/<uid>/run as root with mode 0700 for the shared files, and the VMM cannot make its API socket below it.',
    remedy: { setting: 'runtime-rs, or QEMU', since: 'Kata 3.22.0', cost: 'another shim or VMM for the handler' },
  },
  {
    id: 'kata-run-user-left',
    title: '/run/user/<uid> of a rootless Kata VMM stays behind before 4.1.0',
    url: kataRelease,
    answers: { 'RVMM-LEFTOVERS': ['directory'] },
    where: [runtime('kata >=2.3.0 <4.1.0')],
    impact: 'The memory of /run fills pod by pod.',
    remedy: { setting: 'a newer Kata', since: 'Kata 4.1.0', cost: 'an update of the runtime' },
  },
  {
    id: 'kata-go-shim-directory-left',
    title: 'Kata’s Go shim leaves /run/vc/sbs/<id> of a rootless sandbox behind',
    url: `${kataSource}/src/runtime/pkg/containerd-shim-v2/shim_management.go#L345`,
    answers: { 'RVMM-LEFTOVERS': ['shim-directory'] },
    where: [runtime('kata >=4.1.0'), shim('go'), vmm('qemu')],
    impact:
      'The memory of /run fills pod by pod. The shim’s monitor has its socket below /run/vc/sbs also where the VMM is rootless; what is removed with the sandbox is the directory below /run/user/<uid>.',
    remedy: {
      setting: 'remove /run/vc/sbs/<id> of sandboxes that are gone, or reboot',
      since: 'every version',
      cost: 'a job on each node',
    },
  },
  {
    id: 'kata-firecracker-root',
    title: 'Kata runs Firecracker as root, with its jailer too',
    url: `${kataSource}/src/runtime/virtcontainers/fc.go#L383`,
    answers: { 'FC-USER': ['root'] },
    on: ['jailed'],
    where: [runtime('kata'), vmm('firecracker')],
    impact:
      'Who breaks out of a Firecracker guest is root of the host with every capability, in a directory that root with these capabilities can leave. The document says to take the jailer for a VMM that is not root; both shims give it --uid 0 --gid 0, and rootless = true is never read.',
    remedy: {
      setting: 'QEMU or Cloud Hypervisor with rootless = true',
      since: 'Kata 3.22.0 with runtime-rs, 2.3.0 with the Go shim and QEMU',
      cost: 'another VMM for the handler, which starts more slowly; disks and VFIO groups then need modes that the account can open',
    },
  },
  {
    id: 'kata-rust-firecracker-leaks-account',
    title: 'runtime-rs makes a kata-N account for a Firecracker that root runs, and leaves it behind',
    url: `${kataSource}/src/runtime-rs/crates/hypervisor/src/utils.rs`,
    answers: { 'RVMM-LEFTOVERS': ['account'] },
    on: ['unsupported'],
    where: [runtime('kata >=4.1.0'), shim('rust'), vmm('firecracker')],
    impact:
      'Each pod of a handler with rootless = true leaves an account on the host, though its VMM runs as root. The account is made for every VMM, and removed by QEMU and Cloud Hypervisor alone.',
    remedy: {
      setting: 'rootless = false for Firecracker, which ignores it',
      since: 'every version',
      cost: 'accounts that were left are removed by hand',
    },
  },
  {
    id: 'kata-firecracker-host-devices',
    title: 'No privileged pod of Firecracker starts that the host’s devices are passed to',
    url: `${kataSource}/src/runtime/virtcontainers/fc.go#L1138`,
    answers: { 'FC-HOST-DEVICES': ['no-drive'] },
    where: [runtime('kata'), shim('go'), vmm('firecracker')],
    impact:
      'Privileged pods do not start. Each disk of the host takes one of eight drives that the VMM was started with, and the first that has none is refused: [PATCH /drives/{drive_id}][400].',
    remedy: {
      setting: 'privileged_without_host_devices = true',
      since: 'containerd 1.3.0',
      cost: 'a privileged pod gets none of the host’s devices, which a guest could not use anyway',
    },
  },
];
