import { pathText, type Path } from '../manifest/path.ts';
import type { Pod, SecurityContext } from '../manifest/pod.ts';
import type { NotLookedAt, Workload } from '../manifest/workload.ts';

const annotation = /^container\.apparmor\.security\.beta\.kubernetes\.io\//;
const why = 'is a file of the node; the default of the engine stands in for it';

/** A workload whose pod can run where the profiles of its node are not: RuntimeDefault stands in for them, and they are listed. */
export function withoutNodeProfiles(workload: Workload): Workload {
  const found: Path[] = [];
  const { metadata, spec } = workload.pod;
  const standIn = <Context extends Pick<SecurityContext, 'seccompProfile' | 'appArmorProfile'>>(
    context: Context | undefined,
    path: Path,
  ): Context | undefined => {
    if (context === undefined) return undefined;
    const changed = { ...context };
    for (const key of ['seccompProfile', 'appArmorProfile'] as const) {
      if (context[key]?.type !== 'Localhost') continue;
      changed[key] = { type: 'RuntimeDefault' };
      found.push([...path, 'securityContext', key]);
    }
    return changed;
  };
  const containers = (list: 'initContainers' | 'containers'): Pod['spec']['containers'] =>
    spec[list].map((container, at) => ({
      ...container,
      securityContext: standIn(container.securityContext, ['spec', list, at]),
    }));
  const pod: Pod = {
    metadata: {
      ...metadata,
      annotations: Object.fromEntries(
        Object.entries(metadata.annotations).map(([key, value]) => {
          if (!annotation.test(key) || !value.startsWith('localhost/')) return [key, value];
          found.push(['metadata', 'annotations', key]);
          return [key, 'runtime/default'];
        }),
      ),
    },
    spec: {
      ...spec,
      securityContext: standIn(spec.securityContext, ['spec']),
      initContainers: containers('initContainers'),
      containers: containers('containers'),
    },
  };
  const listed = found.map((path): NotLookedAt => ({
    path: pathText([...workload.podPath, ...path]),
    place: workload.place(path),
    why,
  }));
  return found.length === 0 ? workload : { ...workload, pod, notLookedAt: [...workload.notLookedAt, ...listed] };
}
