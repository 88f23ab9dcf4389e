import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { containerOf } from '../cri/pod.ts';
import { allocations } from '../kubelet/allocations.ts';
import { staticPod } from '../kubelet/differences.ts';
import { isReady, runningId, type PodStatus } from '../kubelet/pods.ts';
import { offersOf } from '../kubelet/offers.ts';
import { askedDevices, containerRequest } from '../kubelet/requests.ts';
import { probeIn, staticManifest } from '../kubelet/static-manifest.ts';
import { askedBy } from '../kubelet/work.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { RecordedRequest } from '../model/kubelet-record.ts';
import type { Observation } from '../model/observation.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { Outcome } from '../model/outcome.ts';
import { optionsOf, type ManifestScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import { failure } from './failure.ts';
import { kubeletPod } from './kubelet-pod.ts';
import type { Gone, Launch } from './launch.ts';
import { look, type Facts } from './look.ts';
import { withLogs, type Ids } from './pod-logs.ts';
import { probeArguments } from './request.ts';
import type { KubeletContext } from './worker-context.ts';

type Task = Omit<Launch, 'scenario' | 'cgroups' | 'boots'> & { scenario: ManifestScenario };

/** Gives a kubelet the manifest of a scenario, looks at the pod that it makes, and takes it back. Never throws: a failure is an outcome. */
export async function launchManifest(task: Task): Promise<Gone> {
  const { context, cell, suite, scenario, remote } = task;
  const { kubelet } = context;
  const handler = cell.handlers[optionsOf(scenario, cell.facts).defaultHandler];
  const { fixtures } = cell.facts;
  if (kubelet === undefined || handler === undefined || fixtures === undefined)
    throw new Error(`Cannot launch ${scenario.id}: no kubelet runs in front of ${cell.facts.id}`);
  const clock = (): number => Math.round(monotonicMs() - context.clockOrigin);
  const startMs = clock();
  const name = `${scenario.id}-${randomBytes(3).toString('hex')}`;
  const { manifest, container } = staticManifest(
    parse(withFixtures(scenario.manifest, fixtures)),
    name,
    probeIn(context.images.root),
  );
  const attempts = probeArguments(scenario.attempts ?? [], {}, fixtures, new Map());
  const seen: Seen = { outcome: { kind: 'ran' }, ids: { sandbox: '', container: '' }, facts: {}, calls: [], requests: [] };
  const life = { kubelet, name, manifest, container, handler, attempts, seen };
  await live(task, life).catch((error: unknown) => (seen.outcome = failure(error)));
  const { requests } = seen;
  const given = allocations(staticPod(manifest, kubelet.node), offersOf(scenario.plugins), askedDevices(requests));
  const observation: Observation = {
    schema: 1,
    ...{ cell: cell.facts.id, lease: context.lease.lease, suite, scenario: scenario.id },
    ...{ startMs, endMs: clock(), outcome: seen.outcome },
    ...askedBy(kubelet, { manifest, allocations: given, requests }, container, { handler, probe: attempts }),
    ...seen.facts,
    calls: seen.calls,
    engineLog: '',
  };
  const planned = context.engine.runtimes[handler]?.configuration;
  return {
    seen: observation,
    withLogs: () => withLogs(observation, { remote, log: context.engine.log, ids: seen.ids, planned }),
  };
}

function withFixtures(manifest: string, { char, block }: Fixtures): string {
  return manifest.replaceAll('{char}', char).replaceAll('{block}', block);
}

/** What was seen up to now, also when a later step fails. */
interface Seen {
  outcome: Outcome;
  ids: Ids;
  facts: Facts;
  calls: CallTiming[];
  /** What the kubelet asked for. */
  requests: RecordedRequest[];
}

interface Life {
  kubelet: KubeletContext;
  name: string;
  manifest: string;
  /** The name of the one that is looked into. */
  container: string;
  handler: string;
  attempts: readonly string[];
  seen: Seen;
}

/** From the manifest that the kubelet is given to the end of its pod. Throws what the first failed step threw. */
async function live(task: Task, { kubelet, name, manifest, container, handler, attempts, seen }: Life): Promise<void> {
  await using client = task.connect(seen.calls);
  await using pod = await kubeletPod(kubelet, task, { name, manifest });
  try {
    const { sandbox, container: id } = (seen.ids = idsOf(await pod.once(isReady), container, await pod.requests()));
    const running = containerOf(client, { pod: name, sandboxId: sandbox, containerId: id });
    seen.facts = await look(task, running, { handler, attempts }).catch(async (error: unknown) => {
      throw (await pod.ended({ name: container, id })) ?? error;
    });
  } finally {
    seen.requests = await pod.requests();
  }
}

/** The kubelet tells the id of a container, `containerd://ID`, and asked for it in its sandbox. */
function idsOf(pod: PodStatus, container: string, requests: readonly RecordedRequest[]): Ids {
  return { sandbox: containerRequest(requests, container)?.podSandboxId ?? '', container: runningId(pod, container) ?? '' };
}
