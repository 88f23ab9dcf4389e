import type { Path } from '../../manifest/path.ts';
import type { Container, Pod } from '../../manifest/pod.ts';
import { kubeletHas, type KubeletFeature } from './facts.ts';
import type { KubeletNode } from './node.ts';

/** A field of a pod that a cluster of this version accepts, and leaves out, as its gate is closed. */
export interface IgnoredField {
  path: Path;
  feature: KubeletFeature;
}

/** The fields of a pod, by the gate that decides whether the API server keeps them (Kubernetes pkg/api/pod/util.go, dropDisabledFields). */
export function ignoredFields(node: KubeletNode, { spec }: Pod): IgnoredField[] {
  const { securityContext: context, resources } = spec;
  const found: [KubeletFeature, Path, set: boolean][] = [
    ['user-namespaces', ['spec', 'hostUsers'], spec.hostUsers === false],
    ['groups-policy', ['spec', 'securityContext', 'supplementalGroupsPolicy'], context?.supplementalGroupsPolicy === 'Strict'],
    ['hostname-override', ['spec', 'hostnameOverride'], spec.hostnameOverride !== undefined],
    ['pod-level-resources', ['spec', 'resources'], Object.keys({ ...resources.limits, ...resources.requests }).length > 0],
    ...eachContainer(spec).flatMap(({ container, path }): [KubeletFeature, Path, boolean][] => [
      ['sidecars', [...path, 'restartPolicy'], container.restartPolicy === 'Always'],
      ['unmasked-proc', [...path, 'securityContext', 'procMount'], container.securityContext?.procMount === 'Unmasked'],
      ...container.volumeMounts.map((mount, at): [KubeletFeature, Path, boolean] => [
        'recursive-read-only',
        [...path, 'volumeMounts', at, 'recursiveReadOnly'],
        mount.recursiveReadOnly === 'Enabled',
      ]),
    ]),
  ];
  return found.flatMap(([feature, path, set]) => (set && !kubeletHas(node, feature) ? [{ feature, path }] : []));
}

function eachContainer({ initContainers, containers }: Pod['spec']): { container: Container; path: Path }[] {
  return [
    ...initContainers.map((container, at) => ({ container, path: ['spec', 'initContainers', at] })),
    ...containers.map((container, at) => ({ container, path: ['spec', 'containers', at] })),
  ];
}
