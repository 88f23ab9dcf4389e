import { someOf } from '../model/matrix/suggest.ts';
import { firstFault, type Fault, isObject, kindOf } from './check.ts';
import { type ManifestDocument, readDocuments } from './document.ts';
import { ManifestError } from './error.ts';
import { type Schema, schemaOf } from './fields.ts';
import { type WorkloadKind, workloadKinds } from './kinds.ts';
import { notLookedAt, whyNotLookedAt } from './not-looked-at.ts';
import { type Path, pathText, short, valueAt } from './path.ts';
import { nameIn, readPod, textAt } from './pod-of.ts';
import type { Workload } from './workload.ts';

export interface Manifest {
  workloads: Workload[];
  /** Documents that make no pods, in the words of the file: `Service web`. */
  others: string[];
}

/**
 * Every workload of a manifest, in the order of the text: documents one after the other, and lists of them. `schema` is the version of
 * Kubernetes whose fields it may have, like `1.37`. Throws ManifestError for the first thing that its API server would refuse, and UsageError
 * for a version that is not known.
 */
export function readManifest(text: string, { file, schema }: { file: string; schema: string }): Manifest {
  const version = schemaOf(schema);
  const others: string[] = [];
  const workloads = readDocuments(text, file)
    .flatMap((document) => itemsOf(document, file))
    .flatMap((item) => {
      const kind = kindOfItem(item);
      if (kind === undefined) {
        others.push(titleOf(item.data));
        return [];
      }
      return [readWorkload(item, kind, version)];
    });
  if (workloads.length === 0)
    throw new ManifestError(
      file,
      { line: 1, column: 1 },
      `nothing here makes a pod${others.length === 0 ? '' : `: it holds ${someOf(others)}`}`,
    );
  return { workloads, others };
}

/** An object of a manifest: a document, or an item of a list. */
interface Item {
  data: unknown;
  file: string;
  refuse: (fault: Fault) => ManifestError;
  place: (path: Path, of?: 'value' | 'name') => { line: number; column: number };
}

function itemsOf(document: ManifestDocument, file: string, path: Path = []): Item[] {
  const data = valueAt(document.data, path);
  const place: Item['place'] = (below, of) => document.place([...path, ...below], of);
  const refuse = ({ path: at, of, sentence }: Fault): ManifestError => new ManifestError(file, place(at, of), sentence);
  if (!isObject(data))
    throw refuse({ path: [], of: 'value', sentence: `a document of Kubernetes must be an object, and this is ${kindOf(data)}` });
  for (const key of ['apiVersion', 'kind']) {
    const value = data[key];
    if (typeof value === 'string' && value !== '') continue;
    const sentence =
      value === undefined || value === null
        ? `the document has no ${key}, which Kubernetes requires`
        : `${key} must be a text, and is ${kindOf(value)}`;
    throw refuse({ path: value === undefined ? [] : [key], of: 'value', sentence });
  }
  if (data['kind'] !== 'List') return [{ data, file, refuse, place }];
  const items = data['items'] ?? [];
  if (!Array.isArray(items))
    throw refuse({ path: ['items'], of: 'value', sentence: `items must be a list, and is ${kindOf(items)}` });
  return items.flatMap((_, at) => itemsOf(document, file, [...path, 'items', at]));
}

function kindOfItem({ data, refuse }: Item): { name: string; kind: WorkloadKind } | undefined {
  const [name, apiVersion] = [String(valueAt(data, ['kind'])), String(valueAt(data, ['apiVersion']))];
  const kind = Object.hasOwn(workloadKinds, name) ? workloadKinds[name] : undefined;
  if (kind === undefined) return undefined;
  if (apiVersion === kind.apiVersion) return { name, kind };
  throw refuse({
    path: ['apiVersion'],
    of: 'value',
    sentence: `a ${name} is of apiVersion ${kind.apiVersion}, and this says ${JSON.stringify(short(apiVersion))}`,
  });
}

function readWorkload(item: Item, { name: kindName, kind }: { name: string; kind: WorkloadKind }, schema: Schema): Workload {
  const { data, refuse, place } = item;
  const { podPath } = kind;
  const fault = firstFault(schema, kindName, data);
  if (fault !== undefined) throw refuse(fault);
  const reading = readPod(data, podPath);
  if ('sentence' in reading) throw refuse(reading);
  const { pod, written } = reading;
  return {
    kind: kindName,
    name: nameIn(data),
    namespace: pod.metadata.namespace,
    pod,
    podPath,
    data,
    place: (path) => place([...podPath, ...path]),
    notLookedAt: notLookedAt(data, podPath, { pod, written }).map((path) => ({
      path: pathText(path),
      place: place(path, 'name'),
      why: whyNotLookedAt(path, podPath),
    })),
  };
}

function titleOf(data: unknown): string {
  return [textAt(data, ['kind']) ?? 'a document', nameIn(data)]
    .filter((word) => word !== '')
    .map(short)
    .join(' ');
}
