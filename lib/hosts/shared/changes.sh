# Changes a host and remembers below WHERE what was there before. Run as `sh changes.sh WHERE VERB …`.
set -u
where=$1 verb=$2
shift 2

# remember KIND FIRST SECOND PATH: the newest change has the highest number and is undone first.
remember() {
  mkdir -p "$where" || return
  number=$(ls "$where" | grep -c '^change')
  printf '%s %s %s %s\n' "$@" >"$where/part" && mv "$where/part" "$where/change.$((1000 + number))"
}

# bind ADDRESS DRIVER: without a driver the host's own choice.
bind() {
  function=/sys/bus/pci/devices/$1
  echo "$2" >"$function/driver_override" || return
  [ ! -e "$function/driver" ] || echo "$1" >"$function/driver/unbind" || return
  echo "$1" >/sys/bus/pci/drivers_probe || return
  udevadm settle --timeout=20 2>/dev/null || :
}

# directory PATH: makes it with its parents, and remembers each, so that the lowest is removed first.
directory() {
  [ ! -d "$1" ] || return 0
  directory "$(dirname "$1")" && remember directory - - "$1" && mkdir "$1"
}

# make PATH TYPE NUMBERS OWNER MODE: a node that is there keeps its numbers, and without an OWNER all that it has.
make() {
  case $2 in
  c) kind='character special file' ;;
  b) kind='block special file' ;;
  esac
  if [ -e "$1" ]; then
    found=$(stat -L -c %F "$1") || return
    if [ "$found" != "$kind" ]; then
      echo "$1 is there, and is a $found, not a $kind" >&2
      return 1
    fi
    [ -n "$4" ] || { echo "kept $1"; return 0; }
    before=$(stat -L -c '%u:%g %a' "$1") || return
    # shellcheck disable=SC2086
    remember node $before "$1" && chown "$4" "$1" && chmod "$5" "$1" && echo "changed $1"
    return
  fi
  numbers=$3
  case $3 in
  /*)
    numbers=$(stat -L -c '0x%t:0x%T' "$3") || return
    ;;
  esac
  directory "$(dirname "$1")" && remember made - - "$1" &&
    (umask 077 && mknod "$1" "$2" $((${numbers%:*})) $((${numbers#*:}))) &&
    chown "${4:-0:0}" "$1" && chmod "${5:-0660}" "$1" && echo "made $1"
}

# Whether the kernel has an AppArmor profile of this name. `root` is the machine's, for tests another.
profiles=${root-}/sys/kernel/security/apparmor
loaded() { while read -r name _; do [ "$name" != "$1" ] || return 0; done 2>/dev/null <"$profiles/profiles"; return 1; }

case $verb in
node) # PATH OWNER MODE
  before=$(stat -L -c '%u:%g %a' "$1") || exit
  # shellcheck disable=SC2086
  remember node $before "$1" && chown "$2" "$1" && chmod "$3" "$1"
  ;;
make) # PATH TYPE NUMBERS OWNER MODE, any number of them; NUMBERS are MAJOR:MINOR, or a node that has them
  while [ $# -gt 0 ]; do
    make "$1" "$2" "$3" "$4" "$5" || exit
    shift 5
  done
  ;;
release) # ADDRESS
  driver=$(readlink -e "/sys/bus/pci/devices/$1/driver") || exit
  remember function "$1" "${driver##*/}" - && bind "$1" ''
  ;;
unlink) # PATH: of a symbolic link; where there is none, nothing is to be done
  target=$(readlink "$1") || exit 0
  remember link "$target" - "$1" && rm -f "$1"
  ;;
profile) # NAME: somebody is about to load it; one that is there stays
  loaded "$1" || remember profile "$1" - -
  ;;
undo)
  status=0
  for entry in $(ls -r "$where" 2>/dev/null | grep '^change'); do
    read -r kind first second path <"$where/$entry" || continue
    # What is no longer there needs no undoing.
    case $kind in
    node) [ ! -e "$path" ] || { chown "$first" "$path" && chmod "$second" "$path"; } ;;
    link) [ -e "$path" ] || ln -s "$first" "$path" ;;
    made) rm -f "$path" ;;
    directory) [ ! -d "$path" ] || rmdir "$path" ;;
    profile) ! loaded "$first" || printf %s "$first" >"$profiles/.remove" ;;
    function) [ ! -e "/sys/bus/pci/devices/$first" ] || bind "$first" "$second" ;;
    esac && rm -f "$where/$entry" || status=1
  done
  exit $status
  ;;
esac
