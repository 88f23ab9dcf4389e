# Looks whether a host can take engines and pods. Run as `sh -c TEXT preflight DIRECTORY… -- FEATURE…`. Prints `key=value` lines; a value
# is printable and in one line. Leaves nothing but the modules that it loads.
export LC_ALL=C
newline='
'
# Of several lines the last: it is the one that says why.
say() { printf '%s=%s\n' "$1" "${2##*"$newline"}"; }

look() {
  # It may not be there yet: what holds it is what it will be made in.
  at=$1
  while [ ! -d "$at" ]; do at=$(dirname "$at"); done
  if file=$(mktemp "$at/.podproof-XXXXXX" 2>&1); then
    said=$(dd if=/dev/zero of="$file" bs=4096 count=1 status=none 2>&1)
    rm -f "$file"
  else
    said=${file:-mktemp says nothing}
  fi
  say "write:$1" "$said"
  say "mount:$1" "$(stat -c %m "$at")"
  say "free:$1" "$(stat -f -c '%a %S' "$at")"
}

# By what it does and not by the name of a module, so that one that is built in counts.
there() {
  case $1 in
  overlay | erofs) grep -qw "$1" /proc/filesystems ;;
  loop) grep -q ' loop$' /proc/devices ;;
  fuse | tun) [ -e "/sys/class/misc/$1" ] ;;
  # Device managers make these nodes before there is a driver.
  kvm) [ -e /sys/class/misc/kvm ] && [ -c /dev/kvm ] ;;
  vhost_vsock) [ -e /sys/class/misc/vhost-vsock ] && [ -c /dev/vhost-vsock ] ;;
  vhost_net) [ -e /sys/class/misc/vhost-net ] && [ -c /dev/vhost-net ] ;;
  # With the program that makes one.
  dm_thin_pool) dmsetup targets 2>&1 | grep -q '^thin-pool ' ;;
  bridge | veth) [ -d "/sys/module/$1" ] ;;
  esac
}

# In a container nobody may load a module, but the kernel itself loads the one for an interface or device that is asked for.
load() {
  case $1 in
  kvm) { modprobe kvm_intel || modprobe kvm_amd; } && there kvm ;;
  loop) { modprobe loop || : </dev/loop-control; } && there loop ;;
  bridge | veth) modprobe "$1" || { ip link add pp-preflight type "$1" && ip link delete pp-preflight; } ;;
  *) modprobe "$1" && there "$1" ;;
  esac 2>&1
}

{
  while [ "$1" != -- ]; do
    look "$1"
    shift
  done
  shift
  say memory "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)"
  for feature; do
    if there "$feature" || said=$(load "$feature"); then say "feature:$feature" yes; else say "feature:$feature" "no ${said##*"$newline"}"; fi
  done
} | tr -c '[:print:]\n' ' '
