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

case $verb in
node) # PATH OWNER MODE
  before=$(stat -L -c '%u:%g %a' "$1") || exit
  # shellcheck disable=SC2086
  remember node $before "$1" && chown "$2" "$1" && chmod "$3" "$1"
  ;;
release) # ADDRESS
  driver=$(readlink -e "/sys/bus/pci/devices/$1/driver") || exit
  remember function "$1" "${driver##*/}" - && bind "$1" ''
  ;;
unlink) # PATH: of a symbolic link; where there is none, nothing is to be done
  target=$(readlink "$1") || exit 0
  remember link "$target" - "$1" && rm -f "$1"
  ;;
undo)
  status=0
  for entry in $(ls -r "$where" 2>/dev/null | grep '^change'); do
    read -r kind first second path <"$where/$entry" || continue
    # What is no longer there needs no undoing.
    case $kind in
    node) [ ! -e "$path" ] || { chown "$first" "$path" && chmod "$second" "$path"; } ;;
    link) [ -e "$path" ] || ln -s "$first" "$path" ;;
    function) [ ! -e "/sys/bus/pci/devices/$first" ] || bind "$first" "$second" ;;
    esac && rm -f "$where/$entry" || status=1
  done
  exit $status
  ;;
esac
