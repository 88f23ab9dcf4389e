# What the host shows of one sandbox. Follows rows.sh; reads only.
# Arguments: sandbox id, container id (both empty before there is a pod), then further directories with device nodes.
sandbox=$1 container=$2
shift 2
# Firecracker takes no longer id, and is known by this much of it in its arguments and in the names of its files
# (kata-containers 4.1.0 src/runtime/virtcontainers/fc.go truncateID). It begins the whole id, so that it finds that too.
short=$(printf %.32s "$sandbox")

# Processes that name an id in their arguments or live in its cgroup, and all that descend from them;
# without the sweep itself and what carries it here: they name the token, which would break the rows. The token is looked for
# last: a part of the sweep that starts meanwhile names the sandbox as well.
processes_of_sandbox() {
  {
    echo /proc/[0-9]*
    busybox grep -l -e "$short" -e "${container:-$sandbox}" /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup
    echo token
    busybox grep -l -e "$token" /proc/[0-9]*/cmdline
  } 2>/dev/null | busybox awk -F/ -v "token=$token" '
    NR == 1 { count = split($0, all, " "); next }
    $0 == "token" { mark = NR; next }
    !mark { mine[$3]; next }
    { delete mine[$3]; own[$3] }
    END {
      # A name in stat may hold a newline: read the file in one piece.
      RS = token
      for (i = 1; i <= count; i++) {
        pid = substr(all[i], 7)
        if ((getline stat < (all[i] "/stat")) <= 0) continue
        close(all[i] "/stat")
        sub(/.*\)/, "", stat)
        split(stat, part, " ")
        parent[pid] = part[2]
      }
      do {
        grown = 0
        for (pid in parent) if (!(pid in mine) && !(pid in own) && parent[pid] in mine) { mine[pid]; grown = 1 }
      } while (grown)
      for (pid in mine) print pid
    }'
}

observe() {
  lines_of /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id /etc/passwd /proc/self/mounts /proc/partitions
  for path in /sys/class/block/*/serial; do [ -e "$path" ] && lines_of "$path"; done
  tree dev /dev "$@" /run/user
  for path in /run/netns/*; do [ -e "$path" ] && row netns "$path"; done
  for path in /sys/block/loop*/loop/backing_file; do [ -e "$path" ] && lines_of "$path"; done
  [ -n "$sandbox" ] || return 0
  links=''
  for pid in $(processes_of_sandbox); do
    lines_of "/proc/$pid/status" "/proc/$pid/stat" "/proc/$pid/cgroup"
    row argv "$pid" ''
    busybox tr '\0' '\1' <"/proc/$pid/cmdline" 2>/dev/null
    links="$links /proc/$pid/exe /proc/$pid/ns/*"
    # Where / comes from: of a jail, a directory of the host. A process that only waits to be reaped has none.
    root=$(busybox awk '$5 == "/" { root = $4 } END { print root }' "/proc/$pid/mountinfo")
    [ -z "$root" ] || row root "/proc/$pid/mountinfo" "$root"
  done 2>/dev/null
  [ -z "$links" ] || busybox stat -c "${R}link$F%n$F%N" $links /proc/1/ns/* 2>/dev/null
  for directory in /run/vc/*/"$short"*; do [ ! -e "$directory" ] || busybox stat -c "${R}vc$F%f$F%t$F%T$F%u$F%g$F%n$F%N" "$directory"; done
  for directory in /run/vc/*/"$short"*; do [ ! -d "$directory" ] || tree vc "$directory"; done
}

observe "$@" | to_json
