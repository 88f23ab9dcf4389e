import { z } from 'zod';
import { OciSpec } from '../model/oci-spec.ts';
import { messageOf } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';
import { timeoutFactor } from '../util/wait.ts';
import type { CriClient } from './client.ts';
import { CriError } from './error.ts';
import { containerConfig, sandboxConfig, uidLabel, type PodSpec } from './pod-spec.ts';

export interface ExecOutput {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A pod with a running container. Disposing it stops and removes the sandbox, and by this the container (api.proto, StopPodSandbox). */
export interface Pod extends AsyncDisposable {
  readonly request: PodSpec;
  readonly sandboxId: string;
  readonly containerId: string;
  /** Runs an argv in the container. A failed program is a value; an error of the engine is thrown. */
  exec(argv: readonly string[], timeoutSec: number, signal?: AbortSignal): Promise<ExecOutput>;
  /** Process id of the container as the engine reports it; for Kata the shim's or 0. */
  pid(): Promise<number>;
  /** The OCI runtime specification that the engine reports. */
  spec(): Promise<OciSpec>;
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
  const scope = new Scope();
  try {
    return await launch(client, spec, options, scope);
  } catch (error) {
    try {
      await scope[Symbol.asyncDispose]();
    } catch (failure) {
      if (error instanceof Error) error.cause = failure;
    }
    throw error;
  }
}

async function launch(client: CriClient, spec: PodSpec, { signal, onId }: LaunchOptions, scope: Scope): Promise<Pod> {
  const call = signal === undefined ? {} : { signal };
  const sandbox = sandboxConfig(spec);

  scope.onRelease(`sandbox of pod ${spec.name}`, () => removeSandboxes(client, spec.uid));
  const { podSandboxId } = await client.runtime.runPodSandbox({ config: sandbox, runtimeHandler: spec.handler }, call);
  onId?.('sandbox', podSandboxId);

  const config = containerConfig(spec);
  const { containerId } = await client.runtime.createContainer({ podSandboxId, config, sandboxConfig: sandbox }, call);
  onId?.('container', containerId);
  await client.runtime.startContainer({ containerId }, call);

  const info = (): Promise<ContainerInfo> => containerInfo(client, containerId);
  return {
    request: spec,
    sandboxId: podSandboxId,
    containerId,
    async exec(argv, timeoutSec, execSignal) {
      const seconds = Math.ceil(timeoutSec * timeoutFactor);
      // The engine ends the program; the call's own deadline comes later, for an engine that does not.
      const limits = { timeoutMs: (seconds + 10) * 1000, ...(execSignal === undefined ? {} : { signal: execSignal }) };
      const answer = await client.runtime.execSync({ containerId, cmd: [...argv], timeout: BigInt(seconds) }, limits);
      const text = new TextDecoder();
      return { exitCode: answer.exitCode, stdout: text.decode(answer.stdout), stderr: text.decode(answer.stderr) };
    },
    pid: async () => (await info()).pid,
    spec: async () => (await info()).runtimeSpec,
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

/** By label, not by id: after a deadline the engine may have a sandbox whose id never reached us. */
async function removeSandboxes(client: CriClient, uid: string): Promise<void> {
  const { items } = await client.runtime.listPodSandbox({ filter: { labelSelector: { [uidLabel]: uid } } });
  const scope = new Scope();
  for (const { id: podSandboxId } of items) {
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
