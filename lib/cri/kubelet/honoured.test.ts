import { expect, test } from 'vitest';
import { schemaOf } from '../../manifest/fields.ts';
import { pathText, type Path } from '../../manifest/path.ts';
import { allContainers } from '../../manifest/pod.ts';
import { readManifest } from '../../manifest/read.ts';
import type { Workload } from '../../manifest/workload.ts';
import { defaultNode } from './node.ts';
import { kubeletRequest } from './request.ts';

const schema = schemaOf('1.37');

/** Values that the rules take, by the end of a path; any other field gets one by its type. */
const samples: readonly (readonly [path: RegExp, value: unknown])[] = [
  [/procMount$/, 'Unmasked'],
  [/(seccomp|appArmor)Profile$/, { type: 'RuntimeDefault' }],
  [/(seccomp|appArmor)Profile\.type$/, 'RuntimeDefault'],
  [/(seccomp|appArmor)Profile\.localhostProfile$/, undefined],
  [/supplementalGroupsPolicy$/, 'Strict'],
  [/fsGroupChangePolicy$/, 'Always'],
  [/mountPropagation$/, 'HostToContainer'],
  [/recursiveReadOnly$/, 'Enabled'],
  [/sysctls$/, [{ name: 'kernel.msgmax', value: '2' }]],
  [/sysctls\.0\.name$/, 'kernel.shmmax'],
  [/volumeDevices$/, [{ name: 'disk', devicePath: '/dev/other' }]],
  [/volumeDevices\.0\.name$/, 'other-disk'],
  [/devicePath$/, '/dev/x'],
  [/mountPath$/, '/x'],
  [/volumeMounts$/, [{ name: 'more', mountPath: '/more' }]],
  [/volumeMounts\.0\.name$/, 'more'],
  [/initContainers$/, [{ name: 'init', image: 'i' }]],
  [/containers\.0\.restartPolicy$/, 'Always'],
  [/resources\.(limits|requests)$/, { memory: '3Gi' }],
  [/^spec\.resources$/, { limits: { memory: '4Gi' } }],
  [/resourceClaims$/, [{ name: 'gpu', resourceClaimName: 'other' }]],
  [/resources\.claims$/, [{ name: 'net' }]],
  [/claims\.0\.name$/, 'net'],
  [/claims\.0\.request$/, 'one'],
  [/overhead$/, { memory: '1Mi' }],
  [/dnsPolicy$/, 'None'],
  [/dnsConfig$/, { nameservers: ['192.0.2.1'] }],
  [/dnsConfig\.options$/, [{ name: 'ndots', value: '1' }]],
  [/allowPrivilegeEscalation$/, false],
  [/capabilities$/, { add: ['NET_ADMIN'] }],
  [/seLinuxOptions$/, { level: 's0' }],
  [/volumeMounts\.0\.readOnly$/, false],
  [/^spec\.containers$/, [{ name: 'other', image: 'i' }]],
  [/restartPolicy$/, 'Never'],
  [/priorityClassName$/, 'system-node-critical'],
  [/ports$/, [{ containerPort: 80 }]],
  [/protocol$/, 'UDP'],
  [/env$/, [{ name: 'A', value: 'b' }]],
  [/env\.0\.valueFrom$/, undefined],
  [/ephemeralContainers$/, undefined],
  [/terminationMessagePath$/, '/x'],
  [/volumes$/, undefined],
];

/** What a pod can only have in the host's user namespace. */
const inHost = (path: Path): boolean => path.some((key) => /^(volumeDevices|host(IPC|PID|Network))$/.test(String(key)));

/** A pod that has, of each list, one entry, so that fields of entries can be set. */
const base = (host: boolean): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod' },
  spec: {
    hostUsers: host,
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
    resourceClaims: [
      { name: 'gpu', resourceClaimName: 'gpu' },
      { name: 'net', resourceClaimName: 'net' },
    ],
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'more', emptyDir: {} },
      { name: 'disk', persistentVolumeClaim: { claimName: 'disk' } },
      { name: 'other-disk', persistentVolumeClaim: { claimName: 'disk' } },
    ],
    containers: [
      {
        name: 'c',
        image: 'i',
        securityContext: { capabilities: {}, seLinuxOptions: {} },
        resources: { limits: { cpu: '1', memory: '3Gi' }, requests: { cpu: '1', memory: '2Gi' }, claims: [{ name: 'gpu' }] },
        env: [{ name: 'A', value: 'a' }],
        ports: [{ containerPort: 1 }],
        volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
        ...(host ? { volumeDevices: [{ name: 'disk', devicePath: '/dev/disk' }] } : {}),
      },
    ],
  },
});

function sample(path: Path, type: string): unknown {
  const found = samples.find(([end]) => end.test(path.join('.')));
  if (found !== undefined) return found[1];
  if (type.startsWith('[')) return [sample([...path, 0], type.slice(1, -1))];
  if (type.startsWith('{')) return { 'example.com/key': sample([...path, 'key'], type.slice(1, -1)) };
  const fields = schema.fieldsOf(type);
  if (fields !== undefined)
    return Object.fromEntries(
      Object.entries(fields).flatMap(([key, field]) => (field.required ? [[key, sample([...path, key], field.type)]] : [])),
    );
  return { string: 'x', integer: 7, boolean: true, number: 1, quantity: '1', intOrString: 1 }[type];
}

function withValue(path: Path, value: unknown): string {
  const document = base(inHost(path));
  let here: unknown = document;
  for (const key of path.slice(0, -1)) here = Reflect.get(Object(here), key) ?? Object.assign(Object(here), { [key]: {} })[key];
  Object.assign(Object(here), { [String(path.at(-1))]: value });
  return JSON.stringify(document);
}

const read = (text: string): Workload => {
  const [workload] = readManifest(text, { file: 'pod.json', schema: '1.37' }).workloads;
  if (workload === undefined) throw new Error('no pod');
  return workload;
};

function requestOf({ pod }: Workload): string {
  const containers = allContainers(pod.spec);
  const placement = {
    uid: 'u',
    handler: '',
    // What a user of the translation takes from the pod itself.
    userNamespace: { hostId: 65_536, length: 65_536 },
    containers: new Map(containers.map(({ name, image }) => [name, { image: { reference: image, user: 'app' } }])),
    blockVolumes: new Map([
      ['disk', '/dev/loop0'],
      ['other-disk', '/dev/loop1'],
    ]),
  };
  const request = kubeletRequest(
    { ...defaultNode, version: '1.37.2', memory: 2 ** 33, dns: { ...defaultNode.dns, servers: ['192.0.2.53'] } },
    pod,
    placement,
  );
  const handled = {
    class: pod.spec.runtimeClassName,
    claims: [pod.spec.resourceClaims, pod.spec.containers.map(({ resources }) => resources.claims)],
  };
  return JSON.stringify([request, handled], (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** Fields of a type, and where an entry of it is in the pod above. */
const places: readonly (readonly [type: string, path: Path])[] = [
  ['PodSpec', ['spec']],
  ['PodSecurityContext', ['spec', 'securityContext']],
  ['PodDNSConfig', ['spec', 'dnsConfig']],
  ['Container', ['spec', 'containers', 0]],
  ['SecurityContext', ['spec', 'containers', 0, 'securityContext']],
  ['Capabilities', ['spec', 'containers', 0, 'securityContext', 'capabilities']],
  ['SELinuxOptions', ['spec', 'containers', 0, 'securityContext', 'seLinuxOptions']],
  ['ResourceRequirements', ['spec', 'containers', 0, 'resources']],
  ['ResourceClaim', ['spec', 'containers', 0, 'resources', 'claims', 0]],
  ['ContainerPort', ['spec', 'containers', 0, 'ports', 0]],
  ['VolumeMount', ['spec', 'containers', 0, 'volumeMounts', 0]],
  ['VolumeDevice', ['spec', 'containers', 0, 'volumeDevices', 0]],
];

const cases = places.flatMap(([type, at]) =>
  Object.entries(schema.fieldsOf(type) ?? {}).flatMap(([key, field]) => {
    const path = [...at, key];
    const value = schema.has(field) ? sample(path, field.type) : undefined;
    return value === undefined ? [] : [[pathText(path), path, value] as const];
  }),
);

test('there are fields of every type', () => expect(cases.length).toBeGreaterThan(100));

test.for(cases)('%s changes what is asked for, or is listed as not looked at', ([name, path, value]) => {
  const workload = read(withValue(path, value));
  const listed = workload.notLookedAt.some(
    (each) => each.path === name || each.path.startsWith(`${name}.`) || each.path.startsWith(`${name}[`),
  );
  expect({
    listed,
    changes: requestOf(workload) !== requestOf(read(JSON.stringify(base(inHost(path))))),
  }).not.toEqual({
    listed: false,
    changes: false,
  });
});
