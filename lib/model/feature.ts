import { kubelet } from '../kubelet/facts.ts';
import { cni } from '../engines/cni/facts.ts';
import { engines, type ComponentFacts, type EngineFacts, type EngineName, type FeatureRow } from '../engines/facts.ts';
import { runtimes, type RuntimeName } from '../runtimes/facts.ts';
import { keysOf } from '../util/keys-of.ts';
import { inRange } from './version.ts';

export type { FeatureRow };

type ComponentName = EngineName | RuntimeName | 'cni' | 'kubelet';
const components = { ...engines, ...runtimes, cni, kubelet } as const satisfies Record<ComponentName, ComponentFacts>;
const names = keysOf(components);

/** Something that some versions of a component can do: a row of its facts. */
export type FeatureName = (typeof components)[ComponentName]['features'][number]['feature'];

/** What is known of a component; undefined for a name that is none. */
export function componentFacts(name: string): ComponentFacts | undefined {
  const known = names.find((each) => each === name);
  return known && components[known];
}

/** Whether this version of an engine or runtime has the feature. */
export function hasFeature(component: { name: string; version: string }, name: FeatureName): boolean {
  return has(component, name);
}

/** Runs name few versions, and ask for their features at every verdict. */
const known = new Map<string, boolean>();

function has({ name: component, version }: { name: string; version: string }, name: string): boolean {
  const key = `${component} ${version} ${name}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const rows = componentFacts(component)?.features ?? [];
  const answer = rows.some((row) => row.feature === name && inRange(version, rangeOf(row)));
  if (known.size < 10_000) known.set(key, answer);
  return answer;
}

/** Who has a feature: `containerd >=1.6.0 or crio >=1.22.0`. */
export function whoHas(feature: FeatureName): string {
  return names
    .flatMap((name) =>
      (componentFacts(name)?.features ?? []).filter((row) => row.feature === feature).map((row) => `${name} ${rangeOf(row)}`),
    )
    .join(' or ');
}

/** Whether this version of an engine can tell the value of a configuration key, relative to the CRI's table. */
export function tells(engine: { name: EngineName; version: string }, key: string): boolean {
  const { untold }: EngineFacts = engines[engine.name];
  return untold === undefined || !untold.keys.test(key) || has(engine, untold.unless);
}

/** Every feature of every component, in their order. */
export function featureRows(): Array<FeatureRow & { of: ComponentName }> {
  return names.flatMap((of) => components[of].features.map((row) => ({ ...row, of })));
}

/** The versions that have it, as `>=1.7.0 <2.4.0`. */
export function rangeOf({ since, until }: Pick<FeatureRow, 'since' | 'until'>): string {
  return until === undefined ? `>=${since}` : `>=${since} <${until}`;
}
