import type { CriClient } from '../cri/client.ts';
import { crictlConfigs } from '../cri/crictl.ts';
import type { ContainerConfig } from '../cri/gen/cri_pb.js';
import { podDirectory, podLogDirectory } from '../cri/kubelet/names.ts';
import type { KubeletRequest } from '../cri/kubelet/request.ts';
import type { Placement } from '../cri/kubelet/placement.ts';
import { launchSandbox } from '../cri/pod.ts';
import { requestFacts } from '../cri/request-facts.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import type { Pod } from '../manifest/pod.ts';
import { Replay } from '../model/observation.ts';
import { podCgroups } from '../run/pod-cgroup.ts';
import { scoped } from '../util/scope.ts';
import { KubeletRefusal, makeNodeObjects } from './node-objects.ts';
import type { Place } from './place.ts';
import type { Way } from './way.ts';

/** Asks the engine itself for the pod, as a kubelet would. */
export function byEngine(
  place: Place,
  client: CriClient,
  pod: Pod,
  { request, placement }: { request: KubeletRequest; placement: Placement },
): Way {
  const { setting, node, cell, signal } = place;
  const { uid } = placement;
  const { handler, sandbox: config } = request;
  const probed = new Map(request.containers.map(({ name, config: own }) => [name, withProbe(own, place.imageOf(name).own)]));
  const configOf = (name: string): ContainerConfig => {
    const own = probed.get(name);
    if (own === undefined) throw new Error(`Cannot start ${name}: the pod has no such container`);
    return own;
  };
  return {
    handler,
    begin: () =>
      scoped(async (scope) => {
        const refused = request.containers.find((container) => container.refused !== undefined)?.refused;
        if (refused !== undefined) throw new KubeletRefusal(refused);
        const objects = await makeNodeObjects(setting.host, request.node, {
          directories: [podDirectory(node, placement), podLogDirectory(node, pod, placement)],
          own: hostKindFacts(cell.host.spec).ownMachine,
        });
        scope.adopt('the volumes of the pod', objects);
        const cgroups = scope.adopt('the control groups', podCgroups(setting.host));
        const cgroup = cgroups.of(request.sandbox.linux?.cgroupParent);
        scope.onRelease('the control group of the pod', async () => cgroup[Symbol.dispose]());
        const labels = { 'io.kubernetes.pod.uid': uid };
        const sandbox = scope.adopt(
          'the sandbox',
          await launchSandbox(client, { name: pod.metadata.name, labels, handler, config }, { signal }),
        );
        return { run: ({ name }) => sandbox.start(configOf(name)), end: (container) => sandbox.stop(container) };
      }),
    asked: async (container, probe) => ({
      request: requestFacts({
        ...{ handler, sandbox: config, container: configOf(container) },
        imageUser: place.imageOf(container).user,
      }),
      replay: Replay.parse({ ...crictlConfigs(config, configOf(container)), probe }),
    }),
    neutral: (words) => words.replaceAll(uid, 'UID'),
  };
}

/** What waits for the probe, in place of the container's entry point; the probe's own image lacks the directories of others. */
function withProbe(config: ContainerConfig, own = false): ContainerConfig {
  const workingDir = own ? config.workingDir : '';
  return { ...config, command: [pauseIn(own)], args: [], workingDir, stdin: false, stdinOnce: false, tty: false };
}

/** The program that waits: where it is in an image that was given, and in the probe's own. */
export function pauseIn(own = false): string {
  return own ? '/podproof/pause' : '/pause';
}
