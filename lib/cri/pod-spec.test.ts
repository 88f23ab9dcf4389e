import { describe, expect, it } from 'vitest';
import { criClient } from './client.ts';
import { fakeCri } from '../testing/fake-cri/server.ts';
import { NamespaceMode } from './gen/cri_pb.js';
import { launchPod } from './pod.ts';
import { containerConfig, requestFacts, sandboxConfig, type PodSpec } from './pod-spec.ts';

const plain: PodSpec = { name: 'p', uid: 'u', namespace: 'n', handler: '', image: 'i' };

describe('pod specification', () => {
  it('sends id 0 as id 0 and leaves an id out that is not asked for', () => {
    const security = containerConfig({ ...plain, runAsUser: 0 }).linux?.securityContext;
    expect(security?.runAsUser?.value).toBe(0n);
    expect(security?.runAsGroup).toBeUndefined();
  });

  it('names the image a second time as the user did, as the kubelet does', () => {
    expect(containerConfig(plain).image).toMatchObject({ image: 'i', userSpecifiedImage: 'i' });
  });

  it('asks for the host network by the namespace mode of both sandbox and container', () => {
    const spec = { ...plain, hostNetwork: true };
    expect(sandboxConfig(spec).linux?.securityContext?.namespaceOptions?.network).toBe(NamespaceMode.NODE);
    expect(containerConfig(spec).linux?.securityContext?.namespaceOptions?.network).toBe(NamespaceMode.NODE);
  });

  it('maps the user namespace alike in sandbox and container', () => {
    const spec = { ...plain, userNamespace: { hostId: 100_000, length: 65_536 } };
    const sandbox = sandboxConfig(spec).linux?.securityContext?.namespaceOptions?.usernsOptions;
    expect(sandbox).toMatchObject({ mode: NamespaceMode.POD, uids: [{ hostId: 100_000, containerId: 0, length: 65_536 }] });
    expect(containerConfig(spec).linux?.securityContext?.namespaceOptions?.usernsOptions).toEqual(sandbox);
  });

  it('reaches the engine over the wire in full, and repeats the sandbox for the container', async () => {
    await using cri = await fakeCri();
    await using client = criClient({ dial: cri.dial });
    const spec: PodSpec = {
      ...plain,
      handler: 'kata',
      command: ['/bin/sleep', '9'],
      sandboxPrivileged: true,
      privileged: true,
      runAsUser: 1000,
      runAsGroup: 2000,
      supplementalGroups: [2000, 3000],
      devices: [{ hostPath: '/dev/a', containerPath: '/dev/b', permissions: 'r' }],
      cdiDevices: ['podproof.dev/char=canary'],
      sandboxAnnotations: { s: '1' },
      containerAnnotations: { c: '2' },
      mounts: [{ hostPath: '/h', containerPath: '/m', readonly: true }],
      addCapabilities: ['IPC_LOCK'],
      hugepages: [{ pageSize: '2MB', limit: 4 * 1024 * 1024 }],
      cgroupParent: '/podproof',
      memoryLimit: 64 * 1024 * 1024,
      logDirectory: '/run/logs',
    };
    await using _pod = await launchPod(client, spec);
    const [run, created] = cri.calls.map(({ request }) => request);
    const sandbox = {
      metadata: { name: 'p', uid: 'u', namespace: 'n' },
      annotations: { s: '1' },
      logDirectory: '/run/logs',
      linux: { cgroupParent: '/podproof', securityContext: { privileged: true, supplementalGroups: [2000n, 3000n] } },
    };
    expect(run).toMatchObject({ runtimeHandler: 'kata', config: sandbox });
    expect(created).toMatchObject({
      sandboxConfig: sandbox,
      config: {
        image: { image: 'i' },
        command: ['/bin/sleep', '9'],
        annotations: { c: '2' },
        mounts: [{ hostPath: '/h', containerPath: '/m', readonly: true }],
        devices: [{ hostPath: '/dev/a', containerPath: '/dev/b', permissions: 'r' }],
        CDIDevices: [{ name: 'podproof.dev/char=canary' }],
        linux: {
          resources: { memoryLimitInBytes: 67_108_864n, hugepageLimits: [{ pageSize: '2MB', limit: 4_194_304n }] },
          securityContext: {
            privileged: true,
            capabilities: { addCapabilities: ['IPC_LOCK'] },
            runAsUser: { value: 1000n },
            runAsGroup: { value: 2000n },
            supplementalGroups: [2000n, 3000n],
          },
        },
      },
    });
  });

  it('is recorded as the first layer of each device', () => {
    expect(
      requestFacts({ ...plain, runAsUser: 1000, maskedPaths: ['/proc/kcore'], sandboxAnnotations: { a: '1' } }, '777'),
    ).toEqual({
      handler: '',
      privileged: false,
      sandboxPrivileged: false,
      runAsUser: 1000,
      supplementalGroups: [],
      imageUser: '777',
      devices: [],
      cdiDevices: [],
      annotations: { a: '1' },
      hostNetwork: false,
      userNamespace: false,
      maskedPaths: ['/proc/kcore'],
      readonlyPaths: [],
    });
  });
});
