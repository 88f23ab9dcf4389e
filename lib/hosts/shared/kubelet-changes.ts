import { readFileSync } from 'node:fs';

/** `remember_host DIRECTORY`, `restore_host DIRECTORY` and `remove_pod_groups`, for scripts that run on a host. */
export const kubeletChanges = readFileSync(new URL('kubelet-changes.sh', import.meta.url), 'utf8');
