# Prelude of probe.sh and sweep.sh, for busybox. Facts travel as rows of fields, raw, and are taken apart on this side of the wire: under
# CPU emulation each escape is dear. $1 is a random token: rows and fields are set apart by it, so that no file name, however hostile,
# can pass for a row.
PATH=/podproof/bin:/bin:/usr/bin:/sbin:/usr/sbin LC_ALL=C
export PATH LC_ALL
# Before a program of busybox: nothing where its shell has them all, as Debian builds it, and runs them without starting it anew.
case $(command -v awk) in awk) busybox='' ;; *) busybox=busybox ;; esac
token=$1
shift
R=${token}r F=${token}f
rows='' files=''

# row KIND FIELD…
row() {
  rows="$rows$R$1"
  shift
  for field; do rows="$rows$F$field"; done
}

# What rows there are goes out in one write, as each is a packet of its own on the way.
put_rows() {
  printf '%s' "$rows"
  rows=''
}

# Notes files for `put_files`.
lines_of() {
  for file; do
    files="$files$file
"
  done
}

# row file PATH CONTENT for each that can be read, all by one program. Words are split at the ends of lines from here on.
put_files() {
  set -f
  IFS='
'
  $busybox awk -v "R=$R" -v "F=$F" '
    BEGIN {
      for (i = 1; i < ARGC; i++) {
        content = ""
        while ((status = (getline line < ARGV[i])) > 0) content = content line "\n"
        close(ARGV[i])
        if (status == 0 || content != "") out = out R "file" F ARGV[i] F content
      }
      printf "%s", out
    }' $files
}

# tree KIND DIRECTORY…: one row for each entry below them, the contents of these mounts left out as engines do.
# What cannot be read is complained of on stderr: in a container /dev/null itself may be what is broken.
tree() {
  kind=$1
  shift
  $busybox find "$@" -mindepth 1 \
    \( -path '/dev/pts/*' -o -path '/dev/shm/*' -o -path '/dev/mqueue/*' -o -path '/dev/hugepages/*' \) -prune \
    -o -exec $busybox stat -c "$R$kind$F%f$F%t$F%T$F%u$F%g$F%n$F%N" {} +
}

# The end is said, so that nobody takes a part for the whole.
put_all() {
  put_rows
  put_files
  printf '%s' "${R}end"
}
