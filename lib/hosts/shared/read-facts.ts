import { z } from 'zod';
import { HostFacts } from '../../model/host-facts.ts';
import { pairsIn } from '../../util/pairs.ts';
import type { Remote } from '../host.ts';

/** What the host cannot know of itself. */
export type KnownFacts = Pick<
  HostFacts,
  'accelerator' | 'acceleratorReason' | 'acceleratorDetail' | 'ownKernel' | 'disposable' | 'qemu' | 'qemuOrigin'
>;

/** Reads the facts of a host by one script. Throws when an answer is missing, with the host's words. */
export async function readFacts(remote: Remote, known: KnownFacts): Promise<HostFacts> {
  const result = await remote.exec(['sh', '-c', script], { timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`Cannot read the facts of the host: ${result.failure}: ${result.stderr.trim()}`);
  return parseFacts(result.stdout, known);
}

const count = z.string().regex(/^\d+$/).transform(Number);
const yes = z.enum(['yes', 'no']).transform((word) => word === 'yes');
const Answers = z.object({
  kernel: z.string().min(1),
  bootId: z.uuid(),
  os: z.string(),
  architecture: z.string(),
  cpus: count,
  memoryKiB: count,
  cgroup: z.enum(['v1', 'v2', 'hybrid']),
  systemd: yes,
  erofsUtils: yes,
  appArmor: yes,
  lsm: z.string(),
  kvm: z.string().regex(/^$|^\d+:\d+ \d{1,4} \S+$/),
  vhostVsock: yes,
  vhostNet: yes,
  iommuGroups: count,
  hugepages2MiB: count,
  userNamespaces: yes,
  // getconf says `glibc 2.41`.
  glibc: z.string().transform((text) => text.replace(/^glibc /, '')),
});

/** Pure part: `key=value` lines of the script. Unknown lines are dropped. */
export function parseFacts(text: string, known: KnownFacts): HostFacts {
  const answers = Answers.safeParse(pairsIn(text));
  if (!answers.success) throw new Error(`Cannot read the facts of the host: ${z.prettifyError(answers.error)}`);
  const { memoryKiB, lsm, kvm, ...rest } = answers.data;
  const [owner = '', mode = '', group = ''] = kvm.split(' ');
  return HostFacts.parse({
    ...rest,
    ...known,
    memoryMiB: Math.round(memoryKiB / 1024),
    lsm: lsm.split(',').filter((name) => name !== ''),
    kvm: { present: kvm !== '', owner, mode: kvm === '' ? '' : mode.padStart(4, '0'), group },
  });
}

const script = `
say() { printf '%s=%s\\n' "$1" "$2"; }
has() { if [ -c "$1" ]; then echo yes; else echo no; fi; }
say kernel "$(uname -r)"
say bootId "$(cat /proc/sys/kernel/random/boot_id)"
say os "$(. /etc/os-release && printf %s "$PRETTY_NAME")"
say architecture "$(uname -m)"
say cpus "$(nproc)"
say memoryKiB "$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
case "$(stat -fc %T /sys/fs/cgroup)" in
  cgroup2fs) say cgroup v2 ;;
  *) if [ -d /sys/fs/cgroup/unified ]; then say cgroup hybrid; else say cgroup v1; fi ;;
esac
# sd_booted(3)
if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
if command -v mkfs.erofs >/dev/null; then say erofsUtils yes; else say erofsUtils no; fi
# As containerd asks (pkg/apparmor/apparmor_linux.go).
if [ -d /sys/kernel/security/apparmor ] && [ -x /sbin/apparmor_parser ] && grep -q ^Y /sys/module/apparmor/parameters/enabled; then
  say appArmor yes
else
  say appArmor no
fi
say lsm "$(cat /sys/kernel/security/lsm 2>/dev/null)"
say kvm "$(stat -c '%u:%g %a %G' /dev/kvm 2>/dev/null)"
say vhostVsock "$(has /dev/vhost-vsock)"
say vhostNet "$(has /dev/vhost-net)"
say iommuGroups "$(ls /sys/kernel/iommu_groups 2>/dev/null | wc -l)"
say hugepages2MiB "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 2>/dev/null || echo 0)"
if [ -e /proc/self/ns/user ] && [ "$(cat /proc/sys/user/max_user_namespaces)" -gt 0 ]; then say userNamespaces yes; else say userNamespaces no; fi
say glibc "$(getconf GNU_LIBC_VERSION 2>/dev/null || echo none)"
`;
