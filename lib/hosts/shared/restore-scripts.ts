import { canarySerial, plainSerial } from '../vm/arguments.ts';
import { places } from './fixture-scripts.ts';
import type { Step } from './steps.ts';

const restoreNull = `[ ! -e "$run/null" ] || {
  read -r owner mode < "$run/null"
  chown "$owner" /dev/null && chmod "$mode" /dev/null
}
`;

const restorePci = `if [ -e "$run/spare-pci" ]; then
  address=$(cat "$run/spare-pci") spare=/sys/bus/pci/devices/$(cat "$run/spare-pci")
  echo > "$spare/driver_override"
  [ ! -e "$spare/driver" ] || echo "$address" > "$spare/driver/unbind"
  echo "$address" > /sys/bus/pci/drivers_probe
  driver=$(readlink "$spare/driver") || driver=none
  [ "$(basename "$driver")" = "$(cat "$run/spare-pci-driver")" ]
fi
`;

const restoreHugepages = `if mountpoint -q "$run/hugepages"; then umount "$run/hugepages" || failed=1; fi
[ ! -e "$run/nr_hugepages" ] || cat "$run/nr_hugepages" > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
[ "$failed" = 0 ]
`;

const restoreDisks = `if [ -e /run/udev/rules.d/99-podproof.rules ]; then
  rm -f /run/udev/rules.d/99-podproof.rules
  udevadm control --reload
fi
for disk in ${canarySerial} ${plainSerial}; do
  node=$(readlink -e "/dev/disk/by-id/virtio-$disk") || continue
  chown root:disk "$node"; chmod 0660 "$node"
done
tries=0
for disk in canary plain; do
  [ -e "$run/loop-$disk" ] || continue
  # The file that it stands for is one of ours, so that a number that was given to somebody else is left alone.
  number=$(cat "$run/loop-$disk") holder=$(cat "$run/holder-$disk" 2>/dev/null)
  [ "$(readlink "/proc/$holder/fd/0")" != "$dev/$disk" ] || kill "$holder"
  # Who was killed lets go of it in the kernel's own time, and udev looks at it once more: on a busy machine each takes seconds.
  while [ -e "/sys/block/loop$number/loop/backing_file" ] && [ "$tries" -lt 250 ]; do tries=$((tries + 1)); sleep 0.1; done
  if [ -e "/sys/block/loop$number" ]; then
    # LOOP_CTL_REMOVE; a device in use refuses.
    perl -e 'open(my $f, "+<", "/dev/loop-control") or die; for (1 .. 100) { defined ioctl($f, 19585, int($ARGV[0])) and exit; select(undef, undef, undef, 0.1) } die "loop$ARGV[0]: $!\n"' "$number" || failed=1
  fi
done
rm -rf "$dev"
[ "$failed" = 0 ]
`;

/** Undoes what `prepareSteps` did, in this order, each whatever became of the one before it. */
export const restoreSteps: readonly Step[] = [
  { name: 'give /dev/null its owner back', script: restoreNull },
  { name: 'give the PCI function to its driver', script: restorePci },
  { name: 'give the huge pages back', script: restoreHugepages },
  { name: 'give the disks back', script: restoreDisks },
].map(({ name, script }) => ({ name, script: `${places}[ -d "$run" ] || exit 0\nfailed=0\n${script}` }));
