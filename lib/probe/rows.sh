# Prelude of probe.sh and sweep.sh, for busybox. Facts travel as rows of fields to one awk, which prints one JSON document.
# $1 is a random token: rows and fields are set apart by it, so that no file name, however hostile, can pass for a row.
PATH=/bin:/usr/bin:/sbin:/usr/sbin LC_ALL=C
export PATH LC_ALL
token=$1
shift
R=${token}r F=${token}f

# row KIND FIELD…
row() {
  printf '%s' "$R$1"
  shift
  for field; do printf '%s' "$F$field"; done
}

# The awk below puts the lines of the file in: row file PATH LINE…
lines_of() {
  for file; do row read "$file"; done
}

# tree KIND DIRECTORY: one row for each entry below it, the contents of these mounts left out as engines do.
# What cannot be read is complained of on stderr: in a container /dev/null itself may be what is broken.
tree() {
  busybox find "$2" -mindepth 1 \
    \( -path '/dev/pts/*' -o -path '/dev/shm/*' -o -path '/dev/mqueue/*' -o -path '/dev/hugepages/*' \) -prune \
    -o -exec busybox stat -c "$R$1$F%f$F%t$F%T$F%u$F%g$F%n$F%N" {} +
}

# Every byte beyond printable ASCII becomes \u00XX: valid JSON whatever the names are, and no byte is lost.
to_json() {
  busybox awk -v RS="$R" -F "$F" '
    BEGIN {
      for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i)
      printf "{\"rows\":["
    }
    function json(text,   characters, count, i, out) {
      if (text !~ /[^]^-~ !#-[]/) return "\"" text "\""
      count = split(text, characters, "")
      out = ""
      for (i = 1; i <= count; i++) out = out (characters[i] ~ /[^]^-~ !#-[]/ ? code[characters[i]] : characters[i])
      return "\"" out "\""
    }
    function begin(kind) { printf "%s[%s", separator, json(kind); separator = ",\n" }
    NR == 1 { next }
    $1 == "read" {
      text = ""
      status = (getline text < $2)
      if (status < 0) next
      close($2)
      count = status == 0 ? 0 : split(text, part, "\n")
      if (count > 0 && part[count] == "") count--
      begin("file"); printf ",%s", json($2)
      for (i = 1; i <= count; i++) printf ",%s", json(part[i])
      printf "]"
      next
    }
    {
      begin($1)
      for (i = 2; i <= NF; i++) printf ",%s", json($i)
      printf "]"
    }
    END { print "]}" }'
}
