import { pathText, short } from '../path.ts';
import type { Rule } from './rule.ts';

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Why a text is no name of a container or volume (RFC 1123 label); undefined when it is one. */
function reasonNotLabel(name: string): string | undefined {
  return label.test(name)
    ? undefined
    : 'must be at most 63 small letters, digits and dashes, with a letter or digit at both ends';
}

/** Kubernetes pkg/apis/core/validation/validation.go: validateContainerCommon, validateContainers, validateEnv, validateContainerPorts. */
export const nameRules: readonly Rule[] = [
  function* atLeastOne({ spec }) {
    if (spec.containers.length === 0) yield [['spec', 'containers'], 'the pod has no containers, and needs one at least'];
  },
  function* named(_, containers) {
    const seen = new Set<string>();
    for (const { container, path } of containers) {
      const here = [...path, 'name'];
      const reason = reasonNotLabel(container.name);
      if (reason !== undefined) yield [here, `the name ${JSON.stringify(short(container.name))} of a container ${reason}`];
      if (seen.has(container.name)) yield [here, `two containers have the name "${container.name}"`];
      seen.add(container.name);
    }
  },
  function* withImage(_, containers) {
    for (const { container, path } of containers) {
      if (container.image === '') yield [path, `${pathText(path)} has no image, which a pod requires`];
      else if (container.image !== container.image.trim())
        yield [[...path, 'image'], `the image ${JSON.stringify(short(container.image))} has blanks around it`];
    }
  },
  function* ports({ spec }, containers) {
    for (const { container, path } of containers)
      for (const [at, { containerPort, hostPort = containerPort }] of container.ports.entries())
        for (const [key, port] of Object.entries({ containerPort, hostPort })) {
          const here = [...path, 'ports', at, key];
          if (port < 1 || port > 65_535) yield [here, `${pathText(here)} must be between 1 and 65535, and is ${port}`];
          else if (spec.hostNetwork === true && hostPort !== containerPort)
            yield [here, 'with hostNetwork, hostPort must equal containerPort'];
        }
  },
  function* variables(_, containers) {
    for (const { container, path } of containers)
      for (const [at, { name, value = '', valueFrom }] of container.env.entries()) {
        const here = [...path, 'env', at];
        if (name === '' || name.includes('=') || name.includes('\0'))
          yield [here, `${JSON.stringify(short(name))} is no name of a variable`];
        if (value !== '' && valueFrom !== undefined) yield [here, `the variable ${short(name)} has both value and valueFrom`];
      }
  },
  function* volumes({ spec }) {
    const seen = new Set<string>();
    for (const [at, { name }] of spec.volumes.entries()) {
      const here = ['spec', 'volumes', at, 'name'];
      const reason = reasonNotLabel(name);
      if (reason !== undefined) yield [here, `the name ${JSON.stringify(short(name))} of a volume ${reason}`];
      if (seen.has(name)) yield [here, `two volumes have the name "${name}"`];
      seen.add(name);
    }
  },
];
