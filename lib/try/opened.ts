import type { Pod } from '../manifest/pod.ts';

/** Where on the host the stand-ins are that device plugins hand out. */
export const standInDirectory = '/dev/podproof/try';

/** Where the node of a path stands with a mode for everybody: pods beside it mount the node itself, which keeps its own. */
export function openedPath(path: string): string {
  return `${standInDirectory}/opened${path}`;
}

/** The pod with these nodes in place of those that it mounts from the host. */
export function mountingOpened(pod: Pod, devices: readonly { origin: { kind: string; volume?: string } }[]): Pod {
  const mounted = new Set(devices.flatMap(({ origin }) => (origin.kind === 'hostPath' ? [origin.volume] : [])));
  const volumes = pod.spec.volumes.map((volume) =>
    volume.hostPath === undefined || !mounted.has(volume.name)
      ? volume
      : { ...volume, hostPath: { ...volume.hostPath, path: openedPath(volume.hostPath.path) } },
  );
  return { ...pod, spec: { ...pod.spec, volumes } };
}
