import { readFileSync } from 'node:fs';
import type { Remote } from '../host.ts';
import { restoreFixtures } from '../shared/fixtures.ts';
import { kubeletChanges } from '../shared/kubelet-changes.ts';
import { thinPoolFunctions } from '../shared/thin-pool.ts';

/** What podproof keeps on a machine that it did not make: engines, artifacts. Gone at the end of the lease. */
export const machineDirectory = '/var/lib/podproof';
/** Where the shims of any containerd have their sockets. A shim that is killed, or whose start was cut short, leaves its socket there. */
const shimSockets = '/run/containerd/s';
/**
 * Directories that others make for a run wherever ours is: the shims of Kata keep their VMs in three, and leave empty directories
 * there, or more when they are killed; those of containerd have their sockets in the fourth; engines keep what CNI plugins said in
 * the fifth (libcni v1.2, api.go, CacheDir).
 */
const madeElsewhere = '/run/vc /run/kata /run/kata-containers /run/containerd /var/lib/cni';
/** Says which run has the machine; below /run, so that a reboot frees it. */
const leaseDirectory = '/run/podproof-lease';

/** Takes the machine for the run of `token`. Returns who holds it when somebody else does. */
export async function takeMachine(remote: Remote, token: string, who: string): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await remote.exec(['sh', '-uc', takeScript, 'sh', `${token} ${who}`]);
  if (exitCode === 0) {
    // A machine that was reset in the middle of a run comes back with that run's files.
    await endOurs(remote);
    await remote.exec(['sh', '-uc', ownScript, 'sh', machineDirectory, token]);
    return undefined;
  }
  if (exitCode === 3) return stdout.trim().split(' ').slice(1).join(' ') || 'an unknown run';
  throw new Error(`Cannot take the machine: ${stderr.trim()}`);
}

const takeScript = `
lease=${leaseDirectory}
mkdir -m 0700 "$lease" 2>/dev/null || { [ -d "$lease" ] || exit 1; cat "$lease/owner"; exit 3; }
# Without an owner nobody would ever give it back.
printf '%s\\n' "$1" > "$lease/owner" || { rm -rf "$lease"; exit 1; }
`;

const ownScript = `
mkdir -p "$1" && printf '%s\\n' "$2" > "$1/owner"
ls -A ${shimSockets} > "$1/sockets-before" 2>/dev/null || :
for directory in ${madeElsewhere}; do [ -e "$directory" ] || echo "$directory"; done > "$1/absent-before"
`;

/** Undoes all that a lease did to a machine, and gives it back. Returns false, and does nothing, when `token` does not have it. Throws when something is left. */
export async function releaseMachine(remote: Remote, token: string): Promise<boolean> {
  const owners = await remote.exec(['cat', `${leaseDirectory}/owner`, `${machineDirectory}/owner`]);
  if (owners.exitCode === 255) throw new Error(`Cannot reach the machine to give it back: ${owners.stderr.trim()}`);
  if (!owners.stdout.split('\n').some((line) => line.split(' ')[0] === token)) return false;
  await endOurs(remote);
  await restoreFixtures(remote);
  await remote.exec(['rm', '-rf', leaseDirectory]);
  return true;
}

async function endOurs(remote: Remote): Promise<void> {
  const ended = await remote.exec(['sh', '-uc', endScript], { timeoutMs: 180_000 });
  if (ended.exitCode === 0) return;
  const [how] = ended.failure.split(': ');
  throw new Error(`Cannot free the machine: ${[how, ended.stderr.trim()].filter((part) => part !== '').join(': ')}`);
}

/** Engines, shims, VMMs and containers are known by what they have from below our directory. A process that is between two of these ends with its shim. */
const endScript = `${thinPoolFunctions}${kubeletChanges}
${readFileSync(new URL('ours.sh', import.meta.url), 'utf8')}
own=${machineDirectory}
for round in 1 2 3 4 5; do
  left=$(ours /proc)
  [ -n "$left" ] || break
  for pid in $left; do kill -9 "$pid" 2>/dev/null; done
  sleep 0.2
done
unmount_below "$own"
if awk -v d="$own/" 'index($5, d) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
  echo "something is still mounted below $own" >&2
  exit 1
fi
for pool in "$own"/*/pp-thin; do [ ! -d "$pool" ] || remove_pool "$pool"; done
for kubelet in "$own"/kubelet-*; do restore_host "$kubelet" || exit 1; done
# Of pods that were asked for without a kubelet; where the machine has one, they are its.
[ -e /var/lib/kubelet/device-plugins/kubelet.sock ] || remove_pod_groups || exit 1
if [ -e "$own/sockets-before" ]; then
  for socket in ${shimSockets}/*; do
    [ -S "$socket" ] || continue
    grep -qxF "\${socket##*/}" "$own/sockets-before" || grep -q " $socket$" /proc/net/unix || rm -f "$socket"
  done
fi
[ ! -e "$own/absent-before" ] || remove_again /proc/net/unix < "$own/absent-before"
rm -rf --one-file-system "$own"
for bridge in pp-containerd pp-crio; do [ ! -e "/sys/class/net/$bridge" ] || ip link delete "$bridge"; done
rmdir ${shimSockets} /run/containerd 2>/dev/null
# What runtimes leave of the parents of their cgroups; one in use is not empty and stays.
for parent in /sys/fs/cgroup/k8s.io /sys/fs/cgroup/*/k8s.io; do [ ! -d "$parent" ] || rmdir "$parent" 2>/dev/null; done
exit 0
`;
