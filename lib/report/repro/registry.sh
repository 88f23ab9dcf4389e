# Answers one HTTP request on standard input with a file of an image registry: sh registry.sh DIRECTORY BUSYBOX
root=$1 busybox=$2
read -r method target _
path=${target%%\?*}
range=
while read -r name value; do
  value=${value%"$(printf '\r')"}
  case $name in
  '' | "$(printf '\r')") break ;;
  [Rr]ange:) range=${value#bytes=} ;;
  esac
done
answer() { printf 'HTTP/1.1 %s\r\nDocker-Distribution-Api-Version: registry/2.0\r\nConnection: close\r\n' "$1"; }
case $path in
*..* | *[!A-Za-z0-9/._:-]*) path=/none ;;
esac
file=$root$path
if [ "$path" = /v2/ ] || [ "$path" = /v2 ]; then
  answer '200 OK'
  printf 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n'
  [ "$method" = HEAD ] || printf '{}'
elif [ -f "$file" ]; then
  case $path in */manifests/*) type=application/vnd.oci.image.manifest.v1+json ;; *) type=application/octet-stream ;; esac
  size=$("$busybox" stat -c %s "$file")
  sum=$("$busybox" sha256sum "$file")
  start=${range%%-*}
  if [ "${start:-0}" -gt 0 ]; then answer '206 Partial Content'; else answer '200 OK'; fi
  [ "${start:-0}" = 0 ] || printf 'Content-Range: bytes %s-%s/%s\r\n' "$start" "$((size - 1))" "$size"
  printf 'Content-Type: %s\r\nContent-Length: %s\r\nDocker-Content-Digest: sha256:%s\r\n\r\n' "$type" "$((size - ${start:-0}))" "${sum%% *}"
  [ "$method" = HEAD ] || "$busybox" tail -c "+$((${start:-0} + 1))" "$file"
else
  answer '404 Not Found'
  printf 'Content-Type: application/json\r\nContent-Length: 36\r\n\r\n'
  [ "$method" = HEAD ] || printf '{"errors":[{"code":"NAME_UNKNOWN"}]}'
fi
