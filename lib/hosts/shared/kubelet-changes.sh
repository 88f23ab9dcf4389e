# Functions of scripts that run on the host: what a kubelet changes there besides its own DIRECTORY, which remembers it. `root` is the
# machine's, for tests another.
remember_host() { # DIRECTORY
  # Two kubelets on one host end each other's pods.
  if [ -e "${root-}/var/lib/kubelet/device-plugins/kubelet.sock" ]; then
    echo '/var/lib/kubelet/device-plugins/kubelet.sock is there already: the machine has a kubelet of its own' >&2
    return 1
  fi
  mkdir -p "$1/host" "$1/manifests" "$1/staging"
  # Who is killed here has changed nothing yet: only what is whole counts.
  for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    echo "$setting $(cat "${root-}/proc/sys/$setting")"
  done >"$1/host/part" && mv "$1/host/part" "$1/host/settings"
  for path in /var/lib/kubelet /var/log/pods /var/log/containers; do
    [ -e "${root-}$path" ] || echo "$path"
  done >"$1/host/part" && mv "$1/host/part" "$1/host/made"
}

# The kubelet and its pods are gone. Its directory goes last, so that whoever is interrupted is followed by somebody who begins anew.
restore_host() { # DIRECTORY
  [ -d "$1" ] || return 0
  if [ -e "$1/host/made" ]; then
    remove_pod_groups || return
    while read -r setting value; do echo "$value" >"${root-}/proc/sys/$setting"; done <"$1/host/settings"
    while read -r path; do rm -rf --one-file-system "${root-}$path" || return; done <"$1/host/made"
    rm -f "${root-}/var/lib/kubelet/device-plugins/kubelet.sock"
  fi
  rm -rf --one-file-system "$1"
}

# The control groups above those of pods, by either driver: runtimes leave them. What still has a process stays.
remove_pod_groups() {
  groups=${root-}/sys/fs/cgroup
  for slice in "$groups/kubepods.slice" "$groups/systemd/kubepods.slice"; do
    [ ! -d "$slice" ] || [ -n "$(find "$slice" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] || systemctl stop kubepods.slice
  done
  for above in "$groups" "$groups"/*; do
    [ ! -d "$above/kubepods" ] || find "$above/kubepods" -depth -type d -exec rmdir {} + || return
  done
}
