import { check, type Check } from '../doctor/check.ts';
import { containerRuntime, hasReaper, reaperImage } from './runtime.ts';

export interface ContainerFindings {
  /** The docker or podman that this user can talk to; null without one. */
  containerRuntime: { text: string; reaper: boolean } | null;
}

/** What container hosts take of this machine. */
export async function examineForContainer(): Promise<Check[]> {
  return containerChecks({ containerRuntime: await findContainerRuntime() });
}

/** Pure part of `examineForContainer`. */
export function containerChecks(found: ContainerFindings): Check[] {
  return [
    check(
      'container-runtime',
      'docker or podman for hosts of kind "container"',
      found.containerRuntime !== null,
      'warn',
      found.containerRuntime?.text ?? '',
      {
        otherwise: 'none that this user can talk to',
        fix: 'systemctl --user start podman.socket, or set DOCKER_HOST, or sudo usermod -aG docker "$USER", which is as good as root',
      },
    ),
    check(
      'container-reaper',
      'containers of a killed run are removed at once',
      found.containerRuntime?.reaper === true,
      'warn',
      reaperImage,
      { otherwise: `no image ${reaperImage}: they stay until podproof clean`, fix: `docker pull ${reaperImage}` },
    ),
  ];
}

async function findContainerRuntime(): Promise<ContainerFindings['containerRuntime']> {
  try {
    const runtime = await containerRuntime();
    const { serverVersion, operatingSystem } = runtime.client.info.containerRuntime;
    return { text: `server ${serverVersion} on ${operatingSystem}, ${runtime.daemon}`, reaper: await hasReaper(runtime) };
  } catch {
    return null;
  }
}
