import type { Workload } from '../manifest/workload.ts';
import { openImage } from '../probe/image/own.ts';
import type { ContainerImage } from '../try/images.ts';
import { UsageError } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';

/** Opens what `--image` names. Throws UsageError for a container that no pod has, and for what is no image. */
export async function openImages(
  flags: readonly string[],
  pods: ReadonlyArray<{ workload: Workload }>,
  signal: AbortSignal,
): Promise<AsyncDisposable & { all: ContainerImage[] }> {
  const scope = new Scope();
  const all: ContainerImage[] = [];
  try {
    for (const text of flags) {
      const [, container, file = ''] = /^(?:([a-z0-9-]+)=)?(.+)$/s.exec(text) ?? [];
      const names = pods.flatMap(({ workload: { pod } }) =>
        [...pod.spec.initContainers, ...pod.spec.containers].map(({ name }) => name),
      );
      if (container !== undefined && !names.includes(container))
        throw new UsageError(`--image ${text}: no pod has a container "${container}"; there is ${names.join(', ')}`);
      if (all.some((each) => each.container === container))
        throw new UsageError(
          `--image ${text}: ${container === undefined ? 'every container' : `the container "${container}"`} has one already`,
        );
      all.push({ ...(container === undefined ? {} : { container }), image: scope.adopt(file, await openImage(file, signal)) });
    }
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
  return { all, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}
