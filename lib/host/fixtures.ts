import { Fixtures, cdiDevice } from '../record/fixtures.ts';
import type { Remote } from './host.ts';
import { canarySerial, plainSerial, sparePciMac } from './vm/arguments.ts';

/** Below /run, so that a reboot of the host forgets it together with what it describes. */
const runDirectory = '/run/podproof';
const cdiDirectory = `${runDirectory}/cdi`;
const deviceDirectory = '/dev/podproof';

/**
 * Makes the device nodes, disks and mounts that pods are handed, and remembers below /run/podproof what it changed.
 * Idempotent. Disks and the PCI function are found by serial number and MAC address that only we give.
 */
export async function prepareFixtures(remote: Remote): Promise<Fixtures> {
  const [kind, name] = cdiDevice.split('=');
  const specification = {
    cdiVersion: '0.5.0',
    kind,
    devices: [{ name, containerEdits: { deviceNodes: [{ path: '/dev/podproof-cdi', hostPath: `${deviceDirectory}/char` }] } }],
  };
  await remote.write(`${cdiDirectory}/podproof.json`, `${JSON.stringify(specification, undefined, 2)}\n`);
  const result = await remote.exec(['sh', '-euc', prepareScript], { timeoutMs: 120_000 });
  if (result.exitCode !== 0)
    throw new Error(`Cannot prepare the fixtures on the host: ${result.failure}: ${result.stderr.trim()}`);
  return parseFixtures(result.stdout);
}

/** Pure part: `key=value` lines; an empty value is null. */
export function parseFixtures(text: string): Fixtures {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^(\w+)=(.*)$/.exec(line);
    return match ? [[match[1], match[2] || null]] : [];
  });
  return Fixtures.parse({ ...Object.fromEntries(pairs), missing: `${deviceDirectory}/missing`, cdiDirectory });
}

/** Undoes `prepareFixtures`. Idempotent; does nothing on a host without our record. */
export async function restoreFixtures(remote: Remote): Promise<void> {
  const result = await remote.exec(['sh', '-uc', restoreScript], { timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`Cannot restore the host: ${result.failure}: ${result.stderr.trim()}`);
}

/** Exported as a part of what a snapshot holds. */
export const prepareScript = `
run=${runDirectory} dev=${deviceDirectory}
mkdir -p "$run" "$dev/nodes"
# A second modprobe of kvm_intel on another vendor's processor costs half a second of emulation.
[ -c /dev/kvm ] || for module in kvm_intel kvm_amd; do modprobe -q "$module" || :; done
for module in fuse vhost_vsock vhost_net vfio_pci; do [ -d "/sys/module/$module" ] || modprobe -q "$module" || :; done

node() { [ -c "$1" ] || mknod "$1" c 10 229; chown "$2" "$1"; chmod "$3" "$1"; }
node "$dev/char" 1234:4321 0640
node "$dev/nodes/first" 11:22 0641
node "$dev/nodes/second" 33:44 0604
echo "char=$dev/char"
echo "directory=$dev/nodes"

# Without nowatch, udev puts owner and mode back whenever somebody has written to the disk.
rules=/run/udev/rules.d/99-podproof.rules
if [ ! -e "$rules" ]; then
  mkdir -p /run/udev/rules.d
  echo 'SUBSYSTEM=="block", ENV{ID_SERIAL}=="podproof-*", OPTIONS:="nowatch"' > "$rules"
  udevadm control --reload
  udevadm trigger --settle --action=change --subsystem-match=block --property-match='ID_SERIAL=podproof-*'
fi
canary=$(readlink -e /dev/disk/by-id/virtio-${canarySerial})
plain=$(readlink -e /dev/disk/by-id/virtio-${plainSerial})
chown 1234:4321 "$canary"; chmod 0640 "$canary"
chown root:disk "$plain"; chmod 0660 "$plain"
echo "block=$canary"
echo "blockPlain=$plain"

for mac in /sys/bus/pci/devices/*/net/*/address; do
  [ -e "$mac" ] && [ "$(cat "$mac")" = ${sparePciMac} ] || continue
  spare=$(readlink -f "$mac"); spare=\${spare%/net/*}
  basename "$spare" > "$run/spare-pci"
  basename "$(readlink -f "$spare/driver")" > "$run/spare-pci-driver"
done
group= address=
if [ -e "$run/spare-pci" ]; then
  address=$(cat "$run/spare-pci") spare=/sys/bus/pci/devices/$address
  if [ -e "$spare/iommu_group" ] && [ "$(ls "$spare/iommu_group/devices" | wc -l)" = 1 ]; then
    if [ "$(basename "$(readlink -f "$spare/driver")")" != vfio-pci ]; then
      echo vfio-pci > "$spare/driver_override"
      [ ! -e "$spare/driver" ] || echo "$address" > "$spare/driver/unbind"
      echo "$address" > /sys/bus/pci/drivers_probe
    fi
    group=/dev/vfio/$(basename "$(readlink -f "$spare/iommu_group")")
    udevadm wait --timeout=20 "$group"
  else
    address=
  fi
fi
echo "vfioGroup=$group"
echo "vfioControl=\${group:+/dev/vfio/vfio}"
echo "vfioAddress=$address"

huge=$run/hugepages count=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
if [ -e "$count" ]; then
  [ -e "$run/nr_hugepages" ] || cat "$count" > "$run/nr_hugepages"
  [ "$(cat "$count")" -ge 8 ] || echo 8 > "$count"
  mkdir -p "$huge"
  mountpoint -q "$huge" || mount -t hugetlbfs -o pagesize=2M,uid=0,gid=3000 podproof "$huge"
  # As a mount option the mode loses its setgid bit.
  chmod 2775 "$huge"
  [ "$(cat "$count")" -gt 0 ] || huge=
else
  huge=
fi
echo "hugepages=$huge"
`;

const restoreScript = `
run=${runDirectory}
[ -d "$run" ] || exit 0
failed=0
if [ -e "$run/spare-pci" ]; then
  address=$(cat "$run/spare-pci") spare=/sys/bus/pci/devices/$(cat "$run/spare-pci")
  echo > "$spare/driver_override"
  [ ! -e "$spare/driver" ] || echo "$address" > "$spare/driver/unbind"
  echo "$address" > /sys/bus/pci/drivers_probe
  [ "$(basename "$(readlink -f "$spare/driver")")" = "$(cat "$run/spare-pci-driver")" ] || failed=1
fi
if mountpoint -q "$run/hugepages"; then umount "$run/hugepages" || failed=1; fi
[ ! -e "$run/nr_hugepages" ] || cat "$run/nr_hugepages" > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
rm -f /run/udev/rules.d/99-podproof.rules
udevadm control --reload
for disk in ${canarySerial} ${plainSerial}; do
  node=$(readlink -e "/dev/disk/by-id/virtio-$disk") || continue
  chown root:disk "$node"; chmod 0660 "$node"
done
rm -rf ${deviceDirectory}
[ "$failed" = 1 ] || rm -rf "$run"
exit "$failed"
`;
