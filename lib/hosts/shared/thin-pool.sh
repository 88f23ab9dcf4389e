# Functions of scripts that run on the host: a thin pool of the device mapper on two sparse files of ours, below DIRECTORY, whose
# last part is the pool's name. They stay for the next engine of this version, as its images do.
make_pool() {
  [ ! -e "/dev/mapper/${1##*/}" ] || return 0
  mkdir -p "$1"
  [ -e "$1/data" ] || { truncate -s 64M "$1/metadata" && truncate -s 2G "$1/data"; }
  # 4194304 sectors in blocks of 64 KiB (Linux Documentation/admin-guide/device-mapper/thin-provisioning.rst).
  dmsetup create "${1##*/}" --table "0 4194304 thin-pool $(losetup -f --show "$1/metadata") $(losetup -f --show "$1/data") 128 0"
}

# What is still in use stays, with its loop devices.
remove_pool() {
  for thin in $(dmsetup ls | awk -v name="${1##*/}" 'index($1, name "-") == 1 { print $1 }') "${1##*/}"; do dmsetup remove --retry "$thin"; done
  for file in "$1/metadata" "$1/data"; do losetup -n -O NAME -j "$file" | while read -r loop; do losetup -d "$loop"; done; done
}

