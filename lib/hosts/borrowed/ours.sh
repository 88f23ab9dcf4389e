# Functions of scripts that run on the host: what there is ours. `own` is our directory.
# ours PROC: the pids of the processes that are ours: one runs a program from below that directory, or works there, its root has layers there, or a file of there is mounted
# where it alone sees it, as the guest's image is in the jail of a VMM. Nothing else of the machine does. A machine has hundreds, and each program that is started here takes long
# under emulation: all are looked at by three.
ours() {
  {
    find "$1"/[0-9]*/exe "$1"/[0-9]*/cwd -maxdepth 0 -lname "$own/*" 2>/dev/null
    # A process that is gone meanwhile ends awk, and not grep.
    grep -H '' "$1/self/mountinfo" "$1"/[0-9]*/mountinfo 2>/dev/null | awk -v own="$own" -v self="$1/self" '
      function below(path, top) { return index(path "/", top "/") == 1 }
      # Where in which file system something is: proc(5) has a device and a path for each mount.
      function place(device, path) { return device " " (path == "/" ? "" : path) }
      { process = substr($1, 1, index($1, "/mountinfo:") - 1); found = 0 }
      process == self {
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
      found { print process "/mountinfo" }
    '
  } | sed 's|/[^/]*$||; s|.*/||' | sort -u
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
