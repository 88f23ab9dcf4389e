import type { SymptomRow } from './symptom.ts';

/** What the API server, the scheduler, the kubelet and device plugins say. */
export const kubernetesSymptoms: readonly SymptomRow[] = [
  {
    id: 'admission-policy',
    example:
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged (container "a" must not set securityContext.privileged=true)',
    cause: 'a policy of the cluster forbids what the pod asks for: privileged, hostPath, host namespaces, capabilities or a user',
    where: 'Pod Security Admission, OpenShift’s SCC, Kyverno, Gatekeeper, at creation; no container runs.',
    remedies: [
      'ask for less: a device plugin’s resource or CDI needs neither privileged nor hostPath',
      {
        do: 'a namespace (label pod-security.kubernetes.io/enforce) or service account (SCC) for this workload alone',
        cost: 'whoever may create pods there has what the policy would forbid',
        weakens: true,
      },
    ],
    otherwise:
      'kubectl get ns <namespace> --show-labels and kubectl get events: if the pod was created, something else refused it',
    signs: [
      {
        weight: 9,
        says: /violates? PodSecurity|would violate|security context constraint|PodSecurityPolicy|unable to validate against any|admission webhook .{0,200}denied|denied the request|(?:containers?|volumes?|privileged|hostPath|host\w+|capabilit\w+)[^"]{0,60}(?:is|are) not (?:allowed|permitted)(?: to be used|\.|,|$)|is forbidden: .{0,200}not (?:supported|allowed|permitted)|disallowed by (?:policy|cluster)|is forbidden: .{0,80}(?:policy|not allowed|cannot set|may not|is not supported)|must not set securityContext|privileged.{0,30}disallowed|(?:kyverno|gatekeeper|opa)\b/i,
        not: /not allowed in sandbox|allowed_devices|device cgroup|RuntimeClass "|by cgroup|seccomp|mknod/i,
      },
    ],
    source: 'read: https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  },
  {
    id: 'non-root-image',
    example: 'Error: container has runAsNonRoot and image will run as root',
    cause: 'runAsNonRoot is set, and the image’s user is root, or a name whose number the kubelet cannot know',
    where: 'the kubelet, at CreateContainerConfigError.',
    questions: ['OWN-IMAGE-USER'],
    remedies: ['runAsUser with a number in the pod, or a numeric USER in the image'],
    otherwise: 'the image’s USER (skopeo inspect --config): a number other than 0 speaks for the pod’s own runAsUser: 0',
    signs: [{ weight: 9, says: /runAsNonRoot|non-numeric user|will run as root/i }],
    source: 'read: kubernetes pkg/kubelet/kuberuntime/security_context.go',
  },
  {
    id: 'kubelet-admission-allocate',
    example: 'Allocate failed due to rpc error: code = Unknown desc = no such device, which is unexpected',
    cause: 'the device plugin answered Allocate or PreStartContainer with an error',
    where: 'the kubelet, UnexpectedAdmissionError; the pod stays failed.',
    remedies: [
      'the device plugin’s own log at that time; restart it and the pod (a controller makes a new one, a bare pod must be deleted)',
    ],
    otherwise:
      'kubectl get node -o jsonpath={.status.allocatable}: if the resource is 0 there, its devices are unhealthy or not registered',
    signs: [
      {
        weight: 9,
        says: /Allocate failed due to(?! requested number| no healthy| can'?t allocate)|PreStart\w* .{0,40}(?:fail|error|rpc)|GetPreferredAllocation.{0,80}(?:fail|error)|device plugin .{0,40}allocate/i,
        not: /requested number of devices|no healthy devices|topology|no containers return/i,
      },
    ],
    source: 'read: kubernetes pkg/kubelet/cm/devicemanager/manager.go',
  },
  {
    id: 'kubelet-admission-unhealthy',
    example:
      'Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected',
    cause: 'the device plugin reports every device of the resource as unhealthy, or it is not there (any more)',
    where: 'the kubelet, UnexpectedAdmissionError; mostly after a reboot, before the plugin has registered.',
    remedies: ['the plugin’s log for the health check; restart it; delete failed pods so that their controller makes new ones'],
    otherwise: 'kubectl describe node, Allocatable of the resource: above 0 means that it was a race at boot',
    signs: [
      {
        weight: 9,
        says: /no healthy devices present|cannot allocate unhealthy devices|(?:marked?|marking|is|are|device) (?:as )?unhealthy.{0,80}(?:device|plugin|gpu)|(?:device|gpu)\S*.{0,60}\bunhealthy\b/i,
        not: /pod sandbox|PLEG|probe failed|topology/i,
      },
    ],
    source: 'read: kubernetes pkg/kubelet/cm/devicemanager/manager.go',
  },
  {
    id: 'kubelet-admission-count',
    example: 'Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 1, Available: 0',
    cause:
      'the kubelet has fewer free devices than the scheduler believed: others hold them, or the plugin has not registered again',
    where: 'the kubelet, UnexpectedAdmissionError or OutOf<resource>, after restarts of kubelet, plugin or node.',
    remedies: [
      'delete the failed pod; restart the device plugin after the kubelet; a checkpoint that does not fit: remove /var/lib/kubelet/device-plugins/kubelet_internal_checkpoint and restart the kubelet',
    ],
    otherwise:
      'kubectl get pods -A -o wide on that node, which of them asks for the resource: if fewer than there are, the plugin reports too few',
    signs: [
      {
        weight: 9,
        says: /requested number of devices unavailable|Node didn'?t have enough resource|OutOf(?!Memory|disk|pods\b)[\w.-]*\/?[\w.-]+|no containers return in allocation response|kubelet_internal_checkpoint|checkpoint is (?:corrupted|not found)|can'?t allocate unregistered device|unregistered device|Pre-?Admission|Insufficient resource .{0,60}node/i,
        not: /topology/i,
      },
    ],
    source: 'read: kubernetes pkg/kubelet/cm/devicemanager/manager.go, pkg/kubelet/lifecycle/predicate.go',
  },
  {
    id: 'kubelet-admission-topology',
    example: 'Resources cannot be allocated with Topology locality',
    cause: 'the Topology or CPU Manager of the kubelet finds no placement that its policy accepts',
    where: 'the kubelet, TopologyAffinityError, SMTAlignmentError; the scheduler does not know NUMA nodes.',
    remedies: [
      'ask for what one NUMA node has, whole cores under full-pcpus-only, integer cpus and Guaranteed',
      { do: 'topologyManagerPolicy: best-effort, or scope: container', cost: 'memory and devices of another NUMA node: slower' },
    ],
    otherwise: 'topologyManagerPolicy in the kubelet’s configuration: none or best-effort never refuse',
    signs: [
      {
        weight: 9,
        says: /topology locality|Topology ?Affinity|SMTAlignment|topology ?manager|SMT alignment|NUMA.{0,40}(?:affinity|align|locality|cannot)|cpu ?manager.{0,80}(?:fail|not enough|reject|error)|not enough cpus available/i,
        not: /EAL/i,
      },
    ],
    source: 'read: https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/',
  },
  {
    id: 'resource-unschedulable',
    example: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.',
    cause: 'no node offers enough of the resource: no device plugin registered it, all are taken, or the nodes are not eligible',
    where: 'the scheduler, FailedScheduling.',
    remedies: ['install or restart the device plugin; compare Capacity and Allocatable of the nodes; tolerate their taints'],
    otherwise:
      'kubectl describe nodes, Allocatable of the resource: above 0 and free speaks for taints, affinity or another resource',
    signs: [
      {
        weight: 9,
        says: /insufficient [\w.-]+(?:\/|hugepages)[\w.-]*|insufficient hugepages|FailedScheduling.{0,200}insufficient|no (?:SRIOV|resource).{0,40}(?:available|found) (?:on|in)|didn'?t match (?:Pod's )?node/i,
        not: /resourceclaim|allocate all claims/i,
      },
    ],
    source: 'read: kubernetes pkg/scheduler/framework/plugins/noderesources',
  },
  {
    id: 'device-plugin-registration',
    example: 'Could not register device plugin: context deadline exceeded',
    cause: 'the device plugin and the kubelet do not reach each other by their sockets',
    where:
      '/var/lib/kubelet/device-plugins/kubelet.sock, /var/lib/kubelet/plugins_registry; another root-dir of the kubelet (k0s, microk8s), SELinux, a plugin that started first.',
    remedies: [
      'mount the kubelet’s real root-dir into the plugin, at the same path; restart the plugin whenever kubelet.sock is made anew',
    ],
    otherwise:
      'ls -lZ /var/lib/kubelet/device-plugins on the node: a socket of the plugin’s name that the kubelet may open speaks for a proxy or name resolver in the plugin',
    signs: [
      {
        weight: 9,
        says: /kubelet\.sock|device-plugins\/|plugins_registry|register\w* (?:the )?(?:device )?plugin|(?:device )?plugin registration|plugin .{0,40}(?:not |re-?)registered|fail\w*[^.]{0,40}regist\w+[^.]{0,60}kubelet|dial(?:ing)? device ?plugin|ListAndWatch|contact kubelet|v1beta1\.Registration|endpoint .{0,20}(?:stopped|not registered)/i,
        not: /Allocate failed|checkpoint|unhealthy|CSI|avc:|inotify_add/i,
      },
      { weight: 8, says: /regist\w+.{0,80}(?:kubelet|plugin).{0,120}(?:fail|deadline|refused|error)/i },
    ],
    source: 'read: kubernetes pkg/kubelet/cm/devicemanager/plugin/v1beta1',
  },
  {
    id: 'dra-prepare',
    example: 'NodePrepareResources failed for claim default/gpu: error preparing devices',
    cause: 'a resource claim (dynamic resource allocation) could not be allocated or prepared',
    where: 'Kubernetes 1.32 on; the driver’s kubelet plugin on the node, or the scheduler.',
    questions: ['DEV-CDI'],
    remedies: [
      'the log of the driver’s kubelet plugin; ResourceSlices of the node; features and driver of the versions that belong together',
    ],
    otherwise:
      'kubectl get resourceclaims,resourceslices -o yaml: a claim that is allocated and prepared speaks for CDI in the engine',
    signs: [
      {
        weight: 9,
        says: /NodePrepareResources?|NodeUnprepare|PrepareDynamicResources|resource ?claims?\b|resourceslice|cannot allocate all claims|dynamic resource|\bDRA\b|DeviceClass|prepar\w+ (?:of )?(?:resources?|devices?) .{0,40}claim/i,
        not: /persistentvolumeclaim/i,
      },
    ],
    source: 'read: kubernetes pkg/kubelet/cm/dra/manager.go',
  },
  {
    id: 'runtimeclass-missing',
    example: 'pod rejected: RuntimeClass "kata" not found',
    cause: 'the cluster has no RuntimeClass object of that name',
    where: 'the API server at creation; the kubelet where the object was deleted later.',
    remedies: ['create the RuntimeClass, whose handler is the name of the engine’s table'],
    otherwise: 'kubectl get runtimeclass: if it is there, look for its handler in the engine (no runtime for … is configured)',
    signs: [
      {
        weight: 9,
        says: /RuntimeClass(?:es)?(?:\.node\.k8s\.io)? .{0,60}not found|(?:failed to get|no such|unknown) RuntimeClass|runtimeclass.{0,40}(?:does not exist|missing)/i,
      },
    ],
    source: 'read: https://kubernetes.io/docs/concepts/containers/runtime-class/',
  },
  {
    id: 'sandbox-not-privileged',
    example: 'no privileged container allowed in sandbox',
    cause: 'a privileged container is to run in a sandbox that was not created as privileged',
    where: 'containerd and CRI-O, at CreateContainer. The kubelet asks for both; a hand-written crictl pod may not.',
    questions: ['PRIV-SANDBOX-FIRST'],
    remedies: [
      'an unprivileged container that asks for its devices by name',
      {
        do: 'linux.security_context.privileged: true in the configuration of the sandbox too',
        cost: 'all devices of the host, all capabilities for containers of this pod',
        weakens: true,
      },
    ],
    otherwise: 'crictl inspectp <pod>: privileged true there speaks for another sandbox',
    signs: [{ weight: 9, says: /no privileged container allowed in sandbox/i }],
    source: 'measured: containerd 1.7.24 and CRI-O 1.36.3',
  },
  {
    id: 'group-without-user',
    example: 'user group "2000" is specified without user',
    cause: 'the pod has runAsGroup without runAsUser',
    where: 'containerd and CRI-O, at CreateContainer.',
    questions: ['OWN-GROUP-NEEDS-USER'],
    remedies: ['set runAsUser too; 0 counts'],
    otherwise: 'crictl inspect <container>: a run_as_user there speaks for another container of the pod',
    signs: [
      {
        weight: 9,
        says: /user group\b.{0,80}specified without user|runAsGroup .{0,60}without runAsUser|if RunAsUser is not set/i,
      },
    ],
    source: 'measured: containerd 1.7.24 and CRI-O 1.36.3',
  },
];
