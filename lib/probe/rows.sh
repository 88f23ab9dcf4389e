# Prelude of probe.sh and sweep.sh, for busybox. Facts travel as rows of fields to one awk, which prints one JSON document.
# $1 is a random token: rows and fields are set apart by it, so that no file name, however hostile, can pass for a row.
PATH=/podproof/bin:/bin:/usr/bin:/sbin:/usr/sbin LC_ALL=C
export PATH LC_ALL
token=$1
shift
R=${token}r F=${token}f

# row KIND FIELD…
row() {
  printf '%s' "$R$1"
  shift
  printf "$F%s" "$@"
}

# The awk below puts the lines of the file in: row file PATH LINE…
lines_of() {
  for file; do row read "$file"; done
}

# tree KIND DIRECTORY…: one row for each entry below them, the contents of these mounts left out as engines do.
# What cannot be read is complained of on stderr: in a container /dev/null itself may be what is broken.
tree() {
  kind=$1
  shift
  busybox find "$@" -mindepth 1 \
    \( -path '/dev/pts/*' -o -path '/dev/shm/*' -o -path '/dev/mqueue/*' -o -path '/dev/hugepages/*' \) -prune \
    -o -exec busybox stat -c "$R$kind$F%f$F%t$F%T$F%u$F%g$F%n$F%N" {} +
}

# Every byte beyond printable ASCII becomes \u00XX: valid JSON whatever the names are, and no byte is lost.
# busybox awk flushes after each printf, and each write is a packet of its own on the way out: so few large ones.
to_json() {
  busybox awk -v RS="$R" -F "$F" '
    BEGIN {
      for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i)
      put("{\"rows\":[")
    }
    function put(text) {
      pending = pending text
      if (length(pending) < 4096) return
      printf "%s", pending
      pending = ""
    }
    function json(text, end,   characters, count, i, out) {
      if (text !~ /[^]^-~ !#-[]/) return "\"" text end "\""
      count = split(text, characters, "")
      out = ""
      for (i = 1; i <= count; i++) out = out (characters[i] ~ /[^]^-~ !#-[]/ ? code[characters[i]] : characters[i])
      return "\"" out end "\""
    }
    # Most rows need no escapes but for the newline after each that is of stat: those go in one piece.
    function row(   newline, i, out) {
      newline = sub(/\n$/, "") ? code["\n"] : ""
      if ($0 !~ /[^]^-~ !#-[]/) {
        gsub(FS, "\",\"")
        out = "\"" $0 newline "\""
      } else {
        for (i = 1; i < NF; i++) out = out json($i) ","
        out = out json($NF, newline)
      }
      put(separator "[" out "]")
      separator = ",\n"
    }
    NR == 1 { next }
    $1 == "read" {
      text = ""
      status = (getline text < $2)
      if (status < 0) next
      close($2)
      count = status == 0 ? 0 : split(text, part, "\n")
      if (count > 0 && part[count] == "") count--
      put(separator "[\"file\"," json($2))
      separator = ",\n"
      for (i = 1; i <= count; i++) put("," json(part[i]))
      put("]")
      next
    }
    { row() }
    END { print pending "]}" }'
}
