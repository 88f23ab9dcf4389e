import { z } from 'zod';
import { OciSpec } from '../model/oci-spec.ts';
import { messageOf } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';
import { timeoutFactor } from '../util/wait.ts';
import type { CriClient } from './client.ts';
import { CriError } from './error.ts';
import { PodSandboxState, type ContainerConfig, type PodSandboxConfig } from './gen/cri_pb.js';
import { containerConfig, sandboxConfig, uidLabel, type PodSpec } from './pod-spec.ts';

export interface ExecOutput {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A running container, and the sandbox that it is in. */
export interface Container {
  /** Name of its pod. */
  readonly pod: string;
  readonly sandboxId: string;
  readonly containerId: string;
  /** Runs an argv in the container. A failed program is a value; an error of the engine is thrown. */
  exec(argv: readonly string[], timeoutSec: number, signal?: AbortSignal): Promise<ExecOutput>;
  /** Process id of the container as the engine reports it; for Kata the shim's or 0. */
  pid(): Promise<number>;
  /** The OCI runtime specification that the engine reports. */
  spec(): Promise<OciSpec>;
  /** Whether its sandbox runs, as the engine reports it. */
  sandboxRuns(): Promise<boolean>;
}

/** A sandbox that takes containers. Disposing it stops and removes it, and by this its containers (api.proto, StopPodSandbox). */
export interface Sandbox extends AsyncDisposable {
  readonly sandboxId: string;
  /** CreateContainer, StartContainer. */
  start(config: ContainerConfig): Promise<Container>;
  /** Ends a container at once, as the end of an init container does, before the next one is started. */
  stop(container: Container): Promise<void>;
}

/** What a sandbox is asked for with. */
export interface SandboxRequest {
  /** For messages. */
  name: string;
  /** Labels of its configuration that no other sandbox has: by them it is found again. */
  labels: Readonly<Record<string, string>>;
  /** Runtime handler; empty for the engine's default. */
  handler: string;
  config: PodSandboxConfig;
}

/** A pod with one running container; disposing it removes both. */
export interface Pod extends Container, AsyncDisposable {
  readonly request: PodSpec;
}

export interface LaunchOptions {
  signal?: AbortSignal;
  /** Hears each id as soon as the engine gave it, also when a later call fails. */
  onId?: (kind: 'sandbox' | 'container', id: string) => void;
}

/**
 * RunPodSandbox, CreateContainer, StartContainer. When one of them fails, what there is of the pod is removed
 * (a sandbox whose container could not be created keeps its name reserved) and the failure is thrown;
 * a removal that fails too becomes its `cause`.
 */
export async function launchPod(client: CriClient, spec: PodSpec, options: LaunchOptions = {}): Promise<Pod> {
  const { name, uid, handler } = spec;
  const sandbox = await launchSandbox(
    client,
    { name, labels: { [uidLabel]: uid }, handler, config: sandboxConfig(spec) },
    options,
  );
  const container = await removingOnError(sandbox, () => sandbox.start(containerConfig(spec)));
  return { ...container, request: spec, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() };
}

/** RunPodSandbox. When it fails, what there may be of the sandbox is removed, as by `launchPod`. */
export async function launchSandbox(
  client: CriClient,
  { name, labels, handler, config }: SandboxRequest,
  { signal, onId }: LaunchOptions = {},
): Promise<Sandbox> {
  const call = signal === undefined ? {} : { signal };
  const scope = new Scope();
  scope.onRelease(`sandbox of pod ${name}`, () => removeSandboxes(client, labels));
  const { podSandboxId } = await removingOnError(scope, () =>
    client.runtime.runPodSandbox({ config, runtimeHandler: handler }, call),
  );
  onId?.('sandbox', podSandboxId);
  return {
    sandboxId: podSandboxId,
    async start(container) {
      const created = await client.runtime.createContainer({ podSandboxId, config: container, sandboxConfig: config }, call);
      onId?.('container', created.containerId);
      await client.runtime.startContainer({ containerId: created.containerId }, call);
      return containerOf(client, { pod: name, sandboxId: podSandboxId, containerId: created.containerId });
    },
    stop: async ({ containerId }) => void (await client.runtime.stopContainer({ containerId, timeout: 0n }, call)),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

/** A running container, of any origin. */
export function containerOf(client: CriClient, ids: Pick<Container, 'pod' | 'sandboxId' | 'containerId'>): Container {
  const { containerId } = ids;
  const info = (): Promise<ContainerInfo> => containerInfo(client, containerId);
  return {
    ...ids,
    async exec(argv, timeoutSec, signal) {
      const seconds = Math.ceil(timeoutSec * timeoutFactor);
      // The engine ends the program; the call's own deadline comes later, for an engine that does not.
      const limits = { timeoutMs: (seconds + 10) * 1000, ...(signal === undefined ? {} : { signal }) };
      const answer = await client.runtime.execSync({ containerId, cmd: [...argv], timeout: BigInt(seconds) }, limits);
      const text = new TextDecoder();
      return { exitCode: answer.exitCode, stdout: text.decode(answer.stdout), stderr: text.decode(answer.stderr) };
    },
    pid: async () => (await info()).pid,
    spec: async () => (await info()).runtimeSpec,
    async sandboxRuns() {
      const { items } = await client.runtime.listPodSandbox({ filter: { id: ids.sandboxId } });
      return items.some(({ state }) => state === PodSandboxState.SANDBOX_READY);
    },
  };
}

/** A removal that fails too becomes the cause of what was thrown. */
async function removingOnError<T>(resource: AsyncDisposable, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    try {
      await resource[Symbol.asyncDispose]();
    } catch (failure) {
      if (error instanceof Error) error.cause = failure;
    }
    throw error;
  }
}

/** By label, not by id: after a deadline the engine may have a sandbox whose id never reached us. */
async function removeSandboxes(client: CriClient, labelSelector: SandboxRequest['labels']): Promise<void> {
  const { items } = await client.runtime.listPodSandbox({ filter: { labelSelector: { ...labelSelector } } });
  await removeSandboxIds(
    client,
    items.map(({ id }) => id),
  );
}

/** Stops and removes each of these, also when another one fails; those that are no longer there count as removed. */
export async function removeSandboxIds(client: CriClient, ids: readonly string[]): Promise<void> {
  const scope = new Scope();
  for (const podSandboxId of ids) {
    // Reverse order: stop, then remove. A sandbox that cannot be stopped is still removed, which stops it by force.
    scope.onRelease(`sandbox ${podSandboxId}`, () => gone(client.runtime.removePodSandbox({ podSandboxId })));
    scope.onRelease(`processes of sandbox ${podSandboxId}`, () => gone(client.runtime.stopPodSandbox({ podSandboxId })));
  }
  await scope[Symbol.asyncDispose]();
}

/** What is no longer there needs no release. */
async function gone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof CriError && error.code === 'NOT_FOUND')) throw error;
  }
}

/** containerd 1.3 on and CRI-O put both into `info` of a verbose ContainerStatus. */
const ContainerInfo = z.object({ pid: z.number().default(0), runtimeSpec: OciSpec });
type ContainerInfo = z.infer<typeof ContainerInfo>;

async function containerInfo(client: CriClient, containerId: string): Promise<ContainerInfo> {
  const { info } = await client.runtime.containerStatus({ containerId, verbose: true });
  try {
    // Go writes an empty list or map as null.
    const value: unknown = JSON.parse(info['info'] ?? '{}', (_, child: unknown) => (child === null ? undefined : child));
    return ContainerInfo.parse(value);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new Error(`Cannot read the OCI specification in ContainerStatus of ${containerId.slice(0, 13)}: ${why}`, {
      cause: error,
    });
  }
}
