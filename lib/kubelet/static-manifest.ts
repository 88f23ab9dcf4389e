import { z } from 'zod';

const Container = z.looseObject({ name: z.string() });
const PodManifest = z.looseObject({
  metadata: z.looseObject({}),
  spec: z.looseObject({ containers: z.array(Container).min(1), initContainers: z.array(Container).optional() }),
});

/** What a container runs in place of its own: fields of its specification. */
export type Running = { image: string; command: string[] } & Record<string, unknown>;

/** The probe's image in place of what containers run: those of a pod go on, and init containers end. */
export function probeIn(image: string): (container: string, role: 'init' | 'main') => Running {
  return (_, role) => ({ image, command: [role === 'init' ? '/bin/true' : '/pause'], args: [] });
}

/**
 * The manifest of a pod under this name, with something else in place of what its containers run. Nothing else is changed. Beside it the
 * name of the first container. Throws ZodError for what is no pod.
 */
export function staticManifest(
  pod: unknown,
  name: string,
  runs: ReturnType<typeof probeIn>,
): { manifest: string; container: string } {
  const { metadata, spec, ...rest } = PodManifest.parse(pod);
  const of = (role: 'init' | 'main') => (container: z.infer<typeof Container>) => ({
    ...container,
    ...runs(container.name, role),
  });
  const manifest = JSON.stringify({
    ...rest,
    metadata: { ...metadata, name },
    spec: {
      ...spec,
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(of('init')) }),
      containers: spec.containers.map(of('main')),
    },
  });
  return { manifest, container: spec.containers[0]?.name ?? '' };
}
