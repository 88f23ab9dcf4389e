import { randomBytes } from 'node:crypto';
import type { CriClient } from '../cri/client.ts';
import type { KubeletRequest } from '../cri/kubelet/request.ts';
import { containerOf } from '../cri/pod.ts';
import { handlerName } from '../engines/engine.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import { runningId } from '../kubelet/pods.ts';
import { containerRequest } from '../kubelet/requests.ts';
import { staticManifest } from '../kubelet/static-manifest.ts';
import { askedBy } from '../kubelet/work.ts';
import type { Pod } from '../manifest/pod.ts';
import { kubeletPod, requestsFor } from '../run/kubelet-pod.ts';
import { scoped } from '../util/scope.ts';
import { pauseIn } from './by-engine.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import { makeNodeObjects } from './node-objects.ts';
import type { Place } from './place.ts';
import type { TrialKubelet } from './trial-kubelet.ts';
import type { Way } from './way.ts';

/** Gives the pod to a kubelet as a static pod. Its device plugins hand out what the fix says. */
export function byKubelet(
  place: Place,
  { context, plugins }: TrialKubelet,
  client: CriClient,
  pod: Pod,
  { request, devices, fix }: { request: KubeletRequest; devices: readonly PlacedDevice[]; fix: Fix | undefined },
): Way {
  const { setting, cell, engine, signal } = place;
  const handler = handlerName(cell.runtime, engine.spec.options.defaultHandler);
  const name = `${pod.metadata.name}-${randomBytes(3).toString('hex')}`;
  const { manifest } = staticManifest(plainPod(pod), name, (container) => {
    const { reference, own } = place.imageOf(container);
    const waits = { image: reference, command: [pauseIn(own)], args: [], stdin: false, stdinOnce: false, tty: false };
    // The probe's own image lacks the directories of others.
    return own === true ? waits : { ...waits, workingDir: '' };
  });
  return {
    handler,
    begin: () =>
      scoped(async (scope) => {
        // What a node has and this host may lack; the kubelet makes the rest, and looks at each.
        const paths = request.node.filter(({ what }) => what === 'hostPath');
        const own = hostKindFacts(cell.host.spec).ownMachine;
        scope.adopt('paths of the node', await makeNodeObjects(setting.host, paths, { directories: [], own }));
        plugins.give(pod, devices, fix);
        const where = { remote: setting.host, signal };
        const made = scope.adopt('the pod of the kubelet', await kubeletPod(context, where, { name, manifest }));
        return {
          async run(container) {
            const seen = await made.once((status) => runningId(status, container.name) !== undefined);
            const asked = containerRequest(await made.requests(), container.name);
            return containerOf(client, {
              pod: name,
              sandboxId: asked?.podSandboxId ?? '',
              containerId: runningId(seen, container.name) ?? '',
            });
          },
          end: async ({ containerId }) => void (await client.runtime.stopContainer({ containerId, timeout: 10n }, { signal })),
        };
      }),
    async asked(container, probe) {
      const requests = await requestsFor(context, name);
      const work = { manifest, allocations: plugins.given(requests), requests };
      return askedBy(context, work, container, { handler, probe });
    },
    neutral: (words) => words.replaceAll(name, pod.metadata.name).replaceAll(/\b[0-9a-f]{32}\b/g, 'UID'),
  };
}

/** A pod as a file of one; what is empty is left out where a kubelet would take it for something. */
function plainPod({ metadata, spec: { resources, overhead, ...spec } }: Pod): object {
  const limited = Object.keys({ ...resources.requests, ...resources.limits }).length > 0;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata },
    spec: { ...spec, ...(limited ? { resources } : {}), ...(Object.keys(overhead).length > 0 ? { overhead } : {}) },
  };
}
