# What a kubelet changes on its host besides its own directory. Run as `sh host.sh remember|restore DIRECTORY`.
set -u
memory=$2/host
settings='vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes'
made='/var/lib/kubelet /var/log/pods /var/log/containers'

case $1 in
remember)
  # Two kubelets on one host kill each other's pods.
  if [ -e /var/lib/kubelet/device-plugins/kubelet.sock ]; then
    echo '/var/lib/kubelet/device-plugins/kubelet.sock is there already: it has a kubelet of its own' >&2
    exit 1
  fi
  mkdir -p "$memory" "$2/manifests" "$2/staging"
  for setting in $settings; do echo "$setting $(cat "/proc/sys/$setting")"; done >"$memory/settings"
  for path in $made; do [ -e "$path" ] || echo "$path"; done >"$memory/made"
  ;;
restore)
  [ -d "$memory" ] || exit 0
  systemctl stop kubepods.slice 2>/dev/null
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -d "$root/kubepods" ] || find "$root/kubepods" -depth -type d -exec rmdir {} + || exit
  done
  while read -r setting value; do echo "$value" >"/proc/sys/$setting"; done <"$memory/settings"
  while read -r path; do rm -rf --one-file-system "$path" || exit; done <"$memory/made"
  rm -rf --one-file-system "$2"
  ;;
esac
