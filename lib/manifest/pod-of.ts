import type { z } from 'zod';
import { type Fault, isObject, kindOf, nameOf } from './check.ts';
import { workloadKinds } from './kinds.ts';
import { type Path, valueAt } from './path.ts';
import { Pod } from './pod.ts';
import { brokenRule } from './rules.ts';

/** A pod as its document has it: with its name, its namespace and the volumes that a controller adds. */
export interface PodReading {
  pod: Pod;
  /** What was written in place of the pod, without nulls. */
  written: unknown;
}

/**
 * The pod of a document that was changed since it was read; `podPath` is that of its workload. Throws an Error in one sentence for what
 * the API server would refuse.
 */
export function podOf(data: unknown, podPath: Path): Pod {
  const reading = readPod(data, podPath);
  if ('sentence' in reading) throw new Error(`Cannot run the pod: ${reading.sentence}`);
  return reading.pod;
}

/** The pod of a document whose fields have the right types, or what is wrong with it. */
export function readPod(data: unknown, podPath: Path): PodReading | Fault {
  const written = withoutNulls(valueAt(data, podPath));
  const read = Pod.safeParse(written);
  if (!read.success) return faultOf(read.error, data, podPath);
  const kind = textAt(data, ['kind']) ?? '';
  const pod = {
    ...read.data,
    spec: { ...read.data.spec, volumes: [...read.data.spec.volumes, ...claimed(kind, data, read.data)] },
  };
  const broken = brokenRule({ kind, data, pod, podPath });
  if (broken !== undefined) return broken;
  const suffix = Object.hasOwn(workloadKinds, kind) ? (workloadKinds[kind]?.suffix ?? '') : '';
  const name = `${nameIn(data)}${suffix}`;
  const namespace = textAt(data, ['metadata', 'namespace']) ?? 'default';
  return { pod: { ...pod, metadata: { ...pod.metadata, name, namespace } }, written };
}

/** A StatefulSet gives its pods a volume for each template of a claim (Kubernetes pkg/controller/statefulset/stateful_set_utils.go). */
function claimed(kind: string, data: unknown, { spec }: Pod): Pod['spec']['volumes'] {
  const templates = kind === 'StatefulSet' ? valueAt(data, ['spec', 'volumeClaimTemplates']) : undefined;
  if (!Array.isArray(templates)) return [];
  return templates.flatMap((template: unknown) => {
    const name = textAt(template, ['metadata', 'name']);
    if (name === undefined || spec.volumes.some((volume) => volume.name === name)) return [];
    return [{ name, persistentVolumeClaim: { claimName: `${name}-${nameIn(data)}-0` } }];
  });
}

function faultOf({ issues: [issue] }: z.ZodError, data: unknown, podPath: Path): Fault {
  const path = [...podPath, ...(issue?.path ?? []).map((key) => (typeof key === 'number' ? key : String(key)))];
  const value = valueAt(data, path);
  if (value === undefined || value === null)
    return {
      path,
      of: 'value',
      sentence: `${nameOf(path.slice(0, -1))} has no ${path.at(-1) ?? 'pod'}, which Kubernetes requires`,
    };
  const allowed =
    issue?.code === 'invalid_value'
      ? `must be one of ${issue.values.map((each) => JSON.stringify(each)).join(', ')}, and is ${kindOf(value)}`
      : 'is no value that Kubernetes takes';
  return { path, of: 'value', sentence: `${nameOf(path)} ${allowed}` };
}

/** A null is a field that is not set. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (entry === null ? [] : [[key, withoutNulls(entry)] as const])),
  );
}

/** The name of an object; of one that a server names, with the beginning that it will have. */
export function nameIn(data: unknown): string {
  const prefix = textAt(data, ['metadata', 'generateName']);
  return textAt(data, ['metadata', 'name']) ?? (prefix === undefined ? '' : `${prefix}0`);
}

/** A text at a path that is not empty. */
export function textAt(data: unknown, path: Path): string | undefined {
  const value = valueAt(data, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
