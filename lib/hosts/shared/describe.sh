# Describes device nodes below the given paths: one line for each, fields set apart by tabs:
# PATH TYPE UID GID MODE OWNER-NAME GROUP-NAME IOMMU-GROUP. Needs nothing but sh, find, stat and readlink.
for from; do
  find "$from" \( -type c -o -type b \) 2>/dev/null
done | sort -u | while IFS= read -r path; do
  facts=$(stat -c '%F|%u|%g|%a|%U|%G|%t|%T' "$path" 2>/dev/null) || continue
  IFS='|' read -r kind uid gid mode user group major minor <<END
$facts
END
  case $kind in
  character*) type=c of=char ;;
  *) type=b of=block ;;
  esac
  link= at=$(readlink -f "/sys/dev/$of/$((0x$major)):$((0x$minor))" 2>/dev/null)
  while [ -n "$at" ] && [ "$at" != /sys ]; do
    [ ! -e "$at/iommu_group" ] || { link=$(readlink "$at/iommu_group"); break; }
    at=${at%/*}
  done
  case $path in
  # A node of VFIO is called by its group.
  /dev/vfio/[0-9]*) link=$path ;;
  esac
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$path" "$type" "$uid" "$gid" "$mode" "$user" "$group" "${link##*/}"
done
