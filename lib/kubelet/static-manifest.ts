import { parse } from 'yaml';
import { z } from 'zod';

const Container = z.looseObject({ name: z.string(), image: z.string() });
const PodManifest = z.looseObject({
  metadata: z.looseObject({}),
  spec: z.looseObject({ containers: z.array(Container).min(1), initContainers: z.array(Container).optional() }),
});

/**
 * The manifest of a pod under this name, with the probe's image in place of what its containers run: those of a pod go on, and init
 * containers end. Nothing else is changed. Beside it the name of the first container. Throws ZodError for what is no pod.
 */
export function staticManifest(
  text: string,
  { name, image }: { name: string; image: string },
): { manifest: string; container: string } {
  const { metadata, spec, ...rest } = PodManifest.parse(parse(text));
  const running = (container: z.infer<typeof Container>, command: string[]) => ({ ...container, image, command, args: [] });
  const manifest = JSON.stringify({
    ...rest,
    metadata: { ...metadata, name },
    spec: {
      ...spec,
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map((each) => running(each, ['/bin/true'])) }),
      containers: spec.containers.map((each) => running(each, ['/pause'])),
    },
  });
  return { manifest, container: spec.containers[0]?.name ?? '' };
}
