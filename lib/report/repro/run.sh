#!/bin/sh
# Starts the private engine of this bundle, launches its pod with crictl, and keeps what came out in the folder `result`.
# Changes the machine: new device nodes, a network bridge, an engine, perhaps a privileged pod. It undoes what it did.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/bundle.env"

fail() {
  echo "Cannot repeat the pod: $*" >&2
  exit 1
}

[ "${1-}" = --this-machine-is-disposable ] || {
  echo "usage: sh run.sh --this-machine-is-disposable" >&2
  echo "The pod may be privileged and may reach every device: run this on a machine that nobody would miss." >&2
  exit 2
}
[ "$(id -u)" = 0 ] || fail "it needs root"
crictl=$(command -v "${CRICTL:-crictl}") || fail "there is no crictl: put it on the PATH or name it in CRICTL"
if [ -e "$directory" ]; then fail "$directory is there already: another engine may use it"; fi

# The same binaries, or it proves nothing. They must stand where the configuration expects them.
(cd / && sha256sum -c --quiet "$here/SHA256SUMS") || fail "these files are not the ones that were tested; see README.md"

result=$here/result made='' changed=''
rm -rf "$result"
mkdir -p "$result"

call() { "$crictl" --runtime-endpoint "unix://$socket" --image-endpoint "unix://$socket" --timeout 300s "$@"; }

undo() {
  status=$?
  trap - EXIT INT TERM
  if [ -n "${pod-}" ]; then
    call stopp "$pod" >/dev/null 2>&1
    call rmp "$pod" >/dev/null 2>&1
  fi
  sh "$here/instance.sh" stop "$directory/engine.pid" "$shim_mark" "$directory" "$bridge" "$thin_pool"
  [ -z "${registry-}" ] || kill "$registry" 2>/dev/null
  echo "$changed" | while read -r path owner mode; do
    [ -z "$path" ] || { chown "$owner" "$path" && chmod "$mode" "$path"; }
  done
  for path in $made; do rm -f "$path"; done
  cp "$log" "$result/engine.log" 2>/dev/null
  rm -rf "$directory"
  exit "$status"
}
trap undo EXIT
trap 'exit 130' INT TERM

# What podproof made on its host for the pod: nodes with odd owners, and a CDI specification. Disks and VFIO groups are yours to give.
while IFS='	' read -r path type major minor owner mode; do
  [ -e "$path" ] && continue
  case $path in /dev/podproof/*) ;; *) fail "the pod is handed $path ($type $major:$minor, $owner $mode), which this machine does not have" ;; esac
  mkdir -p "$(dirname "$path")"
  mknod "$path" "$type" "$major" "$minor" && chown "$owner" "$path" && chmod "$mode" "$path" || fail "cannot make $path"
  made="$made $path"
done <"$here/nodes.tsv"
while IFS='	' read -r path owner mode; do
  [ -e "$path" ] || fail "the pod was launched with $path as $owner $mode, which this machine does not have"
  changed="$changed
$path $(stat -L -c '%u:%g %a' "$path")"
  chown "$owner" "$path" && chmod "$mode" "$path" || fail "cannot change $path"
done <"$here/changed.tsv"
cp -R "$here/host/." / || fail "cannot write the configuration"

# The images, on the loopback port that the configuration names.
"$here/busybox" nc -ll -p "$registry_port" -e "$here/busybox" sh "$here/registry.sh" "$here/registry" "$here/busybox" &
registry=$!

sh "$here/engine.sh" "$here/instance.sh" >"$result/engine.pid" || fail "the engine ended before it made its socket; see result/engine.log"
tries=0
until call version >"$result/version.txt" 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || fail "the engine does not answer: $(cat "$result/version.txt")"
  sleep 0.5
done
call pull "$image" >/dev/null || fail "the engine cannot pull $image"

refused() {
  echo "$1" >"$result/refused-at"
  echo "refused at $1: $(tail -n 1 "$result/refused.txt")"
  exit 0
}
pod=$(call runp --runtime "$handler" "$here/pod.json" 2>"$result/refused.txt") || refused RunPodSandbox
container=$(call create "$pod" "$here/container.json" "$here/pod.json" 2>"$result/refused.txt") || refused CreateContainer
call start "$container" >/dev/null 2>"$result/refused.txt" || refused StartContainer
rm -f "$result/refused.txt"
call inspect "$container" >"$result/inspect.json"
sh "$here/probe.sh" "$crictl" "unix://$socket" "$container" >"$result/probe.json" || fail "the probe did not run in the pod"
echo "the pod ran; what it saw is in $result/probe.json"
