# What the host shows of one sandbox. Follows rows.sh; reads only.
# Arguments: sandbox id, container id (both empty before there is a pod), where the container's runtime keeps its state and its shim
# names it (empty where nobody asks), then further directories with device nodes.
sandbox=$1 container=$2 state=$3 named=$4
shift 4
# Firecracker takes no longer id, and is known by this much of it in its arguments and in the names of its files
# (kata-containers 4.1.0 src/runtime/virtcontainers/fc.go truncateID). It begins the whole id, so that it finds that too.
short=${sandbox%"${sandbox#????????????????????????????????}"}
short=${short:-$sandbox}

# Pid and parent of every process that is no thread of the kernel (PF_KTHREAD, proc_pid_stat(5)): those are most, and name nobody. The
# first of them, pid 2, is the parent of all others: where the kernel lists its children they need not be looked at one by one.
processes() {
  $busybox awk -v "token=$token" '
    # Reads the stat of a process into `part`, without its name. A name may hold a newline: the file is read in one piece.
    function is_of_kernel(path, stat) {
      if ((getline stat < (path "/stat")) <= 0) return 1
      close(path "/stat")
      sub(/.*\)/, "", stat)
      split(stat, part, " ")
      return int(part[7] / 2097152) % 2
    }
    BEGIN {
      RS = token
      if (is_of_kernel("/proc/2") && (getline children < "/proc/2/task/2/children") > 0) {
        split(children, pids, " ")
        for (i in pids) skipped["/proc/" pids[i]]
      }
      for (i = 1; i < ARGC; i++) if (!(ARGV[i] in skipped) && !is_of_kernel(ARGV[i])) print substr(ARGV[i], 7), part[2]
    }' /proc/[0-9]*
}

# Sets `pids`: of the processes that name an id in their arguments or live in its cgroup, and all that descend from them; without
# the sweep itself and what carries it here: they name the token, which would break the rows. With -F busybox would end each line
# at the first NUL, and of several patterns it would print one.
processes_of_sandbox() {
  family=$(processes)
  set -- $family
  arguments='' groups=''
  while [ $# -gt 0 ]; do
    arguments="$arguments /proc/$1/cmdline" groups="$groups /proc/$1/cgroup"
    shift 2
  done
  named_by='' own=' ' pids=' '
  for found in $($busybox grep -oE "$token|$short|${container:-$sandbox}" $arguments $groups 2>/dev/null); do
    pid=${found#/proc/}
    pid=${pid%%/*}
    case $found in *":$token") own="$own$pid " ;; *) named_by="$named_by $pid" ;; esac
  done
  for pid in $named_by; do
    case $own$pids in *" $pid "*) ;; *) pids="$pids$pid " ;; esac
  done
  grown=1
  while [ -n "$grown" ]; do
    grown=''
    set -- $family
    while [ $# -gt 0 ]; do
      case $own$pids in
      *" $1 "*) ;;
      *) case $pids in *" $2 "*) pids="$pids$1 " grown=1 ;; esac ;;
      esac
      shift 2
    done
  done
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
  # A runtime has a directory for each container, or files whose names begin with its id.
  [ -z "$state" ] || for path in "$state"/* "$state"?*; do [ -e "$path" ] && row state "${path#"$state"}"; done
  [ -z "$named" ] || lines_of "$named"
  links=''
  processes_of_sandbox
  set -- $pids
  for pid; do
    lines_of "/proc/$pid/status" "/proc/$pid/stat" "/proc/$pid/cgroup" "/proc/$pid/mountinfo"
    row argv "$pid" ''
    put_rows
    $busybox tr '\0' '\1' <"/proc/$pid/cmdline" 2>/dev/null
    links="$links /proc/$pid/exe /proc/$pid/ns/*"
  done 2>/dev/null
  quotas "$@"
  [ -z "$links" ] || $busybox stat -c "${R}link$F%n$F%N" $links /proc/1/ns/* 2>/dev/null
  # The Go shim has its VMs below /run/vc, runtime-rs below /run/kata.
  set -- /run/vc/*/"$short"* /run/kata/"$short"* /run/kata/*/"$short"*
  for directory; do [ ! -e "$directory" ] || $busybox stat -c "${R}vc$F%f$F%t$F%T$F%u$F%g$F%n$F%N" "$directory"; done
  for directory; do [ ! -d "$directory" ] || tree vc "$directory"; done
}

observe "$@"
put_all
