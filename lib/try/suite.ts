import { allContainers } from '../manifest/pod.ts';
import type { Workload } from '../manifest/workload.ts';
import { isWiderThan } from '../model/device-node.ts';
import type { TriedContainer } from '../model/tried.ts';
import { starts } from '../suite/read/engine.ts';
import { hostNodeOf, containerPath, entryAt, type NodeReference } from '../suite/read/node.ts';
import { opening, results, type Result } from '../suite/read/open.ts';
import { podReading, type Reading } from '../suite/reading.ts';
import { question, type Question } from '../suite/question.ts';
import { suite, type Suite } from '../suite/suite.ts';
import { originText, type PodDevice } from './devices.ts';

/** The suite that recorded trials are of. */
export const trialSuiteId = 'try';

/** The scenarios of some pods, a list for each, by pod and container. */
export function triedContainers(
  pods: ReadonlyArray<{ workload: Pick<Workload, 'kind' | 'name' | 'pod'>; devices: readonly PodDevice[] }>,
): TriedContainer[][] {
  const unique = uniqueNames();
  return pods.map(({ workload: { kind, name, pod }, devices }) =>
    allContainers(pod.spec).map((container) => ({
      scenario: unique(`${name}-${container.name}`),
      title: `container ${container.name} of ${kind} ${name}`,
      devices: devices
        .filter((device) => device.container === container.name)
        .map(({ source, path, origin }) => ({ ...(source.kind === 'vfio' ? {} : { path }), from: originText(origin) })),
    })),
  );
}

/** The same name once, and after that with a number. */
function uniqueNames(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    let candidate = name;
    for (let nth = 2; used.has(candidate); nth++) candidate = `${name}-${nth}`;
    used.add(candidate);
    return candidate;
  };
}

/** What is asked of recorded trials: whether each container runs, and whether it can use each device, as its manifest asks for. */
export function trialSuite(tried: readonly TriedContainer[]): Suite {
  const unique = uniqueNames();
  const idOf = (text: string): string => unique(`TRY-${text.replaceAll(/[^A-Za-z0-9]+/g, '-').toUpperCase()}`);
  return suite({
    id: trialSuiteId,
    title: 'Can the pods of a manifest use what they are given?',
    scenarios: tried.map(({ scenario, title }) => ({ id: scenario, title, pod: {} })),
    questions: tried.flatMap(({ scenario, title, devices }) => [
      runs(idOf(`${scenario} runs`), scenario, title),
      ...devices.map(({ path, from }) => uses(idOf(`${scenario}${path ?? ' vfio'}`), scenario, title, path, from)),
    ]),
  });
}

/** Whoever refuses it, and in whatever words. */
const refusedByAnyone = {
  says: 'the pod is refused',
  harm: 'breaks',
  seen: { message: /(?:)/ },
} as const;
const hoped = 'the manifest asks for it';

function runs(id: string, scenario: string, title: string): Question {
  return question({
    id,
    asks: `Does ${title} run?`,
    on: [scenario],
    reads: { start: starts() },
    answers: { runs: { says: 'it runs', seen: { start: 'ran' } }, refused: refusedByAnyone },
    documented: { runs: hoped },
  });
}

const failures = ['EACCES', 'EPERM', 'ENXIO', 'ENOENT'] as const satisfies readonly Result[];
const anyWidth = ['as on the node', 'wider'] as const;

function uses(id: string, scenario: string, title: string, path: string | undefined, from: string): Question {
  const node: NodeReference = path ?? { fixture: 'vfioGroup' };
  const failing = (read: (typeof failures)[number]) => ({ read, write: results, others: anyWidth });
  return question({
    id,
    asks: `Can ${title} use ${path ?? 'the spare PCI function'} (${from})?`,
    on: [scenario],
    reads: { read: opening('read', node), write: opening('write', node), others: widthOf(node) },
    answers: {
      opens: { says: 'it opens for reading and writing', seen: { read: 'works', write: 'works', others: 'as on the node' } },
      'open-to-all': {
        short: 'opens, to all',
        says: 'it opens, and everybody in the container may do more with it than on the node',
        harm: 'weakens',
        seen: { read: 'works', write: 'works', others: 'wider' },
      },
      'read-only': {
        says: 'it opens for reading alone',
        harm: 'breaks',
        seen: { read: 'works', write: failures, others: anyWidth },
      },
      closed: {
        short: 'EACCES',
        says: 'owner and mode keep the process out, or the mount is nodev',
        harm: 'breaks',
        seen: failing('EACCES'),
      },
      forbidden: { short: 'EPERM', says: 'the device cgroup keeps it closed', harm: 'breaks', seen: failing('EPERM') },
      'no-device': { short: 'ENXIO', says: 'the kernel has no such device', harm: 'breaks', seen: failing('ENXIO') },
      absent: { short: 'ENOENT', says: 'the container has no such node', harm: 'breaks', seen: failing('ENOENT') },
      refused: refusedByAnyone,
    },
    documented: { opens: hoped },
  });
}

/** What all users may do with a node, against the node of the host; a host's that is not known is taken for as wide. */
function widthOf(node: NodeReference): Reading<(typeof anyWidth)[number]> {
  return podReading(anyWidth, (guest, _, evidence) => {
    const path = containerPath(node, evidence);
    const [seen, host] = [entryAt(guest.dev, path), hostNodeOf(path, evidence)];
    const wider = seen !== undefined && host !== undefined && isWiderThan(seen, host);
    return {
      word: wider ? 'wider' : 'as on the node',
      text: `${path} has mode ${seen?.mode ?? 'none'}${host === undefined ? '' : `, the host's ${host.mode}`}`,
      about: { path, field: 'mode' },
    };
  });
}
