# What a container sees and may open. Follows rows.sh; runs in the container in one exec, with few forks, as these are
# dear under CPU emulation. Reads only, except what an argument asks for:
#   open:r:PATH open:w:PATH     opens and closes; writes no byte, makes no file
#   mknod:PATH:TYPE:MAJOR:MINOR makes the node, opens it for reading, removes it
#   canary:PATH                 the first bytes
#   writable:PATH               makes the file and removes it
#   disks:DIRECTORY             the first bytes of each disk that the kernel lists, by a node that it makes there and removes

# What the shell says when it cannot open for reading; nothing when it can. So too below, for writing.
read_failure() { { { :; } <"$1"; } 2>&1; }

# >> would make a missing file, so that its absence is asked for by reading.
write_failure() {
  if [ -e "$1" ]; then { { :; } >>"$1"; } 2>&1; else read_failure "$1"; fi
}

create_failure() {
  set -C
  { { :; } >"$1"; } 2>&1
}

first_bytes() { $busybox dd if="$1" bs=64 count=1 status=none; }

attempt() {
  case $1 in
  open:r:*)
    path=${1#open:r:}
    row open read "$path" "$(read_failure "$path")"
    ;;
  open:w:*)
    path=${1#open:w:}
    row open write "$path" "$(write_failure "$path")"
    ;;
  mknod:*)
    rest=${1#mknod:}
    minor=${rest##*:} rest=${rest%:*}
    major=${rest##*:} rest=${rest%:*}
    type=${rest##*:} path=${rest%:*}
    if failure=$($busybox mknod "$path" "$type" "$major" "$minor" 2>&1); then
      failure=$(read_failure "$path")
      $busybox rm -f "$path"
    fi
    row open mknod "$path" "$failure"
    ;;
  canary:*)
    path=${1#canary:}
    failure=$(read_failure "$path")
    # The dot keeps the newline at the end, which the shell would drop.
    if [ -z "$failure" ] && content=$(first_bytes "$path" && printf .); then
      row canary "$path" '' "${content%.}"
    else
      row canary "$path" "${failure:-$(first_bytes "$path" 2>&1)}"
    fi
    ;;
  writable:*)
    path=${1#writable:}
    failure=$(create_failure "$path")
    [ -n "$failure" ] || $busybox rm -f "$path"
    row writable "$path" "$failure"
    ;;
  disks:*)
    path=${1#disks:}/podproof-disk
    row disks
    while read -r major minor _ name; do
      # A heading, an empty line, and disks that are memory of the kernel that lists them.
      case $name in '' | name | ram* | zram*) continue ;; esac
      content=''
      if failure=$($busybox mknod "$path" b "$major" "$minor" 2>&1); then
        failure=$(read_failure "$path")
        [ -n "$failure" ] || content=$(first_bytes "$path" 2>/dev/null && printf .)
        $busybox rm -f "$path"
      fi
      row disk "$name" "$failure" "${content%.}"
    done </proc/partitions
    ;;
  esac
}

observe() {
  lines_of /proc/self/status /proc/sys/kernel/random/boot_id /proc/cmdline /proc/partitions /proc/self/mounts /proc/self/uid_map /proc/self/attr/apparmor/current
  row kernel "$($busybox uname -r)"
  tree dev /dev
  for path in /sys/class/block/*; do [ -e "$path" ] && row block "${path##*/}" && lines_of "$path/serial"; done
  for path in /sys/class/net/*; do [ -e "$path" ] && row net "${path##*/}"; done
  for path in /sys/bus/pci/devices/*; do [ -e "$path" ] && lines_of "$path/vendor" "$path/device"; done
  for path in /sys/bus/pci/drivers/*/*:*:*.*; do [ -e "$path" ] && row driver "$path"; done
  for wish; do attempt "$wish"; done
  set -- /proc/[0-9]*
  row processes $#
  for path; do lines_of "$path/comm"; done
}

observe "$@"
put_all
