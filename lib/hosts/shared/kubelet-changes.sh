# Functions of scripts that run on the host: what a kubelet changes there besides its own DIRECTORY, which remembers it.
remember_host() { # DIRECTORY
  # Two kubelets on one host end each other's pods.
  if [ -e /var/lib/kubelet/device-plugins/kubelet.sock ]; then
    echo '/var/lib/kubelet/device-plugins/kubelet.sock is there already: the machine has a kubelet of its own' >&2
    return 1
  fi
  mkdir -p "$1/host" "$1/manifests" "$1/staging"
  for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    echo "$setting $(cat "/proc/sys/$setting")"
  done >"$1/host/settings"
  for path in /var/lib/kubelet /var/log/pods /var/log/containers; do [ -e "$path" ] || echo "$path"; done >"$1/host/made"
}

# The kubelet and its pods are gone. Its directory goes last, so that whoever is interrupted is followed by somebody who begins anew.
restore_host() { # DIRECTORY
  [ -d "$1/host" ] || return 0
  remove_pod_groups || return
  while read -r setting value; do echo "$value" >"/proc/sys/$setting"; done <"$1/host/settings"
  while read -r path; do rm -rf --one-file-system "$path" || return; done <"$1/host/made"
  rm -f /var/lib/kubelet/device-plugins/kubelet.sock
  rm -rf --one-file-system "$1"
}

# The control groups above those of pods, by either driver: runtimes leave them. What still has a process stays.
remove_pod_groups() {
  for slice in /sys/fs/cgroup/kubepods.slice /sys/fs/cgroup/systemd/kubepods.slice; do
    [ ! -d "$slice" ] || [ -n "$(find "$slice" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] || systemctl stop kubepods.slice
  done
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -d "$root/kubepods" ] || find "$root/kubepods" -depth -type d -exec rmdir {} + || return
  done
}
