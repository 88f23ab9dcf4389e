# Starts or stops one private engine instance. Run as `sh instance.sh start|stop …`.
set -u

# Whether a process still runs. One that has ended may keep its directory: not every first process of a container reaps at once.
running() { [ -e "/proc/$1/exe" ]; }

case $1 in
start)
  # start LOG PIDFILE SOCKET BRIDGE POOL ARGV…: prints the pid once the socket is there, or nothing when the daemon ended before.
  # The daemon leads a session of its own, so that it outlives this shell.
  log=$2 pidfile=$3 socket=$4 bridge=$5 pool=$6
  shift 6
  rm -f "$socket"
  # With an address that was set, neither udev nor the next veth gives it another one between CNI's ADD and CHECK.
  [ -z "$bridge" ] || ip link add "$bridge" address 02:70:70:00:00:01 type bridge 2>/dev/null
  [ -z "$pool" ] || make_pool "$pool" 2>>"$log" || exit 1
  setsid "$@" >>"$log" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$pidfile"
  until [ -S "$socket" ]; do
    running "$pid" || exit 1
    sleep 0.1
  done
  echo "$pid"
  ;;
stop)
  # stop PIDFILE MARK DIRECTORY BRIDGE POOL: the daemon first, then shims and monitors that name MARK or DIRECTORY in their arguments or
  # work below DIRECTORY, then mounts below DIRECTORY.
  pid=$(cat "$2" 2>/dev/null) || pid=
  if [ -n "$pid" ]; then
    kill "$pid" 2>/dev/null
    n=0
    while running "$pid" && [ $n -lt 250 ]; do sleep 0.02; n=$((n + 1)); done
    kill -9 "$pid" 2>/dev/null
    rm -f "$2"
  fi
  for status in /proc/[0-9]*; do
    # By name first: the shells that run this script have all these words in their arguments too.
    read -r comm 2>/dev/null <"$status/comm" || continue
    case $comm in containerd-shim* | *conmon*) ;; *) continue ;; esac
    case "$(readlink "$status/cwd" 2>/dev/null) $(tr '\0' ' ' <"$status/cmdline" 2>/dev/null)" in
    *" $3"* | "$4"/* | *" $4/"*) kill -9 "${status#/proc/}" 2>/dev/null ;;
    esac
  done
  awk -v d="$4/" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null; done
  [ -z "$6" ] || remove_pool "$6" 2>/dev/null
  [ -z "$5" ] || ip link delete "$5" 2>/dev/null
  exit 0
  ;;
esac
