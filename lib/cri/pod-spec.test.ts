import { describe, expect, it } from 'vitest';
import { criClient } from './client.ts';
import { fakeCri } from '../testing/fake-cri/server.ts';
import { NamespaceMode } from './gen/cri_pb.js';
import { launchPod } from './pod.ts';
import { containerConfig, sandboxConfig, type PodSpec } from './pod-spec.ts';
import { requestFacts } from './request-facts.ts';

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
      mounts: [{ hostPath: '/h', containerPath: '/m', readonly: true }],
      addCapabilities: ['IPC_LOCK'],
      hugepages: [{ pageSize: '2MB', limit: 4 * 1024 * 1024 }],
      cgroupParent: '/podproof',
    };
    await using _pod = await launchPod(client, spec);
    const [run, created] = cri.calls.map(({ request }) => request);
    const sandbox = {
      metadata: { name: 'p', uid: 'u', namespace: 'n' },
      annotations: { s: '1' },
      linux: { cgroupParent: '/podproof', securityContext: { privileged: true, supplementalGroups: [2000n, 3000n] } },
    };
    expect(run).toMatchObject({ runtimeHandler: 'kata', config: sandbox });
    expect(created).toMatchObject({
      sandboxConfig: sandbox,
      config: {
        image: { image: 'i' },
        command: ['/bin/sleep', '9'],
        mounts: [{ hostPath: '/h', containerPath: '/m', readonly: true }],
        devices: [{ hostPath: '/dev/a', containerPath: '/dev/b', permissions: 'r' }],
        CDIDevices: [{ name: 'podproof.dev/char=canary' }],
        linux: {
          resources: { hugepageLimits: [{ pageSize: '2MB', limit: 4_194_304n }] },
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

  it('keeps a container from what a kubelet keeps it from, unless it is privileged', () => {
    const security = containerConfig(plain).linux?.securityContext;
    expect(security?.maskedPaths).toEqual(expect.arrayContaining(['/proc/kcore', '/sys/devices/virtual/powercap']));
    expect(security?.readonlyPaths).toContain('/proc/sys');
    expect(containerConfig({ ...plain, privileged: true }).linux?.securityContext).toMatchObject({
      maskedPaths: [],
      readonlyPaths: [],
    });
  });

  it('leaves it to the engine what a user, a profile and shares of CPU and memory are', () => {
    const { linux } = containerConfig({ ...plain, runAsGroup: 5 });
    expect(linux?.securityContext?.runAsUser).toBeUndefined();
    expect(linux?.securityContext?.seccomp).toBeUndefined();
    expect(linux?.resources).toMatchObject({ cpuShares: 0n, oomScoreAdj: 0n, unified: {}, hugepageLimits: [] });
    expect(sandboxConfig(plain).linux).not.toHaveProperty('resources');
  });

  it('is recorded as the first layer of each device', () => {
    const spec = { ...plain, runAsUser: 1000, sandboxAnnotations: { a: '1' } };
    const asked = { handler: '', sandbox: sandboxConfig(spec), container: containerConfig(spec) };
    const { annotations, maskedPaths, readonlyPaths, ...facts } = requestFacts({ ...asked, imageUser: 777 });
    expect(annotations).toMatchObject({ a: '1' });
    expect([...maskedPaths, ...readonlyPaths]).toEqual(expect.arrayContaining(['/proc/kcore', '/proc/sys']));
    expect(facts).toEqual({
      ...{ handler: '', privileged: false, sandboxPrivileged: false, runAsUser: 1000, supplementalGroups: [] },
      ...{ imageUser: '777', devices: [], cdiDevices: [], hostNetwork: false, userNamespace: false },
    });
  });

  it('of nobody is recorded as asking for nothing', () => {
    expect(requestFacts({ handler: 'h' })).toMatchObject({ handler: 'h', privileged: false, devices: [], maskedPaths: [] });
  });
});
