import { posix } from 'node:path';
import { pathText, short } from '../path.ts';
import type { Rule } from './rule.ts';

const blockSources = new Set(['persistentVolumeClaim', 'ephemeral']);

/** Kubernetes pkg/apis/core/validation/validation.go: validateVolumeSource, ValidateVolumeMounts, ValidateVolumeDevices. */
export const volumeRules: readonly Rule[] = [
  function* oneSource({ spec }) {
    for (const [at, volume] of spec.volumes.entries()) {
      const sources = Object.keys(volume).filter((key) => key !== 'name' && volume[key] !== undefined);
      const [first = '', second] = sources;
      const here = ['spec', 'volumes', at];
      if (second !== undefined) yield [[...here, second], `the volume "${volume.name}" has two sources, ${first} and ${second}`];
    }
  },
  function* hostPaths({ spec }) {
    for (const [at, { hostPath }] of spec.volumes.entries()) {
      if (hostPath === undefined) continue;
      const here = ['spec', 'volumes', at, 'hostPath', 'path'];
      if (hostPath.path === '') yield [here, `${pathText(here)} is empty, and must be a path of the node`];
      if (hostPath.path.includes('\0')) yield [here, `${pathText(here)} has a character that no path may have`];
      if (hostPath.path.split('/').includes('..'))
        yield [here, `${pathText(here)} must not have "..", and is ${JSON.stringify(short(hostPath.path))}`];
    }
  },
  function* mounts({ spec }, containers) {
    const names = new Set(spec.volumes.map(({ name }) => name));
    for (const { container, path } of containers) {
      const seen = new Set<string>();
      for (const [at, mount] of container.volumeMounts.entries()) {
        const here = [...path, 'volumeMounts', at];
        if (!names.has(mount.name)) yield [[...here, 'name'], `the pod has no volume "${short(mount.name)}"`];
        if (mount.mountPath === '') yield [[...here, 'mountPath'], `${pathText(here)} has an empty mountPath`];
        if (mount.mountPath.includes(':'))
          yield [[...here, 'mountPath'], `a mountPath must not have ":", and this is ${JSON.stringify(short(mount.mountPath))}`];
        if (seen.has(mount.mountPath))
          yield [[...here, 'mountPath'], `two volumes are mounted at ${JSON.stringify(short(mount.mountPath))}`];
        seen.add(mount.mountPath);
        for (const key of ['subPath', 'subPathExpr'] as const) {
          const below = mount[key] ?? '';
          if (posix.isAbsolute(below) || below.split('/').includes('..'))
            yield [
              [...here, key],
              `${pathText([...here, key])} must lead down from the volume, and is ${JSON.stringify(short(below))}`,
            ];
        }
        if (mount.mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true)
          yield [[...here, 'mountPropagation'], 'Bidirectional mount propagation is for privileged containers alone'];
      }
    }
  },
  function* devices({ spec }, containers) {
    const volumes = new Map(spec.volumes.map((volume) => [volume.name, volume]));
    for (const { container, path } of containers) {
      const mounted = new Set(container.volumeMounts.map(({ name }) => name));
      const seen = new Set<string>();
      for (const [at, { name, devicePath }] of container.volumeDevices.entries()) {
        const here = [...path, 'volumeDevices', at];
        const volume = volumes.get(name);
        if (volume === undefined) yield [[...here, 'name'], `the pod has no volume "${short(name)}"`];
        else if (!Object.keys(volume).some((key) => blockSources.has(key) && volume[key] !== undefined))
          yield [
            [...here, 'name'],
            `the volume "${name}" cannot be a raw block device: only a persistentVolumeClaim or an ephemeral volume can`,
          ];
        if (mounted.has(name)) yield [[...here, 'name'], `the volume "${name}" is a device and a mount of the same container`];
        if (!posix.isAbsolute(devicePath) || devicePath.includes(':') || devicePath.split('/').includes('..'))
          yield [
            [...here, 'devicePath'],
            `a devicePath must be an absolute path without ":" and "..", and this is ${JSON.stringify(short(devicePath))}`,
          ];
        if (seen.has(devicePath))
          yield [[...here, 'devicePath'], `two volumes are devices at ${JSON.stringify(short(devicePath))}`];
        seen.add(devicePath);
      }
    }
  },
];
