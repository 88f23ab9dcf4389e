import { canary } from '../../model/fixtures.ts';
import type { FixturePlan } from './fixture-plan.ts';
import type { Step } from './steps.ts';
import { canarySerial, plainSerial, sparePciMac } from '../vm/arguments.ts';

/** Below /run, so that a reboot of the host forgets it together with what it describes. */
export const runDirectory = '/run/podproof';
export const deviceDirectory = '/dev/podproof';

/** What each script begins with. */
export const places = `run=${runDirectory} dev=${deviceDirectory}
`;

const directories = `mkdir -p "$run" "$dev/nodes"
# crun before 1.24 gives it to the users of its containers.
[ -e "$run/null" ] || stat -c '%u:%g %a' /dev/null > "$run/null"
`;

const modules = `# A second modprobe of kvm_intel on another vendor's processor costs half a second of emulation.
[ -c /dev/kvm ] || for module in kvm_intel kvm_amd; do modprobe -q "$module" || :; done
for module in fuse vhost_vsock vhost_net vfio_pci; do [ -d "/sys/module/$module" ] || modprobe -q "$module" || :; done
`;

const needsFuse = `
[ -e /sys/class/misc/fuse ] || { echo "the kernel of this machine has no fuse: modprobe fuse" >&2; exit 1; }
`;

const nodes = `
node() { [ -c "$1" ] || mknod "$1" c 10 229; chown "$2" "$1"; chmod "$3" "$1"; }
node "$dev/char" 1234:4321 0640
node "$dev/nodes/first" 11:22 0641
node "$dev/nodes/second" 33:44 0604
echo "char=$dev/char"
echo "directory=$dev/nodes"

`;

const spareDisks = `# Without nowatch, udev puts owner and mode back whenever somebody has written to the disk.
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

`;

const sparePci = `for mac in /sys/bus/pci/devices/*/net/*/address; do
  [ -e "$mac" ] && [ "$(cat "$mac")" = ${sparePciMac} ] || continue
  spare=$(readlink -f "$mac"); spare=\${spare%/net/*}
  basename "$spare" > "$run/spare-pci"
  basename "$(readlink -f "$spare/driver")" > "$run/spare-pci-driver"
done
`;

/** A function that the user gave us by its address, in $3; its driver gets it back. */
const givenPci = `
if [ ! -e "$run/spare-pci" ]; then
  [ -e "/sys/bus/pci/devices/$3" ] || { echo "the PCI function $3 of matrix.json is not there" >&2; exit 1; }
  driver=$(readlink "/sys/bus/pci/devices/$3/driver") || driver=
  basename "\${driver:-none}" > "$run/spare-pci-driver"
  echo "$3" > "$run/spare-pci"
fi
`;

const vfio = `group= address=
if [ -e "$run/spare-pci" ]; then
  address=$(cat "$run/spare-pci") spare=/sys/bus/pci/devices/$address
  if [ -e "$spare/iommu_group" ] && [ -d /sys/bus/pci/drivers/vfio-pci ] && [ "$(ls "$spare/iommu_group/devices" | wc -l)" = 1 ]; then
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

`;

const hugepages = `huge=$run/hugepages count=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
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

/**
 * Two loop devices of our own, with the numbers $1 and $2. No process but one of ours holds them open, and they are set to go with
 * their last user: when the machine is lost, or podproof is killed and its container removed, they let go of their file by themselves.
 */
const loopDisks = `
control() {
  perl -e 'open(my $f, "+<", "/dev/loop-control") or die "/dev/loop-control: $!\\n"; defined ioctl($f, int($ARGV[0]), int($ARGV[1])) or die "loop$ARGV[1]: $!\\n"' "$1" "$2"
}
disk() {
  if [ ! -e "$run/holder-$2" ]; then
    truncate -s 16M "$run/$2.img"
    printf %s "$3" | dd of="$run/$2.img" conv=notrunc status=none
    # LOOP_CTL_ADD (linux/loop.h): a number that nobody else uses.
    [ -e "/sys/block/loop$1" ] || control 19584 "$1"
    echo "$1" > "$run/loop-$2"
    rm -f "$dev/$2"
    (umask 077; mknod "$dev/$2" b 7 "$1")
    losetup "$dev/$2" "$run/$2.img"
    exec 9<"$dev/$2"
    setsid sleep 2147483647 <&9 9<&- >/dev/null 2>&1 &
    echo $! > "$run/holder-$2"
    # While it is open this only says: when nobody uses it any more.
    losetup -d "$dev/$2"
    exec 9<&-
  fi
}
disk "$1" canary '${canary}'
chown 1234:4321 "$dev/canary"; chmod 0640 "$dev/canary"
disk "$2" plain ''
chown root:disk "$dev/plain"; chmod 0660 "$dev/plain"
echo "block=$dev/canary"
echo "blockPlain=$dev/plain"

`;

/** What `prepareFixtures` does, in this order; each prints `key=value` lines. */
export function prepareSteps({ disks, pci, kernel }: FixturePlan): Step[] {
  const args = [...(disks === 'spare' ? ['', ''] : disks.map(String)), pci ?? ''];
  const given = pci === 'spare' ? sparePci : pci === null ? '' : givenPci;
  return [
    { name: 'make the device nodes', script: `${directories}${kernel ? modules : needsFuse}${nodes}` },
    { name: 'prepare the disks', script: disks === 'spare' ? spareDisks : loopDisks },
    { name: 'bind the spare PCI function to vfio-pci', script: `${given}${vfio}` },
    { name: 'reserve huge pages', script: kernel ? hugepages : "echo 'hugepages='\n" },
  ].map(({ name, script }) => ({ name, script: `set -e\n${places}${script}`, args }));
}
