import { pathText } from '../path.ts';
import type { Rule } from './rule.ts';

const highest = 2 ** 31 - 1;

/** Kubernetes pkg/apis/core/validation/validation.go: validatePodSpecSecurityContext, ValidateSecurityContext, validateHostUsers. */
export const securityRules: readonly Rule[] = [
  function* ids({ spec: { securityContext: pod = {} } }, containers) {
    const contexts = [
      {
        path: ['spec', 'securityContext'],
        context: { runAsUser: pod.runAsUser, runAsGroup: pod.runAsGroup, fsGroup: pod.fsGroup },
      },
      ...containers.map(({ container: { securityContext: own = {} }, path }) => ({
        path: [...path, 'securityContext'],
        context: { runAsUser: own.runAsUser, runAsGroup: own.runAsGroup },
      })),
      {
        path: ['spec', 'securityContext', 'supplementalGroups'],
        context: Object.fromEntries((pod.supplementalGroups ?? []).entries()),
      },
    ];
    for (const { path, context } of contexts)
      for (const [key, id] of Object.entries(context)) {
        const here = [...path, /^\d+$/.test(key) ? Number(key) : key];
        if (id !== undefined && (id < 0 || id > highest))
          yield [here, `${pathText(here)} must be between 0 and ${highest}, and is ${id}`];
      }
  },
  function* escalation(_, containers) {
    for (const { container, path } of containers) {
      const { privileged, allowPrivilegeEscalation, capabilities } = container.securityContext ?? {};
      if (allowPrivilegeEscalation !== false) continue;
      const here = [...path, 'securityContext', 'allowPrivilegeEscalation'];
      if (privileged === true) yield [here, 'allowPrivilegeEscalation cannot be false in a privileged container'];
      if (capabilities?.add.some((name) => /^(CAP_)?SYS_ADMIN$/.test(name)) === true)
        yield [here, 'allowPrivilegeEscalation cannot be false in a container with the capability SYS_ADMIN'];
    }
  },
  function* profiles({ spec }, containers) {
    const contexts = [
      { path: ['spec', 'securityContext'], context: spec.securityContext },
      ...containers.map(({ container, path }) => ({ path: [...path, 'securityContext'], context: container.securityContext })),
    ];
    for (const { path, context } of contexts)
      for (const key of ['seccompProfile', 'appArmorProfile'] as const) {
        const profile = context?.[key];
        const here = [...path, key];
        const named = (profile?.localhostProfile ?? '') !== '';
        if (profile?.type === 'Localhost' && !named)
          yield [here, `${pathText(here)} is of type Localhost, and has no localhostProfile`];
        if (profile !== undefined && profile.type !== 'Localhost' && named)
          yield [[...here, 'localhostProfile'], `${pathText(here)} is of type ${profile.type}, which has no localhostProfile`];
      }
  },
  function* userNamespace({ spec }, containers) {
    if (spec.hostUsers !== false) {
      for (const { container, path } of containers)
        if (container.securityContext?.procMount === 'Unmasked')
          yield [[...path, 'securityContext', 'procMount'], 'procMount can be Unmasked only where hostUsers is false'];
      return;
    }
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
      if (spec[key] === true) yield [['spec', key], `${key} cannot be true where hostUsers is false`];
    for (const { container, path } of containers)
      if (container.volumeDevices.length > 0)
        yield [[...path, 'volumeDevices'], 'a pod whose hostUsers is false cannot have raw block volumes'];
  },
  function* processes({ spec }) {
    if (spec.shareProcessNamespace === true && spec.hostPID === true)
      yield [['spec', 'shareProcessNamespace'], 'shareProcessNamespace and hostPID cannot both be true'];
  },
  function* sysctls({ spec }) {
    for (const [at, { name }] of (spec.securityContext?.sysctls ?? []).entries()) {
      const here = ['spec', 'securityContext', 'sysctls', at, 'name'];
      if (!/^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/.test(name) || name.length > 253)
        yield [here, `${JSON.stringify(name.slice(0, 60))} is no name of a sysctl`];
      if (spec.hostNetwork === true && name.startsWith('net.'))
        yield [here, `the sysctl ${name} cannot be set in the network of the node`];
    }
  },
];
