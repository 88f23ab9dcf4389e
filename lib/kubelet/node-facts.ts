import { z } from 'zod';
import type { Remote } from '../hosts/host.ts';
import { kubeletPlaces, nodeName, openedGates, type KubeletSpec } from './config.ts';
import { RecordedNode } from '../model/kubelet-record.ts';
import { pairsIn } from '../util/pairs.ts';

const words = z.string().transform((text) => text.split(' ').filter((word) => word !== ''));
const Answers = z.object({
  memory: z.coerce.number().int().positive(),
  cgroupVersion: z.enum(['1', '2']).transform((text) => (text === '1' ? 1 : 2)),
  swapController: z.enum(['yes', 'no']).transform((word) => word === 'yes'),
  hugePages: words,
  servers: words,
  searches: words,
  options: words,
  thermalThrottle: words,
});

/** What the requests of this kubelet depend on, as its host has it. */
export async function nodeFacts(remote: Pick<Remote, 'exec'>, spec: KubeletSpec): Promise<RecordedNode> {
  const { stdout, stderr, exitCode } = await remote.exec(['sh', '-c', script]);
  if (exitCode !== 0) throw new Error(`Cannot read the facts of the kubelet's host: ${stderr.trim()}`);
  return parseNodeFacts(stdout, spec);
}

/** Pure part: `key=value` lines. */
export function parseNodeFacts(text: string, spec: KubeletSpec): RecordedNode {
  const { memory, cgroupVersion, swapController, hugePages, servers, searches, options, thermalThrottle } = Answers.parse(
    pairsIn(text),
  );
  const places = kubeletPlaces(spec);
  return RecordedNode.parse({
    version: spec.version,
    gates: openedGates(spec).map(({ feature }) => feature),
    name: nodeName,
    cgroupDriver: spec.cgroupDriver,
    cgroupVersion,
    swapController,
    memory,
    hugePageSizes: hugePages.map(pageSize),
    rootDirectory: places.root,
    logDirectory: places.podLogs,
    seccompDefault: false,
    dns: { servers, searches, options },
    thermalThrottle,
  });
}

/** The kernel's directory `hugepages-2048kB` as the kubelet spells the size: `2MB`. */
function pageSize(directory: string): string {
  let [size, unit] = [Number(/\d+/.exec(directory)?.[0] ?? 0), 0];
  const units = ['KB', 'MB', 'GB'];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size}${units[unit]}`;
}

const script = `
say() { printf '%s=%s\\n' "$1" "$2"; }
say memory "$(($(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo) * 1024))"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  say cgroupVersion 2
  # The root has no such file; every other group has it where the kernel counts swap.
  if ls /sys/fs/cgroup/*/memory.swap.max >/dev/null 2>&1; then say swapController yes; else say swapController no; fi
else
  say cgroupVersion 1
  if [ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then say swapController yes; else say swapController no; fi
fi
# The kubelet takes them as the kernel lists them.
say hugePages "$(ls -U /sys/kernel/mm/hugepages 2>/dev/null | tr '\\n' ' ')"
say servers "$(awk '$1 == "nameserver" { printf "%s ", $2 }' /etc/resolv.conf 2>/dev/null)"
say searches "$(awk '$1 == "search" { $1 = ""; print }' /etc/resolv.conf 2>/dev/null | tail -n 1)"
say options "$(awk '$1 == "options" { $1 = ""; print }' /etc/resolv.conf 2>/dev/null | tail -n 1)"
say thermalThrottle "$(ls -d /sys/devices/system/cpu/cpu*/thermal_throttle 2>/dev/null | tr '\\n' ' ')"
`;
