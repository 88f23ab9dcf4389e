import type { Path } from '../path.ts';
import type { PlacedContainer, Pod } from '../pod.ts';

/** What the API server would refuse, as paths in the pod. */
export type Rule = (pod: Pod, containers: readonly PlacedContainer[]) => Iterable<[path: Path, sentence: string]>;
