# Functions of scripts that run on the host: what there is ours. `own` is our directory.
# ours PROC PID: whether the process is ours: it runs a program from below that directory, or works there, its root has layers there, or a file of there is mounted where it
# alone sees it, as the guest's image is in the jail of a VMM. Nothing else of the machine does.
ours() {
  for link in exe cwd; do
    case "$(readlink "$1/$2/$link" 2>/dev/null)" in "$own"/*) return 0 ;; esac
  done
  awk -v own="$own" '
    function below(path, top) { return index(path "/", top "/") == 1 }
    # Where in which file system something is: proc(5) has a device and a path for each mount.
    function place(device, path) { return device " " (path == "/" ? "" : path) }
    FILENAME ~ /\/self\/mountinfo$/ {
      shared[$3, $4, $5]
      if (below($5, own)) places[place($3, $4)]
      else if ($5 == "/") { around = place($3, $4) own }
      else if (below(own, $5)) { around = place($3, $4) substr(own, length($5) + 1) }
      next
    }
    $5 == "/" && index($0, "upperdir=" own "/") { found = 1 }
    !below($5, own) && !(($3, $4, $5) in shared) {
      if (below($3 " " $4, around)) found = 1
      for (each in places) if (below($3 " " $4, each)) found = 1
    }
    END { exit !found }
  ' "$1/self/mountinfo" "$1/$2/mountinfo" 2>/dev/null
}

# unmount_below DIRECTORY
unmount_below() {
  for round in 1 2 3; do
    awk -v d="$1/" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
      umount "$(printf %b "$mount")" 2>/dev/null || umount -l "$(printf %b "$mount")"
    done
  done
}
# remove_again SOCKETS: directories, one a line on standard input, that were not there before; those with a socket in /proc/net/unix are in use.
remove_again() {
  while read -r directory; do
    ! grep -qF " $directory/" "$1" || continue
    unmount_below "$directory"
    rm -rf --one-file-system "$directory"
  done
}
