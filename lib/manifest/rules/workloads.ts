import { isObject } from '../check.ts';
import { type Path, short, valueAt } from '../path.ts';
import type { Pod } from '../pod.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** Kubernetes pkg/apis/apps/validation and pkg/apis/batch/validation: what a workload asks of itself and of its template; paths in the document. */
export function* workloadRules(kind: string, data: unknown, pod: Pod, podPath: Path): Iterable<[path: Path, sentence: string]> {
  const name = valueAt(data, ['metadata', 'name']) ?? valueAt(data, ['metadata', 'generateName']);
  if (typeof name !== 'string' || name === '')
    yield [['metadata'], `the ${kind} has no metadata.name, which Kubernetes requires`];
  else if (
    !subdomain.test(name.replace(/-+$/, (end) => (valueAt(data, ['metadata', 'name']) === undefined ? '' : end))) ||
    name.length > 253
  )
    yield [
      ['metadata', 'name'],
      `the name ${JSON.stringify(short(name))} must be small letters, digits, dashes and dots, with a letter or digit at both ends`,
    ];
  const namespace = valueAt(data, ['metadata', 'namespace']);
  if (typeof namespace === 'string' && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    yield [['metadata', 'namespace'], `${JSON.stringify(short(namespace))} is no name of a namespace`];
  if (valueAt(data, [...podPath, 'spec', 'ephemeralContainers']) !== undefined)
    yield [
      [...podPath, 'spec', 'ephemeralContainers'],
      'ephemeralContainers are added to a pod that runs, and no manifest may have them',
    ];

  const restart = valueAt(data, [...podPath, 'spec', 'restartPolicy']);
  const job = kind === 'Job' || kind === 'CronJob';
  const allowed = job ? ['OnFailure', 'Never'] : kind === 'Pod' ? ['Always', 'OnFailure', 'Never'] : ['Always'];
  if (typeof restart === 'string' ? !allowed.includes(restart) : job)
    yield [
      [...podPath, 'spec', 'restartPolicy'],
      `the restartPolicy of a ${kind} must be ${allowed.join(' or ')}${typeof restart === 'string' ? `, and is ${JSON.stringify(short(restart))}` : ''}`,
    ];

  const wanted = valueAt(data, ['spec', 'selector', 'matchLabels']);
  if (isObject(wanted) && kind !== 'Pod' && !job)
    for (const [key, value] of Object.entries(wanted))
      if (pod.metadata.labels[key] !== value)
        yield [
          ['spec', 'selector', 'matchLabels', key],
          `the selector asks for the label ${short(key)}, and the template's pods do not have it so`,
        ];
}
