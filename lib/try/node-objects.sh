# Makes on a host what the kubelet makes there for a pod. Run as `sh node-objects.sh make OWN OBJECT…`, where an object is six
# words: WHAT PATH MODE GROUP EXTRA TEXT; or as `sh node-objects.sh remove DIRECTORY…`. OWN is 1 on a machine that is thrown away.
set -u
verb=$1
shift

# What the kubelet says (Kubernetes pkg/volume/hostpath/host_path.go).
wrong() {
  echo "hostPath type check failed: $1 is not a $2" >&2
  exit 3
}

access() {
  [ -z "$3" ] || chgrp "$3" "$1" || exit
  chmod "$2" "$1" || exit
}

host_path() {
  case $2 in
  DirectoryOrCreate) [ -e "$1" ] || mkdir -p "$1" || exit ;;
  FileOrCreate) [ -e "$1" ] || : >"$1" || exit ;;
  # On the node of the pod it is there; an empty one stands in.
  Directory) [ -e "$1" ] || [ "$own" != 1 ] || mkdir -p "$1" || exit ;;
  File) [ -e "$1" ] || [ "$own" != 1 ] || { mkdir -p "${1%/*}" && : >"$1"; } || exit ;;
  esac
  case $2 in
  Directory*) [ -d "$1" ] || wrong "$1" directory ;;
  File*) [ -f "$1" ] || wrong "$1" file ;;
  Socket) [ -S "$1" ] || wrong "$1" 'socket file' ;;
  CharDevice) [ -c "$1" ] || wrong "$1" 'character device' ;;
  BlockDevice) [ -b "$1" ] || wrong "$1" 'block device' ;;
  esac
}

# A part of a volume, which links in it must not lead out of: PATH TARGET VOLUME.
bind() {
  [ -e "$2" ] || { mkdir -p "$2" && chmod "$(stat -c %a "$3")" "$2"; } || exit
  real=$(readlink -f "$2") whole=$(readlink -f "$3") || exit
  case $real/ in
  "${whole%/}"/*) ;;
  *)
    echo "failed to prepare subPath: $2 leads out of its volume" >&2
    exit 3
    ;;
  esac
  if [ -d "$real" ]; then mkdir -p "$1"; else mkdir -p "${1%/*}" && : >"$1"; fi || exit
  mount --bind "$real" "$1" || exit
}

case $verb in
make)
  own=$1
  shift
  while [ $# -gt 0 ]; do
    what=$1 path=$2 mode=$3 group=$4 extra=$5 text=$6
    shift 6
    case $what in
    directory) mkdir -p "$path" && access "$path" "$mode" "$group" || exit ;;
    tmpfs) mkdir -p "$path" && mount -t tmpfs ${extra:+-o "size=$extra"} podproof "$path" && access "$path" "$mode" "$group" || exit ;;
    hugetlbfs) mkdir -p "$path" && mount -t hugetlbfs -o "pagesize=$extra" podproof "$path" && access "$path" "$mode" "$group" || exit ;;
    file) mkdir -p "${path%/*}" && printf %s "$text" >"$path" && access "$path" "$mode" "$group" || exit ;;
    link) mkdir -p "${path%/*}" && ln -sfn "$extra" "$path" || exit ;;
    bind) bind "$path" "$extra" "$text" ;;
    hostPath) host_path "$path" "$extra" ;;
    esac
  done
  ;;
remove)
  status=0
  for directory; do
    [ -d "$directory" ] || continue
    awk -v "below=$directory/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r mount; do
      umount "$mount" || umount -l "$mount"
    done
    # What is mounted there may be a part of the host itself.
    if grep -qF " $directory/" /proc/self/mounts; then status=1; else rm -rf --one-file-system "$directory" || status=1; fi
  done
  exit $status
  ;;
esac
