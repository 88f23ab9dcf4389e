import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { KubeletHost } from '../../kubelet/host.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';

/**
 * This machine as the host of a kubelet, in mount and process namespaces of its own: what the kubelet writes below /var, its settings
 * of the kernel and its processes go with them. Only its control groups are the machine's. Takes root.
 */
export async function privateNamespaces(): Promise<{ host: KubeletHost } & AsyncDisposable> {
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-euc', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  const inside = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim();
  const remote = connectRemote({ prefix: ['nsenter', '-t', inside, '-m', '-p'], quoting: 'none' });
  return {
    host: { ...remote, id: 'here', expose: (port) => Promise.resolve(port) },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A tmpfs over all of /var, and copies of what a kubelet sets of the kernel and reads of its huge pages. */
const script = `
mount -t tmpfs podproof /var
mkdir -p /var/lib /var/log /var/tmp /var/copies
copy() { name=$(echo "$1" | tr / _); cat "$1" >"/var/copies/$name"; [ -z "$2" ] || echo "$2" >"/var/copies/$name"; mount --bind "/var/copies/$name" "$1"; }
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy "/proc/sys/$setting" ''
done
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
[ ! -e "$pages" ] || copy "$pages" 64
echo ready
exec sleep 2147483647
`;
