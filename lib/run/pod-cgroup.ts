import type { Remote } from '../hosts/host.ts';

/**
 * The control group of a pod, which the runtime makes with the pod's first container and leaves, as it is the kubelet's: disposing
 * removes it, as the kubelet does. A group that still has processes stays, and is seen by the sweep of the host.
 */
export function podCgroupOn(remote: Pick<Remote, 'exec'>, path: string | undefined): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      if (path === undefined) return;
      // What is left in it is told by the sweep; nobody else waits for this.
      await remote.exec(['busybox', 'sh', '-c', script, 'sh', path, path.slice(path.lastIndexOf('/') + 1)]);
    },
  };
}

/** Below every hierarchy of version 1, or the one of version 2; the deepest first, and none that is not empty. */
const script = `
case $2 in *.slice) systemctl stop "$2" 2>/dev/null ;; esac
for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ ! -d "$root$1" ] || busybox find "$root$1" -depth -type d -exec busybox rmdir {} + 2>/dev/null
done
:`;
