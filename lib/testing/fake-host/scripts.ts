import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = `exec '${process.execPath}' '${fileURLToPath(new URL('program.mjs', import.meta.url))}' "$0" "$@"`;

/** What executables of a fake host do: an engine serves the CRI, a kubelet makes pods, and a runtime is never run. */
const bodies: Partial<Record<string, string>> = {
  containerd: `case "$*" in *' config dump') exec cat "$2" ;; esac\n${program}`,
  kubelet: `[ "$1" != --version ] || exec echo 'Kubernetes v1.37.2'\n${program}`,
};

/** Writes an executable into a folder: `containerd` into `…/containerd-1.7.24`. `mark` makes it another than that of the same version elsewhere. */
export async function writeFakeBinary(name: string, folder: string, mark = ''): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n# ${mark}\n${bodies[name] ?? 'exit 1'}\n`, { mode: 0o755 });
}
