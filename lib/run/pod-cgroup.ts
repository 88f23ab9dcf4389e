import type { Remote } from '../hosts/host.ts';

/** Groups that are left until they are removed together: under full emulation, one removal takes longer than the end of a pod. */
const atOnce = 8;

/**
 * The control groups of the pods on a host, which a runtime makes with a pod's first container and leaves, as they are the
 * kubelet's: they are removed some time after their pod, as the kubelet does, and disposing removes the last, unless these end with
 * the machine. A group that still has processes stays, and is seen by the sweep of the host.
 */
export function podCgroups(remote: Pick<Remote, 'exec'>, { endWithMachine = false } = {}) {
  const removals: Array<Promise<unknown>> = [];
  let left: string[] = [];
  const remove = (): void => {
    if (left.length === 0) return;
    // The sweep reports what is left in them.
    removals.push(remote.exec(['busybox', 'sh', '-c', script, 'sh', ...left]));
    left = [];
  };
  return {
    /** The group of one pod; disposing leaves it for removal. */
    of: (path: string | undefined): Disposable => ({
      [Symbol.dispose]: () => {
        if (path !== undefined) left.push(path);
        if (left.length >= atOnce) remove();
      },
    }),
    async [Symbol.asyncDispose](): Promise<void> {
      if (!endWithMachine) remove();
      await Promise.all(removals);
    },
  };
}

export type PodCgroups = ReturnType<typeof podCgroups>;

/** Below every hierarchy of version 1, or the one of version 2; the deepest first, and none that is not empty. */
const script = `
slices='' found=''
for path; do case $path in *.slice) slices="$slices \${path##*/}" ;; esac; done
[ -z "$slices" ] || systemctl stop $slices 2>/dev/null
for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
  for path; do [ ! -d "$root$path" ] || found="$found $root$path"; done
done
[ -z "$found" ] || busybox find $found -depth -type d -exec busybox rmdir {} + 2>/dev/null
:`;
