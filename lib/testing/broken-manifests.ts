/** Manifests that nobody can apply, and what is said of each: one sentence, with the line and column of what is wrong. */
export interface BrokenManifest {
  about: string;
  text: string;
  says: string;
}

/** A pod with one container, and lines of the case in its spec or in its container. */
function pod({ spec = '', container = '' }: { spec?: string; container?: string }): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: broken
spec:
  containers:
  - name: app
    image: example/app
${container}${spec}`;
}

const broken = (about: string, text: string, says: string): BrokenManifest => ({ about, text, says });

export const brokenManifests: readonly BrokenManifest[] = [
  broken('nothing', '', '1:1: nothing here makes a pod'),
  broken('comments alone', '# later\n---\n', '1:1: nothing here makes a pod'),
  broken(
    'another kind',
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n',
    '1:1: nothing here makes a pod: it holds Service web',
  ),
  broken('prose', 'run my pod\n', '1:1: a document of Kubernetes must be an object, and this is the text "run my pod"'),
  broken(
    'a tab',
    'apiVersion: v1\nkind: Pod\nspec:\n\tcontainers: []\n',
    '4:1: this is no YAML: tabs are not allowed as indentation',
  ),
  broken(
    'an open bracket',
    'apiVersion: v1\nkind: Pod\nspec: {containers: [\n',
    '4:1: this is no YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
  ),
  broken('a field twice', pod({ spec: '  hostPID: true\n  hostPID: false\n' }), '10:3: this is no YAML: map keys must be unique'),
  broken(
    'an alias without an anchor',
    'apiVersion: v1\nkind: Pod\nspec: *base\n',
    '3:7: there is no anchor &base before the alias',
  ),
  broken(
    'aliases without end',
    'a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
    '1:1: this is no YAML: excessive alias count indicates a resource exhaustion attack',
  ),
  broken('no end of brackets', '['.repeat(5_000), '1:1: this is no manifest: values are nested too deep'),
  broken('no kind', 'apiVersion: v1\nmetadata: {name: a}\n', '1:1: the document has no kind, which Kubernetes requires'),
  broken('no apiVersion', 'kind: Pod\nmetadata: {name: a}\n', '1:1: the document has no apiVersion, which Kubernetes requires'),
  broken('a kind that is no text', 'apiVersion: v1\nkind: 5\n', '2:7: kind must be a text, and is 5'),
  broken(
    'an old apiVersion',
    'apiVersion: extensions/v1beta1\nkind: Deployment\n',
    '1:13: a Deployment is of apiVersion apps/v1, and this says "extensions/v1beta1"',
  ),
  broken('a list that is none', 'apiVersion: v1\nkind: List\nitems: {a: 1}\n', '3:8: items must be a list, and is an object'),
  broken(
    'no name',
    'apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {containers: [{name: c, image: i}]}\n',
    '3:11: the Pod has no metadata.name, which Kubernetes requires',
  ),
  broken(
    'a name that is none',
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: My_Pod\nspec: {containers: [{name: c, image: i}]}\n',
    '4:9: the name "My_Pod" must be small letters, digits, dashes and dots, with a letter or digit at both ends',
  ),
  broken(
    'no spec',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    '1:1: the document has no spec, which Kubernetes requires',
  ),
  broken(
    'no containers',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n',
    '4:20: the pod has no containers, and needs one at least',
  ),
  broken(
    'containers that are no list',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    name: c\n',
    '6:5: spec.containers must be a list, and is an object',
  ),
  broken(
    'a misspelt field',
    pod({ container: '    securityContext: {runAsUsr: 1000}\n' }),
    '9:23: spec.containers[0].securityContext.runAsUsr is no field of Kubernetes 1.37, did you mean "runAsUser"?',
  ),
  broken(
    'a field in the wrong place',
    pod({ spec: '  privileged: true\n' }),
    '9:3: spec.privileged is no field of Kubernetes 1.37',
  ),
  broken(
    'a field that is gone',
    pod({ spec: '  resourceClaims:\n  - name: gpu\n    source: {resourceClaimName: gpu}\n' }),
    '11:5: spec.resourceClaims[0].source is gone since Kubernetes 1.31, and this is read as 1.37',
  ),
  broken(
    'a number for a text',
    pod({ container: '    env:\n    - name: PORT\n      value: 8080\n' }),
    '11:14: spec.containers[0].env[0].value must be a text, and is 8080; put it in quotes',
  ),
  broken(
    'a yes for a text',
    pod({ container: '    env:\n    - {name: COUNTRY, value: no}\n' }),
    '10:30: spec.containers[0].env[0].value must be a text, and is false; put it in quotes',
  ),
  broken(
    'a text for a number',
    pod({ spec: '  securityContext:\n    runAsUser: "1000"\n' }),
    '10:16: spec.securityContext.runAsUser must be a whole number, and is the text "1000"',
  ),
  broken(
    'a text for true',
    pod({ spec: '  hostNetwork: "true"\n' }),
    '9:16: spec.hostNetwork must be true or false, and is the text "true"',
  ),
  broken(
    'no quantity',
    pod({ container: '    resources: {limits: {memory: 128 MB}}\n' }),
    '9:34: spec.containers[0].resources.limits.memory must be a quantity like 128Mi, 500m or 2, and is the text "128 MB"',
  ),
  broken(
    'no image',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n',
    '6:5: spec.containers[0] has no image, which a pod requires',
  ),
  broken(
    'no container name',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - image: i\n',
    '6:5: spec.containers[0] has no name, which Kubernetes requires',
  ),
  broken(
    'two containers of one name',
    pod({ spec: '  - name: app\n    image: example/app\n' }),
    '9:11: two containers have the name "app"',
  ),
  broken(
    'a group below zero',
    pod({ spec: '  securityContext: {supplementalGroups: [44, -1]}\n' }),
    '9:46: spec.securityContext.supplementalGroups[1] must be between 0 and 2147483647, and is -1',
  ),
  broken(
    'no such profile',
    pod({ spec: '  securityContext: {seccompProfile: {type: Default}}\n' }),
    '9:44: spec.securityContext.seccompProfile.type must be one of "RuntimeDefault", "Unconfined", "Localhost", and is the text "Default"',
  ),
  broken(
    'a local profile without a name',
    pod({ container: '    securityContext: {appArmorProfile: {type: Localhost}}\n' }),
    '9:40: spec.containers[0].securityContext.appArmorProfile is of type Localhost, and has no localhostProfile',
  ),
  broken(
    'privileged without escalation',
    pod({ container: '    securityContext:\n      privileged: true\n      allowPrivilegeEscalation: false\n' }),
    '11:33: allowPrivilegeEscalation cannot be false in a privileged container',
  ),
  broken(
    'the host’s network in a user namespace',
    pod({ spec: '  hostUsers: false\n  hostNetwork: true\n' }),
    '10:16: hostNetwork cannot be true where hostUsers is false',
  ),
  broken(
    'an unmasked /proc without a user namespace',
    pod({ container: '    securityContext: {procMount: Unmasked}\n' }),
    '9:34: procMount can be Unmasked only where hostUsers is false',
  ),
  broken(
    'a mount of no volume',
    pod({ container: '    volumeMounts:\n    - {name: dri, mountPath: /dev/dri}\n' }),
    '10:14: the pod has no volume "dri"',
  ),
  broken(
    'two sources of a volume',
    pod({ spec: '  volumes:\n  - name: data\n    emptyDir: {}\n    hostPath: {path: /data}\n' }),
    '11:15: the volume "data" has two sources, hostPath and emptyDir',
  ),
  broken(
    'no such type of a path',
    pod({ spec: '  volumes:\n  - name: tty\n    hostPath:\n      path: /dev/ttyUSB0\n      type: Device\n' }),
    '13:13: spec.volumes[0].hostPath.type must be one of "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice", and is the text "Device"',
  ),
  broken(
    'a path that leads up',
    pod({ spec: '  volumes:\n  - name: etc\n    hostPath: {path: /var/../etc}\n' }),
    '11:22: spec.volumes[0].hostPath.path must not have "..", and is "/var/../etc"',
  ),
  broken(
    'a device of a directory',
    pod({
      container: '    volumeDevices:\n    - {name: disk, devicePath: /dev/disk}\n',
      spec: '  volumes:\n  - {name: disk, hostPath: {path: /dev/sdb}}\n',
    }),
    '10:14: the volume "disk" cannot be a raw block device: only a persistentVolumeClaim or an ephemeral volume can',
  ),
  broken(
    'more asked for than allowed',
    pod({ container: '    resources:\n      requests: {memory: 2Gi}\n      limits: {memory: 1Gi}\n' }),
    '10:26: the request of memory, 2Gi, is more than its limit, 1Gi',
  ),
  broken(
    'half a device',
    pod({ container: '    resources: {limits: {gpu.intel.com/i915: 500m}}\n' }),
    '9:46: spec.containers[0].resources.limits["gpu.intel.com/i915"] must be a whole number, and is 500m',
  ),
  broken(
    'a resource without a domain',
    pod({ container: '    resources: {limits: {gpu: 1}}\n' }),
    '9:31: "gpu" is no resource: expected cpu, memory, hugepages-SIZE or a name with a domain like example.com/device',
  ),
  broken(
    'huge pages alone',
    pod({ container: '    resources: {limits: {hugepages-2Mi: 8Mi}}\n' }),
    '9:41: huge pages need a request or limit of cpu or memory beside them',
  ),
  broken(
    'part of a huge page',
    pod({ container: '    resources: {limits: {hugepages-2Mi: 3Mi, memory: 1Mi}}\n' }),
    '9:41: spec.containers[0].resources.limits.hugepages-2Mi must be a multiple of the page size, and is 3Mi',
  ),
  broken(
    'a claim that the pod does not have',
    pod({ container: '    resources: {claims: [{name: gpu}]}\n' }),
    '9:33: the pod has no resource claim "gpu"',
  ),
  broken(
    'a job that always restarts',
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      containers: [{name: c, image: i}]\n',
    '7:7: the restartPolicy of a Job must be OnFailure or Never',
  ),
  broken(
    'a deployment without a selector',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers: [{name: c, image: i}]\n',
    '5:3: spec has no selector, which Kubernetes requires',
  ),
  broken(
    'a selector of other pods',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector:\n    matchLabels:\n      app: one\n  template:\n    metadata: {labels: {app: two}}\n    spec:\n      containers: [{name: c, image: i}]\n',
    "7:12: the selector asks for the label app, and the template's pods do not have it so",
  ),
  broken(
    'a fault in the second document',
    `${pod({})}---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c, image: 5}]}\n`,
    '13:38: spec.containers[0].image must be a text, and is 5; put it in quotes',
  ),
  broken(
    'a fault in an item of a list',
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n  spec: {containers: 5}\n',
    '7:22: spec.containers must be a list, and is 5',
  ),
];
