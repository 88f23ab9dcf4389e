import type { Remote } from '../hosts/host.ts';

/** The runtime that a container's shim says it calls: what it wrote into `file`; empty when there is none. */
export async function namedRuntime(remote: Remote, file: string): Promise<string> {
  return (await remote.exec(['cat', '--', file])).stdout.trim();
}

/**
 * runc keeps state.json in the container's state directory (libcontainer/factory_linux.go), crun keeps status (src/libcrun/status.c),
 * and runsc keeps CONTAINER_sandbox:SANDBOX.state beside where it would be (runsc/container/state_file.go).
 */
export async function whoseState(remote: Remote, directory: string): Promise<string | null> {
  const beside = directory.slice(0, directory.lastIndexOf('/'));
  const { stdout } = await remote.exec(['ls', '-1', '--', directory, beside]);
  const files = stdout.split('\n');
  const id = directory.slice(beside.length + 1);
  if (files.some((file) => file.startsWith(`${id}_sandbox:`))) return 'runsc';
  if (files.includes('state.json')) return 'runc';
  return files.includes('status') ? 'crun' : null;
}
