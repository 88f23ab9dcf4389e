# What the host shows of one sandbox. Follows rows.sh; reads only.
# Arguments: sandbox id, container id (both empty before there is a pod), then further directories with device nodes.
sandbox=$1 container=$2
shift 2
# Firecracker takes no longer id, and is known by this much of it in its arguments and in the names of its files
# (kata-containers 4.1.0 src/runtime/virtcontainers/fc.go truncateID). It begins the whole id, so that it finds that too.
short=$(printf %.32s "$sandbox")

# Pid and parent of every process that is no thread of the kernel (PF_KTHREAD, proc_pid_stat(5)): those are most, and name nobody.
processes() {
  echo /proc/[0-9]* | busybox awk -v "token=$token" '
    {
      # A name in stat may hold a newline: read the file in one piece.
      RS = token
      for (count = split($0, all, " "); count > 0; count--) {
        if ((getline stat < (all[count] "/stat")) <= 0) continue
        close(all[count] "/stat")
        sub(/.*\)/, "", stat)
        split(stat, part, " ")
        if (int(part[7] / 2097152) % 2 == 0) print substr(all[count], 7), part[2]
      }
      exit
    }'
}

# Processes that name an id in their arguments or live in its cgroup, and all that descend from them;
# without the sweep itself and what carries it here: they name the token, which would break the rows. The token is looked for
# last: a part of the sweep that starts meanwhile names the sandbox as well. With -F busybox would end each line at the first NUL.
processes_of_sandbox() {
  family=$(processes)
  set -- $family
  arguments='' groups=''
  while [ $# -gt 0 ]; do
    arguments="$arguments /proc/$1/cmdline" groups="$groups /proc/$1/cgroup"
    shift 2
  done
  {
    echo $family
    busybox grep -l -e "$short" -e "${container:-$sandbox}" $arguments $groups
    echo token
    busybox grep -l -e "$token" $arguments
  } 2>/dev/null | busybox awk -F/ '
    NR == 1 { for (count = split($0, all, " "); count > 0; count -= 2) parent[all[count - 1]] = all[count]; next }
    $0 == "token" { mark = NR; next }
    !mark { mine[$3]; next }
    { delete mine[$3]; own[$3] }
    END {
      do {
        grown = 0
        for (pid in parent) if (!(pid in mine) && !(pid in own) && parent[pid] in mine) { mine[pid]; grown = 1 }
      } while (grown)
      for (pid in mine) print pid
    }'
}

# roots PID…: where / of each comes from: of a jail, a directory of the host. A process that only waits to be reaped has none.
roots() {
  for pid; do echo "/proc/$pid/mountinfo"; done | busybox awk -v "R=$R" -v "F=$F" '
    {
      root = ""
      while ((getline line < $0) > 0) { split(line, part, " "); if (part[5] == "/") root = part[4] }
      close($0)
      if (root != "") printf "%s", R "root" F $0 F root
    }'
}

# quotas PID…: how much CPU time the control group of each may take, and those above it (cgroup v2), the innermost first.
quotas() {
  for pid; do
    read -r path <"/proc/$pid/cgroup" || continue
    case $path in 0::/?*) path=${path#0::} ;; *) continue ;; esac
    limits=''
    while [ -n "$path" ]; do
      read -r limit <"/sys/fs/cgroup$path/cpu.max" && limits="$limits$limit,"
      path=${path%/*}
    done
    row quota "$pid" "$limits"
  done 2>/dev/null
}

observe() {
  lines_of /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id /etc/passwd /proc/self/mounts /proc/partitions
  for path in /sys/class/block/*/serial; do [ -e "$path" ] && lines_of "$path"; done
  tree dev /dev "$@" /run/user
  for path in /run/netns/*; do [ -e "$path" ] && row netns "$path"; done
  for path in /sys/block/loop*/loop/backing_file; do [ -e "$path" ] && lines_of "$path"; done
  [ -n "$sandbox" ] || return 0
  links=''
  set -- $(processes_of_sandbox)
  for pid; do
    lines_of "/proc/$pid/status" "/proc/$pid/stat" "/proc/$pid/cgroup"
    row argv "$pid" ''
    put_rows
    busybox tr '\0' '\1' <"/proc/$pid/cmdline" 2>/dev/null
    links="$links /proc/$pid/exe /proc/$pid/ns/*"
  done 2>/dev/null
  [ -z "$links" ] || roots "$@"
  quotas "$@"
  [ -z "$links" ] || busybox stat -c "${R}link$F%n$F%N" $links /proc/1/ns/* 2>/dev/null
  # The Go shim has its VMs below /run/vc, runtime-rs below /run/kata.
  set -- /run/vc/*/"$short"* /run/kata/"$short"* /run/kata/*/"$short"*
  for directory; do [ ! -e "$directory" ] || busybox stat -c "${R}vc$F%f$F%t$F%T$F%u$F%g$F%n$F%N" "$directory"; done
  for directory; do [ ! -d "$directory" ] || tree vc "$directory"; done
}

observe "$@"
put_all
