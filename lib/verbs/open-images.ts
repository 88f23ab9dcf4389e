import { allContainers } from '../manifest/pod.ts';
import type { Workload } from '../manifest/workload.ts';
import { openImage } from '../probe/image/own.ts';
import type { ContainerImage } from '../try/images.ts';
import { UsageError } from '../util/errors.ts';
import { scoped } from '../util/scope.ts';

/** Opens what `--image` names. Throws UsageError for a container that no pod has, and for what is no image. */
export async function openImages(
  flags: readonly string[],
  pods: ReadonlyArray<{ workload: Workload }>,
  signal: AbortSignal,
): Promise<AsyncDisposable & { all: ContainerImage[] }> {
  const names = pods.flatMap(({ workload: { pod } }) => allContainers(pod.spec).map(({ name }) => name));
  return scoped(async (scope) => {
    const all: ContainerImage[] = [];
    for (const text of flags) {
      const [, container, file = ''] = /^(?:([a-z0-9-]+)=)?(.+)$/s.exec(text) ?? [];
      if (container !== undefined && !names.includes(container))
        throw new UsageError(`--image ${text}: no pod has a container "${container}"; there is ${names.join(', ')}`);
      if (all.some((each) => each.container === container))
        throw new UsageError(
          `--image ${text}: ${container === undefined ? 'every container' : `the container "${container}"`} has one already`,
        );
      all.push({ container, image: scope.adopt(file, await openImage(file, signal)) });
    }
    return { all };
  });
}
