import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { kubeletRequest } from '../../../cri/kubelet/request.ts';
import { defaultNode } from '../../../cri/kubelet/node.ts';
import { allContainers } from '../../../manifest/pod.ts';
import { readManifest } from '../../../manifest/read.ts';
import type { Workload } from '../../../manifest/workload.ts';
import { brokenManifests } from '../../broken-manifests.ts';
import { refusing, type Target } from '../target.ts';

const folder = new URL('../../manifests/', import.meta.url);
const versions = ['1.28', '1.33', '1.37'];

/** A refusal is one line that a terminal shows as it is, and says where the fault is. */
const refusal = /^pod\.yaml:[1-9]\d*:[1-9]\d*: [^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u;

/** Asks for the pod as each kubelet would, and looks at what a manifest must not decide. */
function ask({ pod, place, notLookedAt }: Workload): void {
  for (const version of versions) {
    const containers = allContainers(pod.spec);
    const blocks = new Map(pod.spec.volumes.map(({ name }) => [name, '/dev/loop0']));
    const request = kubeletRequest({ ...defaultNode, version, memory: 2 ** 33 }, pod, {
      uid: '0-1',
      handler: '',
      containers: new Map(containers.map(({ name }) => [name, { image: { reference: 'image' } }])),
      blockVolumes: blocks,
    });
    for (const { what, path } of request.node) {
      if (what === 'hostPath') continue;
      if (!/^\/var\/(lib\/kubelet\/pods|log\/pods)\/[^/]/.test(path) || posix.normalize(path) !== path)
        throw new Error(`the kubelet would make ${JSON.stringify(path)}`);
    }
    for (const { config } of request.containers)
      for (const { hostPath } of config.mounts)
        if (hostPath.split('/').includes('..')) throw new Error(`a mount leads up: ${JSON.stringify(hostPath)}`);
  }
  for (const { path, place: at } of [...notLookedAt, { path: '', place: place(['spec', 'nothing', 7]) }])
    if (at.line < 1 || at.column < 1 || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(path))
      throw new Error(`a place that is none: ${JSON.stringify({ path, at })}`);
}

export const manifestTargets: Target[] = [
  {
    name: 'manifest',
    async corpus() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
      const whole = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
      return [...whole, ...whole, ...brokenManifests.map(({ text }) => text).filter((text) => text.length < 2_000)];
    },
    open: async () => ({
      try(text) {
        const manifest = refusing(refusal, () => readManifest(text, { file: 'pod.yaml', schema: '1.37' }));
        for (const workload of manifest?.workloads ?? []) ask(workload);
      },
    }),
  },
];
