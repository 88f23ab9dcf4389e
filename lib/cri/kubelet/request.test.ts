import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allContainers, Pod } from '../../manifest/pod.ts';
import { readManifest } from '../../manifest/read.ts';
import { NamespaceMode, SecurityProfile_ProfileType as ProfileType, SupplementalGroupsPolicy } from '../gen/cri_pb.js';
import { namesProfile } from './apparmor.ts';
import { defaultNode, type KubeletNode } from './node.ts';
import type { ContainerPlacement, Placement } from './placement.ts';
import { kubeletRequest } from './request.ts';

const node = (version = '1.37.2', rest: Partial<KubeletNode> = {}): KubeletNode => ({
  ...defaultNode,
  version,
  memory: 8 * 2 ** 30,
  ...rest,
});

/** A pod of the given spec; containers without a name or an image get one. */
function podWith(spec: { containers?: object[] } & Record<string, unknown>, annotations = {}): Pod {
  const { containers = [{}], ...rest } = spec;
  return Pod.parse({
    metadata: { name: 'pod', annotations },
    spec: { containers: containers.map((each, at) => ({ name: `c${at}`, image: 'image', ...each })), ...rest },
  });
}

function placed(pod: Pod, rest: Partial<Placement> = {}, container: Partial<ContainerPlacement> = {}): Placement {
  const names = allContainers(pod.spec).map(({ name }) => name);
  return {
    uid: '11-22',
    handler: '',
    containers: new Map(names.map((name) => [name, { image: { reference: 'sha256:1' }, ...container }])),
    ...rest,
  };
}

const ask = (pod: Pod, on = node(), placement = placed(pod)) => kubeletRequest(on, pod, placement);
const first = (pod: Pod, on = node(), placement = placed(pod)) => {
  const [container] = ask(pod, on, placement).containers;
  if (container === undefined) throw new Error('the pod has no container');
  return container.config;
};

test('the pod of the blog is asked for as a kubelet asks for it', async () => {
  const text = await readFile(new URL('../../testing/manifests/qat-dpdk.yaml', import.meta.url), 'utf8');
  const pod = readManifest(text, { file: 'qat-dpdk.yaml', schema: '1.37' }).workloads[0]?.pod;
  if (pod === undefined) throw new Error('the manifest has no pod');
  const vfio = { hostPath: '/dev/vfio/58', containerPath: '/dev/vfio/58', permissions: 'mrw' };
  const {
    sandbox,
    containers,
    node: objects,
  } = ask(pod, node(), placed(pod, {}, { allocation: { devices: [vfio] }, cpus: '1-3' }));
  expect(sandbox.linux?.cgroupParent).toBe('/kubepods.slice/kubepods-pod11_22.slice');
  expect(sandbox.linux?.securityContext).toMatchObject({ runAsUser: { value: 1000n }, runAsGroup: { value: 2000n } });
  expect(containers[0]?.config).toMatchObject({
    devices: [vfio],
    mounts: [
      { containerPath: '/dev/hugepages', hostPath: '/var/lib/kubelet/pods/11-22/volumes/kubernetes.io~empty-dir/hugepage' },
      { containerPath: '/etc/hosts', hostPath: '/var/lib/kubelet/pods/11-22/etc-hosts' },
      { containerPath: '/dev/termination-log' },
    ],
    linux: {
      resources: {
        cpuShares: 3072n,
        // Its CPUs are its own, so that no quota holds it back.
        cpuQuota: -1n,
        cpusetCpus: '1-3',
        oomScoreAdj: -997n,
        memoryLimitInBytes: 134_217_728n,
        hugepageLimits: [
          { pageSize: '1GB', limit: 0n },
          { pageSize: '2MB', limit: 134_217_728n },
        ],
      },
      securityContext: { runAsUser: { value: 1000n }, runAsGroup: { value: 2000n }, supplementalGroups: [3000n] },
    },
  });
  expect(objects).toContainEqual({
    what: 'hugetlbfs',
    path: '/var/lib/kubelet/pods/11-22/volumes/kubernetes.io~empty-dir/hugepage',
    pageSize: '2Mi',
    group: 3000,
    mode: 0o2775,
  });
});

test.for([
  ['1.28.11', []],
  ['1.28.15', ['/sys/devices/virtual/powercap']],
  ['1.30.2', []],
  ['1.31.12', ['/sys/devices/virtual/powercap']],
  ['1.33.5', ['/proc/interrupts', '/sys/devices/virtual/powercap', '/sys/devices/system/cpu/cpu0/thermal_throttle']],
  ['1.34.0', ['/proc/interrupts', '/sys/devices/virtual/powercap', '/sys/devices/system/cpu/cpu0/thermal_throttle']],
] as const)('kubelet %s masks, beside what all mask, %o', ([version, extra]) => {
  const on = node(version, { thermalThrottle: ['/sys/devices/system/cpu/cpu0/thermal_throttle'] });
  const masked = first(podWith({ containers: [{ securityContext: { privileged: true } }] }), on).linux?.securityContext
    ?.maskedPaths;
  expect(masked).toHaveLength(10 + extra.length);
  expect(masked).toEqual(expect.arrayContaining([...extra]));
});

test('a pod with its own user namespace has it from 1.33 on, or where the gate is open, in the sandbox and on each mount', () => {
  const pod = podWith({ hostUsers: false });
  const placement = placed(pod, { userNamespace: { hostId: 131_072, length: 65_536 } });
  const ids = { hostId: 131_072, containerId: 0, length: 65_536 };
  const options = (on: KubeletNode) => ask(pod, on, placement).sandbox.linux?.securityContext?.namespaceOptions?.usernsOptions;
  expect(options(node('1.32.0'))).toBeUndefined();
  expect(options(node('1.28.15', { gates: { 'user-namespaces': true } }))).toMatchObject({ uids: [ids], gids: [ids] });
  expect(options(node())).toMatchObject({ mode: NamespaceMode.POD, uids: [ids], gids: [ids] });
  for (const mount of first(pod, node(), placement).mounts)
    expect(mount).toMatchObject({ uidMappings: [ids], gidMappings: [ids] });
  expect(ask(podWith({})).sandbox.linux?.securityContext?.namespaceOptions?.usernsOptions).toMatchObject({
    mode: NamespaceMode.NODE,
    uids: [],
  });
});

test.for([
  ['nothing', {}, 'besteffort', 1000],
  ['a request of a quarter of the memory', { requests: { memory: '2Gi' } }, 'burstable', 750],
  ['a request of nearly nothing', { requests: { cpu: '1m' } }, 'burstable', 999],
  ['all of the memory', { requests: { memory: '8Gi' } }, 'burstable', 3],
  ['a limit of memory alone', { limits: { memory: '1Gi' } }, 'burstable', 875],
  ['limits of both', { limits: { memory: '1Gi', cpu: 1 } }, 'guaranteed', -997],
  ['a limit of zero', { limits: { memory: 0, cpu: 0 } }, 'besteffort', 1000],
] as const)('a pod that asks for %s is in its cgroup, and the kernel knows when to end it', ([, resources, qos, score]) => {
  const pod = podWith({ containers: [{ resources }] });
  const parent = qos === 'guaranteed' ? '/kubepods/pod11-22' : `/kubepods/${qos}/pod11-22`;
  expect(ask(pod, node('1.37.2', { cgroupDriver: 'cgroupfs' })).sandbox.linux?.cgroupParent).toBe(parent);
  expect(first(pod).linux?.resources?.oomScoreAdj).toBe(BigInt(score));
});

test('a sidecar is ended no sooner than the container that it serves', () => {
  const pod = podWith({
    containers: [{ resources: { requests: { memory: '4Gi' } } }],
    initContainers: [{ name: 'proxy', image: 'i', restartPolicy: 'Always' }],
  });
  expect(ask(pod).containers.map(({ name, role, config }) => [name, role, config.linux?.resources?.oomScoreAdj])).toEqual([
    ['proxy', 'sidecar', 500n],
    ['c0', 'main', 500n],
  ]);
  expect(ask(pod, node('1.28.15')).containers[0]).toMatchObject({
    role: 'init',
    config: { linux: { resources: { oomScoreAdj: 999n } } },
  });
});

test('cgroup v1 has no unified limits, and swap is forbidden by the limit of memory', () => {
  const pod = podWith({ containers: [{ resources: { limits: { memory: '1Gi' } } }] });
  expect(first(pod, node('1.37.2', { cgroupVersion: 1 })).linux?.resources).toMatchObject({
    unified: {},
    memorySwapLimitInBytes: 2n ** 30n,
  });
  expect(first(pod, node('1.36.0')).linux?.resources?.unified).toEqual({ 'memory.oom.group': '1', 'memory.swap.max': '0' });
});

test('the container has its own words, and the pod’s where it has none', () => {
  const pod = podWith({
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 2000,
      fsGroup: 3000,
      supplementalGroups: [44, 105],
      supplementalGroupsPolicy: 'Strict',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        securityContext: {
          runAsUser: 1001,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
          seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' },
        },
      },
    ],
  });
  expect(first(pod).linux?.securityContext).toMatchObject({
    runAsUser: { value: 1001n },
    runAsGroup: { value: 2000n },
    supplementalGroups: [3000n, 44n, 105n],
    supplementalGroupsPolicy: SupplementalGroupsPolicy.Strict,
    noNewPrivs: true,
    readonlyRootfs: true,
    capabilities: { addCapabilities: ['NET_ADMIN'], dropCapabilities: ['ALL'] },
    seccomp: { profileType: ProfileType.Localhost, localhostRef: '/var/lib/kubelet/seccomp/p.json' },
  });
  expect(first(pod, node('1.32.0')).linux?.securityContext?.supplementalGroupsPolicy).toBe(SupplementalGroupsPolicy.Merge);
});

test('a pod that says nothing runs unconfined by seccomp, as the user of its image', () => {
  const pod = podWith({});
  const user = (user?: number | string) =>
    first(pod, node(), placed(pod, {}, { image: { reference: 'r', ...(user === undefined ? {} : { user }) } })).linux
      ?.securityContext;
  expect(user()).toMatchObject({ runAsUser: { value: 0n }, runAsUsername: '', seccomp: { profileType: ProfileType.Unconfined } });
  expect(user(777)).toMatchObject({ runAsUser: { value: 777n } });
  expect(user('app')).toMatchObject({ runAsUsername: 'app' });
  expect(user('app')?.runAsUser).toBeUndefined();
  expect(first(pod, node('1.37.2', { seccompDefault: true })).linux?.securityContext?.seccomp?.profileType).toBe(
    ProfileType.RuntimeDefault,
  );
});

test('AppArmor is asked for by the field, by the annotation, and by its text alone before 1.30', () => {
  const noted = podWith({}, { 'container.apparmor.security.beta.kubernetes.io/c0': 'localhost/mine' });
  expect(first(noted).linux?.securityContext).toMatchObject({
    apparmor: { profileType: ProfileType.Localhost, localhostRef: 'mine' },
    apparmorProfile: 'localhost/mine',
  });
  expect(first(noted, node('1.29.0')).linux?.securityContext).toMatchObject({ apparmorProfile: 'localhost/mine' });
  expect(first(noted, node('1.29.0')).linux?.securityContext?.apparmor).toBeUndefined();
  const field = podWith({ securityContext: { appArmorProfile: { type: 'Unconfined' } } });
  expect(first(field).linux?.securityContext).toMatchObject({
    apparmor: { profileType: ProfileType.Unconfined },
    apparmorProfile: 'unconfined',
  });
});

test('a pod speaks of AppArmor by the field of the pod or of a container, or by the annotation', () => {
  const field = { securityContext: { appArmorProfile: { type: 'Unconfined' } } };
  expect(namesProfile(podWith({}, { 'container.apparmor.security.beta.kubernetes.io/c0': 'unconfined' }))).toBe(true);
  expect(namesProfile(podWith(field))).toBe(true);
  expect(namesProfile(podWith({ containers: [{ name: 'c0', image: 'a', ...field }] }))).toBe(true);
  expect(namesProfile(podWith({}))).toBe(false);
});

test('a raw block volume is a link of the kubelet’s to the disk, with the rights of the claim', () => {
  const pod = podWith({
    containers: [{ volumeDevices: [{ name: 'disk', devicePath: '/dev/disk' }] }],
    volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'd', readOnly: true } }],
  });
  const placement = placed(pod, { blockVolumes: new Map([['disk', '/dev/loop7']]) });
  const link = '/var/lib/kubelet/pods/11-22/volumeDevices/kubernetes.io~csi/disk';
  expect(first(pod, node(), placement).devices).toMatchObject([{ hostPath: link, containerPath: '/dev/disk', permissions: 'r' }]);
  expect(ask(pod, node(), placement).node).toContainEqual({ what: 'link', path: link, target: '/dev/loop7' });
  expect(() => ask(pod)).toThrow('Cannot place the volume "disk": no device stands for it');
});

test('a path of the node keeps its owner, and is looked at by its type', () => {
  const pod = podWith({
    securityContext: { fsGroup: 20 },
    containers: [
      { volumeMounts: [{ name: 'tty', mountPath: '/dev/ttyUSB0', readOnly: true, mountPropagation: 'HostToContainer' }] },
    ],
    volumes: [{ name: 'tty', hostPath: { path: '/dev/ttyUSB0', type: 'CharDevice' } }],
  });
  expect(ask(pod).node).toContainEqual({ what: 'hostPath', path: '/dev/ttyUSB0', type: 'CharDevice' });
  expect(first(pod).mounts[0]).toMatchObject({
    hostPath: '/dev/ttyUSB0',
    containerPath: '/dev/ttyUSB0',
    readonly: true,
    propagation: 1,
  });
});

test('plugins’ devices, mounts and variables come before those of the pod, and CDI names are passed from 1.29 on', () => {
  const pod = podWith({
    containers: [
      {
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: '$(A)y$$(A)$(C)' },
        ],
        args: ['$(B)', '$(D)'],
      },
    ],
  });
  const allocation = {
    mounts: [{ hostPath: '/lib/gpu', containerPath: '/lib/gpu', readOnly: true }],
    env: { GPU: '0' },
    annotations: { 'gpu/index': '0' },
    cdiDevices: ['v.com/gpu=0', 'v.com/gpu=0'],
  };
  const placement = placed(pod, {}, { allocation, claimedDevices: ['v.com/net=1'] });
  const config = first(pod, node(), placement);
  expect(config.mounts[0]).toMatchObject({ hostPath: '/lib/gpu', readonly: true });
  expect(config.envs.map(({ key, value }) => [key, value])).toEqual([
    ['GPU', '0'],
    ['A', 'x'],
    ['B', 'xy$(A)$(C)'],
  ]);
  expect(config.args).toEqual(['xy$(A)$(C)', '$(D)']);
  expect(config.annotations).toMatchObject({ 'gpu/index': '0', 'io.kubernetes.container.restartCount': '0' });
  expect(config.CDIDevices.map(({ name }) => name)).toEqual(['v.com/net=1', 'v.com/gpu=0']);
  expect(first(pod, node('1.28.15'), placement).CDIDevices.map(({ name }) => name)).toEqual(['v.com/net=1']);
});

test.for([
  [{ runAsNonRoot: true, runAsUser: 0 }, undefined, "container's runAsUser breaks non-root policy"],
  [{ runAsNonRoot: true }, undefined, 'image will run as root'],
  [{ runAsNonRoot: true }, 'app', 'image has non-numeric user (app), cannot verify user is non-root'],
  [{ runAsNonRoot: true }, 1000, undefined],
  [{ runAsNonRoot: true, runAsUser: 1 }, 'app', undefined],
] as const)(
  'a pod that must not run as root, as %o with the image user %s, is refused as %s',
  ([securityContext, user, words]) => {
    const pod = podWith({ securityContext });
    const image = { reference: 'r', ...(user === undefined ? {} : { user }) };
    const [container] = ask(pod, node(), placed(pod, {}, { image })).containers;
    if (words === undefined) expect(container?.refused).toBeUndefined();
    else expect(container?.refused).toContain(words);
  },
);

test('ports are mapped in the sandbox, and written for the kubelet itself as Go writes them', () => {
  const ports = [
    { containerPort: 80, name: 'web' },
    { containerPort: 53, hostPort: 5353, protocol: 'UDP' },
  ];
  const pod = podWith({ containers: [{ ports }] });
  expect(ask(pod).sandbox.portMappings).toMatchObject([
    { containerPort: 80, hostPort: 0, protocol: 0 },
    { containerPort: 53, hostPort: 5353, protocol: 1 },
  ]);
  expect(first(pod).annotations['io.kubernetes.container.ports']).toBe(
    '[{"name":"web","containerPort":80,"protocol":"TCP"},{"hostPort":5353,"containerPort":53,"protocol":"UDP"}]',
  );
  expect(ask(podWith({ hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] })).sandbox).toMatchObject({
    hostname: '',
    portMappings: [{ containerPort: 80, hostPort: 80 }],
  });
});

test('whatever a pod asks for: its sandbox is privileged with any container, its groups begin with fsGroup, its volumes lie in its directory', () => {
  const ids = fc.nat({ max: 70_000 });
  const container = fc.record({
    securityContext: fc.record({ privileged: fc.boolean(), runAsUser: ids }, { requiredKeys: [] }),
    resources: fc.record({
      limits: fc.dictionary(
        fc.constantFrom('cpu', 'memory', 'hugepages-2Mi', 'hugepages-1Gi'),
        fc.nat({ max: 2 ** 40 }).map(String),
      ),
    }),
    volumeMounts: fc.subarray(['a', 'b']).map((names) => names.map((name) => ({ name, mountPath: `/${name}` }))),
  });
  const spec = fc.record({
    containers: fc.array(container, { minLength: 1, maxLength: 4 }),
    securityContext: fc.record({ fsGroup: ids, supplementalGroups: fc.array(ids), runAsUser: ids }, { requiredKeys: [] }),
    volumes: fc.tuple(fc.constantFrom('', 'Memory'), fc.boolean()).map(([medium, secret]) => [
      { name: 'a', emptyDir: { medium } },
      { name: 'b', ...(secret ? { secret: { secretName: 's' } } : { emptyDir: {} }) },
    ]),
  });
  fc.assert(
    fc.property(
      spec,
      fc.constantFrom('1.28.15', '1.34.4', '1.37.2'),
      fc.constantFrom(1 as const, 2 as const),
      (drawn, version, cgroupVersion) => {
        const pod = podWith(drawn);
        const { sandbox, containers, node: objects } = ask(pod, node(version, { cgroupVersion }));
        expect(sandbox.linux?.securityContext?.privileged).toBe(
          drawn.containers.some((each) => each.securityContext.privileged === true),
        );
        const { fsGroup, supplementalGroups = [] } = drawn.securityContext;
        const groups = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups].map(BigInt);
        const made = objects.map(({ path }) => path);
        for (const [at, { config }] of containers.entries()) {
          expect(config.linux?.securityContext?.supplementalGroups).toEqual(groups);
          expect(config.linux?.securityContext?.privileged).toBe(drawn.containers[at]?.securityContext.privileged ?? false);
          const { cpuQuota = -1n, cpuShares = 0n, oomScoreAdj = 0n } = config.linux?.resources ?? {};
          expect(cpuQuota === 0n || cpuQuota >= 1000n).toBe(true);
          expect(cpuShares >= 2n && cpuShares <= 262_144n).toBe(true);
          expect(oomScoreAdj >= -997n && oomScoreAdj <= 1000n).toBe(true);
          for (const { hostPath } of config.mounts) {
            expect(hostPath.startsWith('/var/lib/kubelet/pods/11-22/')).toBe(true);
            expect(made).toContain(hostPath);
          }
        }
      },
    ),
  );
});

test('what a cluster of an older version leaves out of a pod is named', () => {
  const pod = podWith({
    hostUsers: false,
    hostnameOverride: 'other',
    initContainers: [{ name: 'proxy', image: 'i', restartPolicy: 'Always' }],
    containers: [{ securityContext: { procMount: 'Unmasked' } }],
  });
  const ignored = (version: string) => ask(pod, node(version)).ignored.map(({ path }) => path.join('.'));
  expect(ignored('1.28.15')).toEqual([
    'spec.hostUsers',
    'spec.hostnameOverride',
    'spec.initContainers.0.restartPolicy',
    'spec.containers.0.securityContext.procMount',
  ]);
  expect(ignored('1.33.0')).toEqual(['spec.hostnameOverride']);
  expect(ask(pod, node('1.33.0')).sandbox.hostname).toBe('pod');
  expect(ask(pod).sandbox.hostname).toBe('other');
  expect(ignored('1.37.2')).toEqual([]);
});

test('a variable has a resource of its container in parts of the divisor, rounded up', () => {
  const of = (resource: string, divisor?: string) => {
    const ref = { resource, ...(divisor === undefined ? {} : { divisor }) };
    const pod = podWith({
      containers: [
        { resources: { limits: { cpu: '1500m', memory: '100Mi' } }, env: [{ name: 'A', valueFrom: { resourceFieldRef: ref } }] },
      ],
    });
    return first(pod).envs[0]?.value;
  };
  expect(of('limits.cpu')).toBe('2');
  expect(of('requests.cpu', '1m')).toBe('1500');
  expect(of('limits.memory', '1Mi')).toBe('100');
  expect(of('limits.memory', '0')).toBe('104857600');
});

test('a part of a volume is bound at a path of its own, and mounted from there', () => {
  const pod = podWith({
    containers: [
      {
        env: [{ name: 'POD', value: 'a' }],
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'dev', mountPath: '/dev/x', subPathExpr: 'dri/$(POD)' },
        ],
      },
    ],
    volumes: [{ name: 'data' }, { name: 'dev', hostPath: { path: '/dev' } }],
  });
  const path = '/var/lib/kubelet/pods/11-22/volume-subpaths/dev/c0/1';
  expect(first(pod).mounts[1]).toMatchObject({ containerPath: '/dev/x', hostPath: path });
  expect(ask(pod).node).toContainEqual({ what: 'bind', path, target: '/dev/dri/a', volume: '/dev' });
});
