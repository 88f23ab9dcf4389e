import { randomBytes } from 'node:crypto';
import type { PodSpec } from '../cri/pod-spec.ts';
import { podCgroup, type CgroupDriver } from '../model/cgroup-driver.ts';
import type { Fixtures } from '../model/fixtures.ts';
import { hasGuest } from '../runtimes/facts.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { FixtureName, PodScenario, ProbeAttempt } from '../suite/scenario.ts';

/** A scenario in the words of the CRI, for one handler and one host's fixtures. */
export function podSpec(
  scenario: PodScenario,
  where: {
    handler: string;
    cell: CellFacts;
    fixtures: Fixtures;
    images: { root: string; user777: string };
    cgroupDriver: CgroupDriver;
  },
): PodSpec {
  const { pod } = scenario;
  const uid = randomBytes(8).toString('hex');
  return {
    name: `podproof-${scenario.id}-${uid.slice(0, 6)}`,
    uid,
    namespace: 'podproof',
    // What it has of resources is no request of CPU or memory, so that the kubelet would guarantee it nothing.
    cgroupParent: podCgroup(where.cgroupDriver, 'besteffort', uid),
    handler: where.handler,
    image: pod.imageUser === undefined ? where.images.root : where.images.user777,
    hostNetwork: sharesHostNetwork(scenario, where.cell),
    privileged: pod.privileged ?? false,
    sandboxPrivileged: pod.sandboxPrivileged ?? pod.privileged ?? false,
    ...{ runAsUser: pod.runAsUser, runAsGroup: pod.runAsGroup },
    supplementalGroups: pod.supplementalGroups ?? [],
    addCapabilities: pod.capabilities ?? [],
    devices: (pod.devices ?? [])
      .filter(({ needs }) => needs?.unmet(where.cell) === undefined)
      .map((device) => {
        const hostPath = fixturePath(where.fixtures, device.fixture);
        return { hostPath, containerPath: device.at ?? hostPath, permissions: device.permissions ?? 'rwm' };
      }),
    cdiDevices: pod.cdiDevices ?? [],
    sandboxAnnotations: pod.annotations ?? {},
    ...(pod.hugepages === true
      ? {
          mounts: [{ hostPath: fixturePath(where.fixtures, 'hugepages'), containerPath: '/dev/hugepages' }],
          hugepages: [{ pageSize: '2MB', limit: 4 * 1024 * 1024 }],
        }
      : {}),
    appArmor: pod.appArmor,
    userNamespace: pod.userNamespace === true ? { hostId: 65_536, length: 65_536 } : undefined,
  };
}

/** Whether the pod has the network namespace of its host, which neither a guest nor a user namespace can share. */
export function sharesHostNetwork({ pod }: Pick<PodScenario, 'pod'>, { runtime }: Pick<CellFacts, 'runtime'>): boolean {
  return pod.userNamespace !== true && !hasGuest(runtime);
}

/** The probe's arguments: `open:r:/dev/x`, `mknod:/tmp/n:c:10:229`, `canary:/dev/x`, `writable:/dev/hugepages/f`, `disks:/dev`. */
export function probeArguments(
  attempts: readonly ProbeAttempt[],
  spec: Pick<PodSpec, 'devices'>,
  fixtures: Fixtures,
  numbers: ReadonlyMap<string, string>,
): string[] {
  return attempts.map((attempt) => {
    const path = typeof attempt.path === 'string' ? attempt.path : inContainer(spec, fixturePath(fixtures, attempt.path.fixture));
    switch (attempt.what) {
      case 'read':
        return `open:r:${path}`;
      case 'write':
        return `open:w:${path}`;
      case 'canary':
        return `canary:${path}`;
      case 'writable':
        return `writable:${path}`;
      case 'disks':
        return `disks:${path}`;
      case 'mknod': {
        const like = attempt.like === undefined ? undefined : numbers.get(fixturePath(fixtures, attempt.like));
        if (like === undefined)
          throw new Error(`Cannot try mknod of ${path}: the host has no numbers for the fixture "${attempt.like ?? 'none'}"`);
        return `mknod:${path}:${like}`;
      }
    }
  });
}

function inContainer(spec: Pick<PodSpec, 'devices'>, hostPath: string): string {
  return spec.devices?.find((device) => device.hostPath === hostPath)?.containerPath ?? hostPath;
}

function fixturePath(fixtures: Fixtures, name: FixtureName): string {
  const path = fixtures[name];
  if (path === null) throw new Error(`Cannot make a pod with the fixture "${name}": this host has none`);
  return path;
}
