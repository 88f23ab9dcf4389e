import type { DescMessage, Message } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { ContainerConfigSchema, PodSandboxConfigSchema, type ContainerConfig, type PodSandboxConfig } from './gen/cri_pb.js';

/**
 * A message in the JSON that crictl reads: the names of the proto file, enums and 64-bit numbers as numbers, which is what
 * encoding/json takes for the structs of k8s.io/cri-api (cri-tools v1.36.0 cmd/crictl/util.go loadPodSandboxConfig). What was
 * not set is left out.
 */
export function crictlJson(schema: DescMessage, message: Message): Record<string, unknown> {
  return object(reflect(schema, message));
}

/** Both configurations of a pod with one container in that JSON: what launches it again. */
export function crictlConfigs(
  sandbox: PodSandboxConfig,
  container: ContainerConfig,
): Record<'sandbox' | 'container', Record<string, unknown>> {
  return { sandbox: crictlJson(PodSandboxConfigSchema, sandbox), container: crictlJson(ContainerConfigSchema, container) };
}

function object(message: ReflectMessage): Record<string, unknown> {
  return Object.fromEntries(
    message.fields.flatMap((field) => {
      if (!message.isSet(field)) return [];
      switch (field.fieldKind) {
        case 'message':
          return [[field.name, object(message.get(field))]];
        case 'list':
          return [[field.name, [...message.get(field)].map(plain)]];
        case 'map':
          return [[field.name, Object.fromEntries([...message.get(field)].map(([key, value]) => [String(key), plain(value)]))]];
        default:
          return [[field.name, plain(message.get(field))]];
      }
    }),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return isMessage(value) ? object(value) : value;
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === 'object' && value !== null && 'desc' in value && 'fields' in value;
}
