import { engines as engineFacts } from '../engines/facts.ts';
import { imageVariants, type ImageVariant } from '../hosts/image/facts.ts';
import type { HostGroup } from '../plan/leases.ts';
import { runtimeFacts } from '../runtimes/facts.ts';

/** What the image of a host that we build must hold for these cells. */
export function imageVariant({ engines }: HostGroup): ImageVariant {
  const needed = engines.flatMap(({ engine, cells }) => [
    engineFacts[engine.name].hostImage,
    ...cells.map(({ runtime }) => runtimeFacts(runtime.name).hostImage ?? 'plain'),
  ]);
  return imageVariants.findLast((variant) => needed.includes(variant)) ?? 'plain';
}
