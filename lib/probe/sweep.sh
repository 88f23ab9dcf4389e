# What the host shows of one sandbox. Follows rows.sh; reads only.
# Arguments: sandbox id, container id (both empty before there is a pod), then further directories with device nodes.
sandbox=$1 container=$2
shift 2

# Processes that name an id in their arguments or live in its cgroup, and all that descend from them;
# without the sweep itself and what carries it here: they name the token, which would break the rows. The token is looked for
# last: a part of the sweep that starts meanwhile names the sandbox as well.
processes_of_sandbox() {
  {
    echo /proc/[0-9]*
    busybox grep -l -e "$sandbox" -e "${container:-$sandbox}" /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup
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
  lines_of /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id /etc/passwd /proc/self/mounts
  tree dev /dev "$@" /run/user
  for path in /run/netns/*; do [ -e "$path" ] && row netns "$path"; done
  for path in /sys/block/loop*/loop/backing_file; do [ -e "$path" ] && lines_of "$path"; done
  [ -n "$sandbox" ] || return 0
  links=
  for pid in $(processes_of_sandbox); do
    lines_of "/proc/$pid/status" "/proc/$pid/stat" "/proc/$pid/cgroup"
    row argv "$pid" ''
    busybox tr '\0' '\1' <"/proc/$pid/cmdline" 2>/dev/null
    links="$links /proc/$pid/exe"
  done 2>/dev/null
  [ -z "$links" ] || busybox stat -c "${R}exe$F%n$F%N" $links 2>/dev/null
}

observe "$@" | to_json
