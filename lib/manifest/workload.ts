import type { Place } from './error.ts';
import type { Path } from './path.ts';
import type { Pod } from './pod.ts';

/** A document of a manifest that makes pods. */
export interface Workload {
  /** `Deployment`, `Pod`, …: the kind of the document. */
  kind: string;
  name: string;
  namespace: string;
  /** Its pod; the metadata are those that the pod gets, name and namespace included. */
  pod: Pod;
  /** Where the pod is in the document: `[]` of a Pod, `['spec', 'template']` of a Deployment. */
  podPath: Path;
  /** The document as a plain value: what a patch is applied to before `podOf` reads its pod again. */
  data: unknown;
  /** Line and column of a value of the pod, or of the nearest value around it: `place(['spec', 'containers', 0, 'image'])`. */
  place: (path: Path) => Place;
  /** What the document holds and nothing here looks at, in its order. */
  notLookedAt: readonly NotLookedAt[];
}

/** A field that is set, and that changes nothing of what is tried. */
export interface NotLookedAt {
  /** Path in the document: `spec.template.spec.tolerations`. */
  path: string;
  place: Place;
  /** Why it is not: for all fields of one group the same sentence. */
  why: string;
}
