import {
  appArmorHost,
  atCreateOrStart,
  capabilities,
  confinement,
  cpuTime,
  creating,
  disposableHost,
  engine,
  hostDevices,
  hugepages,
  identity,
  kubelet,
  kubeletRequest,
  listed,
  modeOf,
  opening,
  ownerOf,
  ownKernel,
  pluginDevices,
  presenceOf,
  question,
  refused,
  runtime,
  spareFunction,
  starts,
  suite,
  takesStandIns,
  userNamespace,
} from '../lib/suite/mod.ts';
import { freedOnRequest, heldByDefault } from './confinement.ts';
import { noPort, noPortSource } from './refusals.ts';

const blog = 'https://kubernetes.io/blog/2021/11/09/non-root-containers-and-devices/';
/** A kubelet takes a whole machine. */
const wholeMachine = [ownKernel, disposableHost];

const groups = [
  { id: '58', numbers: '241:0' },
  { id: '60', numbers: '241:2' },
  { id: '68', numbers: '241:10' },
  { id: '69', numbers: '241:11' },
] as const;

/** Each virtual function is a VFIO group, with the node that all groups share. */
const qat = {
  resource: 'qat.intel.com/generic',
  devices: groups.map(({ id, numbers }) => ({
    id,
    nodes: [
      { hostPath: `/dev/podproof-vfio/${id}`, at: `/dev/vfio/${id}`, numbers, mode: '0600' },
      { hostPath: '/dev/vfio/vfio', at: '/dev/vfio/vfio', numbers: '10:196' },
    ],
  })),
};
const vfio = groups.map(({ id }) => `/dev/vfio/${id}`);
const control = '/dev/vfio/vfio';

const broken = {
  resource: 'podproof.dev/broken',
  unhealthy: true,
  devices: [{ id: 'one', nodes: [{ hostPath: '/dev/podproof-vfio/58', at: '/dev/vfio/58', numbers: '241:0', mode: '0600' }] }],
} as const;

function asking(resource: string): string {
  return `
apiVersion: v1
kind: Pod
metadata:
  name: asking
spec:
  containers:
    - name: main
      image: intel/crypto-perf:devel
      resources:
        limits:
          ${resource}: '1'
`;
}

/** A pod with this AppArmor profile, by the field and by the annotation that kubelets before 1.30 know. */
function confinedBy(type: 'RuntimeDefault' | 'Unconfined', annotation: string): string {
  return `
apiVersion: v1
kind: Pod
metadata:
  name: confined
  annotations:
    container.apparmor.security.beta.kubernetes.io/main: ${annotation}
spec:
  containers:
    - name: main
      image: busybox
      securityContext:
        appArmorProfile:
          type: ${type}
`;
}

const plain = `
apiVersion: v1
kind: Pod
metadata:
  name: unnamed
spec:
  containers:
    - name: main
      image: busybox
`;

const privileged = `
apiVersion: v1
kind: Pod
metadata:
  name: privileged
spec:
  containers:
    - name: main
      image: busybox
      securityContext:
        privileged: true
`;

/** The engine as it comes on such a host. A container in a guest has the guest's kernel. */
const appArmorOn = { needs: [...wholeMachine, appArmorHost, runtime('runc', 'crun')], options: { appArmor: true } };

export default suite({
  id: 'kubelet',
  title: 'What a pod gets of its manifest by a real kubelet',
  scenarios: [
    {
      id: 'qat-dpdk',
      title: 'the qat-dpdk pod as the blog prints it, with the CPUs and huge pages that the host has',
      needs: [...wholeMachine, hugepages, takesStandIns],
      plugins: [qat],
      manifest: `
apiVersion: v1
kind: Pod
metadata:
  name: qat-dpdk
spec:
  securityContext:
    runAsUser: 1000
    runAsGroup: 2000
    fsGroup: 3000
  containers:
    - name: crypto-perf
      image: intel/crypto-perf:devel
      volumeMounts:
        - mountPath: /dev/hugepages
          name: hugepage
      resources:
        requests:
          cpu: '1'
          memory: '128Mi'
          qat.intel.com/generic: '4'
          hugepages-2Mi: '4Mi'
        limits:
          cpu: '1'
          memory: '128Mi'
          qat.intel.com/generic: '4'
          hugepages-2Mi: '4Mi'
  volumes:
    - name: hugepage
      emptyDir:
        medium: HugePages
`,
      attempts: [{ what: 'writable', path: '/dev/hugepages/podproof' }],
    },
    {
      id: 'privileged',
      title: 'privileged pod',
      needs: wholeMachine,
      manifest: privileged,
    },
    {
      id: 'host-path',
      title: 'root pod that mounts a device and a disk of its host',
      needs: wholeMachine,
      manifest: `
apiVersion: v1
kind: Pod
metadata:
  name: host-path
spec:
  containers:
    - name: main
      image: busybox
      volumeMounts:
        - name: char
          mountPath: /dev/podproof-char
        - name: disk
          mountPath: /dev/podproof-disk
  volumes:
    - name: char
      hostPath:
        path: {char}
        type: CharDevice
    - name: disk
      hostPath:
        path: {block}
        type: BlockDevice
`,
      attempts: [
        { what: 'read', path: '/dev/podproof-char' },
        { what: 'read', path: '/dev/podproof-disk' },
      ],
    },
    {
      id: 'restricted',
      title: 'restricted pod with an init container and two others',
      needs: wholeMachine,
      manifest: `
apiVersion: v1
kind: Pod
metadata:
  name: restricted
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 2000
    supplementalGroups: [3000]
    seccompProfile:
      type: RuntimeDefault
  initContainers:
    - name: first
      image: busybox
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
  containers:
    - name: main
      image: busybox
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
    - name: beside
      image: busybox
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
`,
    },
    {
      id: 'user-namespace',
      title: 'pod of user 1000 with hostUsers: false',
      needs: wholeMachine,
      manifest: `
apiVersion: v1
kind: Pod
metadata:
  name: user-namespace
spec:
  hostUsers: false
  securityContext:
    runAsUser: 1000
    runAsGroup: 2000
  containers:
    - name: main
      image: busybox
`,
    },
    {
      id: 'no-such-resource',
      title: 'pod that asks for a device that no plugin offers',
      needs: wholeMachine,
      manifest: asking('podproof.dev/nobody'),
    },
    {
      id: 'unhealthy',
      title: 'pod that asks for a device that is not healthy',
      needs: wholeMachine,
      plugins: [broken],
      manifest: asking(broken.resource),
    },
    {
      id: 'outside-slice',
      title: 'pod of Kata as it is shipped, with nothing of it in the slice that the kubelet makes for it',
      handler: 'plain',
      needs: [...wholeMachine, runtime('kata')],
      manifest: plain,
    },
    {
      id: 'profile-unnamed',
      title: 'pod that names no AppArmor profile',
      ...appArmorOn,
      manifest: plain,
    },
    {
      id: 'profile-default',
      title: 'pod with the AppArmor profile RuntimeDefault',
      ...appArmorOn,
      manifest: confinedBy('RuntimeDefault', 'runtime/default'),
    },
    {
      id: 'profile-unconfined',
      title: 'pod with the AppArmor profile Unconfined',
      ...appArmorOn,
      manifest: confinedBy('Unconfined', 'unconfined'),
    },
    {
      id: 'profile-privileged',
      title: 'privileged pod that names no AppArmor profile',
      ...appArmorOn,
      manifest: privileged,
    },
  ],
  questions: [
    question({
      id: 'KUBE-REQUEST',
      asks: 'Does podproof ask an engine for a pod as the kubelet does, field by field?',
      on: [
        ...['qat-dpdk', 'privileged', 'host-path', 'restricted', 'no-such-resource'],
        ...['profile-unnamed', 'profile-default', 'profile-unconfined', 'profile-privileged'],
      ],
      // The requests are the same whatever runs the pod, and Kata refuses some of them.
      needs: [runtime('runc', 'crun')],
      reads: { request: kubeletRequest() },
      answers: { same: { says: 'yes, but for ids, hashes and times', seen: { request: 'as podproof' } } },
      documented: { same: 'Kubernetes pkg/kubelet/kuberuntime, by version: lib/cri/kubelet' },
    }),
    question({
      id: 'KUBE-ID',
      asks: 'Which ids has the process of the qat-dpdk pod?',
      on: ['qat-dpdk'],
      reads: { id: identity('uid=1000 gid=2000 groups=2000,3000') },
      answers: {
        printed: { says: 'uid=1000 gid=2000 groups=2000,3000', seen: { id: 'asked' } },
        'no-primary-group': {
          says: 'the same, and the primary group is no supplementary one',
          seen: { id: 'primary group missing' },
        },
      },
      documented: { printed: blog },
    }),
    question({
      id: 'KUBE-DEVICES',
      asks: 'Does the qat-dpdk pod own the devices of its plugin, with the host’s modes?',
      on: ['qat-dpdk'],
      reads: { devices: pluginDevices(), owner: ownerOf(...vfio, control), mode: modeOf(...vfio), control: modeOf(control) },
      answers: {
        owned: {
          says: 'they belong to 1000:2000 with the host’s modes: 0600, and 0666 of /dev/vfio/vfio',
          seen: { devices: 'offered', owner: 'asked', mode: 'host', control: 'host' },
        },
        'open-to-all': {
          says: 'they belong to 1000:2000, and everybody in the pod may open them: 0666',
          harm: 'weakens',
          seen: { devices: 'offered', owner: 'asked', mode: 'open', control: 'host' },
        },
      },
      documented: { owned: blog },
    }),
    question({
      id: 'KUBE-HUGEPAGES',
      asks: 'Whose is the volume of huge pages of the qat-dpdk pod, and can the process write there?',
      on: ['qat-dpdk'],
      reads: { directory: listed('/dev/hugepages', 'drwxrwsr-x 0 3000'), write: creating('/dev/hugepages/podproof') },
      answers: {
        written: {
          says: 'it is drwxrwsr-x of root and fsGroup, and writing works',
          seen: { directory: 'as printed', write: 'works' },
        },
        denied: {
          says: 'it is drwxrwsr-x of root and fsGroup, and writing fails: EACCES',
          harm: 'breaks',
          seen: { directory: 'as printed', write: 'EACCES' },
        },
      },
      documented: { written: blog },
    }),
    question({
      id: 'KUBE-CPU',
      asks: 'How much CPU time has the qat-dpdk pod, which asks for one CPU and has it for itself?',
      on: ['qat-dpdk'],
      reads: { time: cpuTime() },
      answers: {
        whole: { says: 'a whole CPU', seen: { time: 'whole' } },
        hundredth: {
          short: '1 %',
          says: 'a hundredth of a CPU, the least that systemd gives',
          harm: 'breaks',
          seen: { time: 'hundredth' },
        },
      },
      documented: { whole: 'https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#static-policy' },
    }),
    question({
      id: 'KUBE-PRIVILEGED',
      asks: 'What has a privileged pod of a kubelet?',
      on: ['privileged'],
      reads: { capabilities: capabilities('capEff', 'capBnd'), confinement: confinement(), devices: hostDevices() },
      answers: {
        everything: {
          says: 'every capability, no seccomp filter, and the devices of the host as they are there',
          seen: { capabilities: 'all', confinement: 'none', devices: 'unchanged' },
        },
        'everything-open': {
          says: 'every capability, no seccomp filter, and the devices of the host, open to everybody in the pod: 0666',
          harm: 'weakens',
          seen: { capabilities: 'all', confinement: 'none', devices: 'opened' },
        },
        'no-port': noPort,
      },
      documented: [
        { answer: 'no-port', where: [runtime('kata'), spareFunction], citation: noPortSource },
        { answer: 'everything', citation: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/' },
      ],
    }),
    question({
      id: 'KUBE-HOST-PATH',
      asks: 'Can a root pod open a device of the host that it mounts by its path?',
      on: ['host-path'],
      reads: {
        char: opening('read', '/dev/podproof-char'),
        disk: opening('read', '/dev/podproof-disk'),
      },
      answers: {
        denied: {
          says: 'no, it is no device of the container: EPERM by the device cgroup',
          harm: 'breaks',
          seen: { char: 'EPERM', disk: 'EPERM' },
        },
        opens: {
          says: 'yes, without having asked for it',
          harm: 'weakens',
          seen: { char: 'works', disk: 'works' },
        },
        'no-node': {
          short: 'refused',
          says: 'the pod is refused: the shim leaves devices of the host out, and the guest has none at these paths',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /create shim task: No such file or directory \(os error 2\)/),
        },
      },
      documented: [
        {
          answer: 'no-node',
          where: [runtime('kata')],
          citation: 'kata-containers 4.1.0 src/runtime/virtcontainers/container.go isHostDevice',
        },
        {
          answer: 'denied',
          citation: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath; kubernetes/kubernetes#5607',
        },
      ],
    }),
    question({
      id: 'KUBE-RESTRICTED',
      asks: 'What confines a pod of the restricted profile?',
      on: ['restricted'],
      reads: {
        id: identity('uid=1000 gid=2000 groups=2000,3000'),
        capabilities: capabilities('capEff', 'capPrm', 'capInh', 'capBnd', 'capAmb'),
        confinement: confinement(),
      },
      answers: {
        confined: {
          says: 'no capability, a seccomp filter, no new privileges, and the ids that it asked for',
          seen: { id: 'asked', capabilities: 'none', confinement: 'filter, no new privileges' },
        },
        unfiltered: {
          short: 'no filter',
          says: 'no capability, no new privileges, and the ids that it asked for; no seccomp filter',
          harm: 'weakens',
          seen: { id: 'asked', capabilities: 'none', confinement: 'no new privileges' },
        },
        'new-privileges': {
          says: 'no capability, and the ids that it asked for; no seccomp filter, and who enters it may gain privileges',
          harm: 'weakens',
          seen: { id: 'asked', capabilities: 'none', confinement: 'none' },
        },
      },
      documented: [
        {
          answer: 'unfiltered',
          where: [runtime('kata')],
          citation: 'kata-containers 4.1.0 src/runtime/config/configuration-qemu.toml.in: disable_guest_seccomp',
        },
        { answer: 'confined', citation: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted' },
      ],
    }),
    question({
      id: 'KUBE-APPARMOR',
      asks: 'Does the default profile of its engine confine a pod that asks for it, or for nothing?',
      on: ['profile-unnamed', 'profile-default'],
      ...heldByDefault,
    }),
    question({
      id: 'KUBE-UNCONFINED',
      asks: 'Is a pod unconfined by AppArmor that asks for it, or that is privileged?',
      on: ['profile-unconfined', 'profile-privileged'],
      ...freedOnRequest,
    }),
    question({
      id: 'KUBE-USERNS',
      asks: 'Has a pod with hostUsers: false ids of its own on the host?',
      on: ['user-namespace'],
      reads: { namespace: userNamespace(), id: identity('uid=1000 gid=2000 groups=2000') },
      answers: {
        own: {
          says: 'yes, and it is who it asks to be in there',
          seen: { namespace: 'own', id: 'asked' },
        },
        refused: {
          says: 'the kubelet does not make it, as the engine does not say of the runtime that it has user namespaces',
          harm: 'breaks',
          seen: refused('kubelet', /runtime does not support user namespaces/),
        },
        'refused-by-engine': {
          short: 'engine refuses',
          says: 'the engine refuses it, as it cannot map the ids of mounts',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /idmap mounts not yet supported/),
        },
        ignored: { says: 'no, its ids are those of the host', harm: 'weakens', seen: { namespace: 'first', id: 'asked' } },
      },
      documented: [
        {
          answer: 'own',
          where: [engine('containerd >=2.0', 'crio >=1.25'), runtime('runc >=1.2', 'crun >=1.9')],
          citation: 'https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/#before-you-begin',
        },
        {
          answer: 'refused-by-engine',
          where: [kubelet('<1.31'), engine('containerd >=1.7 <2.0')],
          citation: 'containerd v1.7.24 pkg/cri/opts/spec_linux_opts.go; the kubelet asks the engine for nothing before',
        },
        { answer: 'refused', citation: 'Kubernetes v1.37.2 pkg/kubelet/userns/userns_manager.go' },
      ],
    }),
    question({
      id: 'KUBE-SLICE',
      asks: 'Does a Kata pod keep running behind a kubelet with the systemd driver, as Kata is shipped?',
      on: ['outside-slice'],
      reads: { pod: starts() },
      answers: {
        runs: { says: 'yes, for as long as it was looked at', seen: { pod: 'ran' } },
        ended: {
          says: 'no: systemd has taken a controller from the empty slice, and the kubelet ends the pod',
          harm: 'breaks',
          seen: refused('kubelet', /the slice \S+ lacks (?:\w+, )*cpuset/),
        },
      },
      documented: { runs: 'https://kubernetes.io/docs/setup/production-environment/container-runtimes/#systemd-cgroup-driver' },
    }),
    question({
      id: 'KUBE-NO-RESOURCE',
      asks: 'What becomes of a static pod that asks for a device that no plugin offers?',
      on: ['no-such-resource'],
      reads: { pod: starts(), device: presenceOf('/dev/vfio/58') },
      answers: {
        without: {
          says: 'the kubelet admits it, and it runs without the device',
          harm: 'breaks',
          seen: { pod: 'ran', device: 'absent' },
        },
        refused: { says: 'the kubelet does not admit it', seen: refused('Admission', /podproof\.dev\/nobody/) },
      },
      documented: { without: 'Kubernetes v1.37.2 pkg/kubelet/lifecycle/predicate.go removeMissingExtendedResources' },
    }),
    question({
      id: 'KUBE-UNHEALTHY',
      asks: 'Who refuses a pod whose device is not healthy?',
      on: ['unhealthy'],
      reads: { pod: starts() },
      answers: {
        refused: {
          says: 'the kubelet does, before it asks the engine for anything',
          seen: refused(
            'Admission',
            /no healthy devices present|unhealthy devices|number of devices unavailable|Insufficient podproof\.dev\/broken|Node didn't have enough resource: podproof\.dev\/broken/,
          ),
        },
        started: { says: 'nobody, it runs', harm: 'weakens', seen: { pod: 'ran' } },
      },
      documented: { refused: 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/' },
    }),
  ],
});
