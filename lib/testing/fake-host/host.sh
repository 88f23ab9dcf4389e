# The way to a fake host: runs the rest of its arguments on this machine, with every directory that podproof and a kubelet own on a
# host moved below ROOT, and with stand-ins for what would touch this machine. Run as `busybox sh host.sh ROOT ARGV…`.
root=$1
shift
# A host that is lost answers like ssh(1) does then.
[ ! -e "$root/lost" ] || { echo "the fake host is lost" >&2; exit 255; }
for word; do
  word=${word//\/var\/lib\/podproof/$root/lib}
  word=${word//\/var\/lib\/kubelet/$root/kubelet}
  set -- "$@" "${word//\/run\/podproof/$root/run}"
  shift
done
# Scripts that would make nodes and mounts on this machine, by their own names. Those that somebody describes are kept for the engine.
case ${4:-} in
changes)
  [ "$6" = make ] || exit 0
  shift 6
  while [ $# -gt 0 ]; do
    echo "$1 $4 $5"
    shift 5
  done >>"$root/nodes"
  exit
  ;;
node-objects) exit ;;
esac
case "$1 ${2:-}" in
# A step that prepares or restores fixtures.
"sh -uc") cat "$root/fixtures" ;;
"busybox wget") cat "$root/pods.json" ;;
"busybox "*)
  # Of a sweep, the state that the engine left for a runtime is real.
  token=$(head -c 24 "$root/sweep")
  [ "${5:-}" != sweep ] || for path in "$9"/*; do [ ! -e "$path" ] || printf %s "${token}rstate${token}f${path#"$9"}"; done
  cat "$root/sweep"
  ;;
"env "*) printf '%s\n' "$@" ;;
"sha256sum "* | "stat -L")
  # The engine is a script: its own file is that which the interpreter was given.
  of() { case $1 in /proc/*/exe) tr '\0' '\n' <"${1%exe}cmdline" | sed -n 3p ;; *) echo "$1" ;; esac; }
  program=$1 format=${4:-}
  while [ "$1" != -- ]; do shift; done
  shift
  for path; do
    case $program in
    stat) echo "$(stat -L -c "${format% %n}" "$(of "$path")") $path" ;;
    *) echo "$(sha256sum <"$(of "$path")" | cut -c 1-64)  $path" ;;
    esac
  done
  ;;
*)
  export PODPROOF_FAKE_HOST="$root"
  # By path: busybox would run its own programs before those on the PATH, and `ip` is one of them.
  PATH=$root/bin:$PATH exec /usr/bin/env "$@"
  ;;
esac
