import { z } from 'zod';
import type { ContainerRuntimeClient } from 'testcontainers';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { restoreSteps } from '../shared/restore-scripts.ts';

/** Every container and volume of ours carries the token of its lease under this label. */
export const tokenLabel = 'podproof.token';

type Dockerode = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Dockerode['getContainer']>;
type DockerodeOptions = Parameters<Dockerode['createContainer']>[0];
/** What a container is created with; dockerode's types do not know the cgroup namespace yet (API 1.41). */
export type CreateOptions = Omit<DockerodeOptions, 'HostConfig'> & {
  HostConfig: NonNullable<DockerodeOptions['HostConfig']> & { CgroupnsMode?: 'private' | 'host' };
};

export interface ContainerRuntime {
  client: ContainerRuntimeClient;
  /** As DOCKER_HOST says it: `unix:///run/docker.sock`. */
  daemon: string;
}

const Modem = z.object({
  socketPath: z.string().optional(),
  protocol: z.string().optional(),
  host: z.string().optional(),
  port: z.union([z.string(), z.number()]).optional(),
});

/**
 * The container runtime that testcontainers finds and can talk to: by DOCKER_HOST, a context, or a usual socket of docker or podman.
 * A process talks to one; `daemon` is the one that it must be.
 */
export async function containerRuntime(daemon?: string): Promise<ContainerRuntime> {
  if (daemon !== undefined) process.env['DOCKER_HOST'] ??= daemon;
  // Inside a container it would otherwise start one of its own, of an image that it pulls, to learn the host's address.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= 'localhost';
  const { getContainerRuntimeClient } = await import('testcontainers');
  const client = await getContainerRuntimeClient().catch((error: unknown) => {
    throw new BlockedError('Cannot reach docker or podman as this user', {
      remedy:
        'systemctl --user start podman.socket, or set DOCKER_HOST, or sudo usermod -aG docker "$USER", which is as good as root',
      cause: error,
    });
  });
  const { socketPath, protocol, host, port } = Modem.parse(client.container.dockerode.modem);
  const found = socketPath === undefined ? `${protocol === 'https' ? 'https' : 'tcp'}://${host}:${port}` : `unix://${socketPath}`;
  if (daemon !== undefined && found !== daemon)
    throw new Error(`Cannot talk to ${daemon}, as this process talks to ${found}: set DOCKER_HOST=${daemon}`);
  return { client, daemon: found };
}

/** The image of testcontainers' own reaper (reaper/reaper.ts of 11.14.0), which removes the containers of a process that died. */
export const reaperImage = process.env['RYUK_CONTAINER_IMAGE'] || 'testcontainers/ryuk:0.14.0';

/** Whether the reaper is used: where its image is there, as nothing is pulled. */
export async function hasReaper({ client }: ContainerRuntime): Promise<boolean> {
  if (process.env['TESTCONTAINERS_RYUK_DISABLED'] === 'true') return false;
  const { ImageName } = await import('testcontainers');
  return client.image.exists(ImageName.fromString(reaperImage));
}

/** Removes the containers of a lease with their volumes, and what they made outside: loop devices. Returns their names. */
export async function removeContainers(daemon: string, token: string): Promise<string[]> {
  const { client } = await containerRuntime(daemon);
  const { dockerode } = client.container;
  const filters = JSON.stringify({ label: [`${tokenLabel}=${token}`] });
  const removed: string[] = [];
  const troubles: string[] = [];
  for (const { Id, Names, State } of await dockerode.listContainers({ all: true, filters })) {
    const container = dockerode.getContainer(Id);
    for (const { script } of State === 'running' ? restoreSteps : []) {
      const restored = await client.container.exec(container, ['sh', '-uc', script]).catch(asOutput);
      if (restored.exitCode !== 0) troubles.push(restored.output.trim());
    }
    await container.remove({ force: true, v: true });
    removed.push(Names[0]?.replace(/^\//, '') ?? Id);
  }
  const { Volumes } = await dockerode.listVolumes({ filters });
  for (const { Name } of Volumes ?? []) {
    await dockerode.getVolume(Name).remove();
    removed.push(Name);
  }
  // Without their files, which went with the container, they are empty and in nobody's way.
  if (troubles.length > 0)
    throw new Error(`The container is gone, and its loop devices may be left in /sys/block: ${troubles.join('; ')}`);
  return removed;
}

function asOutput(error: unknown): { exitCode: number; output: string } {
  return { exitCode: -1, output: messageOf(error) };
}
