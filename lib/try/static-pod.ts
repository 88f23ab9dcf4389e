import { ManifestError } from '../manifest/error.ts';
import { pathText, valueAt, type Path } from '../manifest/path.ts';
import type { Workload } from '../manifest/workload.ts';

/** Objects of an API server, which a kubelet without one cannot look up (Kubernetes v1.37.2 pkg/api/pod/util.go HasAPIObjectReference). */
const ofPod = ['runtimeClassName', 'serviceAccountName', 'serviceAccount', 'imagePullSecrets', 'resourceClaims'];
/** Sources that a kubelet has by itself; behind any other is an object of the API server, a driver, a server or a registry. */
const ownVolumes = ['name', 'hostPath', 'emptyDir', 'downwardAPI', 'projected'];
const ofProjection = ['configMap', 'secret', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'];
const ofVariable = ['configMapKeyRef', 'secretKeyRef'];

/**
 * The workload as a kubelet without an API server can make its pod. Throws ManifestError with all that such a pod cannot have; the
 * place is that of the first.
 */
export function asStaticPod(workload: Workload, file: string): Workload {
  const missing = apiObjects(valueAt(workload.data, workload.podPath));
  const [first] = missing;
  if (first !== undefined) {
    const paths = missing.map((path) => pathText([...workload.podPath, ...path]));
    const names = paths.length > 8 ? [...paths.slice(0, 8), `${paths.length - 8} more`] : paths;
    throw new ManifestError(
      file,
      workload.place(first),
      `a kubelet that stands alone makes static pods, which cannot have ${names.join(', ')}: leave it out, or try without a kubelet`,
    );
  }
  // The kubelet makes every volume that is left.
  const volumes = pathText([...workload.podPath, 'spec', 'volumes']);
  return { ...workload, notLookedAt: workload.notLookedAt.filter(({ path }) => !path.startsWith(volumes)) };
}

function apiObjects(pod: unknown): Path[] {
  const items = (path: Path): Path[] => {
    const value = valueAt(pod, path);
    return Array.isArray(value) ? value.map((_, at) => [...path, at]) : [];
  };
  const named = (path: Path, keys: readonly string[]): Path[] =>
    keys.map((key) => [...path, key]).filter((each) => (valueAt(pod, each) ?? '') !== '');
  const spec = ['spec'];
  const containers = ['initContainers', 'containers'].flatMap((list) => items([...spec, list]));
  return [
    ...named(spec, ofPod),
    ...containers.flatMap((path) => [
      ...named(path, ['envFrom']),
      ...items([...path, 'env']).flatMap((each) => named([...each, 'valueFrom'], ofVariable)),
    ]),
    ...items([...spec, 'volumes']).flatMap((path) => [
      ...named(
        path,
        Object.keys(Object(valueAt(pod, path))).filter((key) => !ownVolumes.includes(key)),
      ),
      ...items([...path, 'projected', 'sources']).flatMap((each) => named(each, ofProjection)),
    ]),
  ];
}
