#!/bin/sh
# Puts the native binary and what it loads, and nothing else, into a folder that is a whole file system: for an image FROM scratch.
#   gather.sh PROGRAM-FOLDER TO
set -eu
from=$1 to=$2
mkdir -p "$to/usr/bin" "$to/etc/ssl" "$to/tmp" "$to/data" "$to/etc/kodama"
cp "$from/kodama" "$from"/*.so "$to/usr/bin"
# The loader and libraries by name; OpenSSL, which .NET opens itself; the machine's names, which glibc opens itself.
ssl=$(ldconfig -p | sed -n 's/.* \(.*\/libssl\.so\.3\)$/\1/p' | head -n 1)
dns=$(dirname "$ssl")/libnss_dns.so.2
for file in $(ldd "$from/kodama" "$from"/*.so "$ssl" | grep -o '/[^ ]*\.so[^ :]*' | sort -u) "$ssl" "$dns"; do
  case $file in "$from"/*) continue ;; esac
  [ -e "$file" ] || continue
  mkdir -p "$to$(dirname "$file")"
  cp -L "$file" "$to$file"
done
cp -r /etc/ssl/certs "$to/etc/ssl/certs" 2>/dev/null || true
echo 'hosts: files dns' > "$to/etc/nsswitch.conf"
chmod 1777 "$to/tmp"
chown 65534:65534 "$to/data" 2>/dev/null || true
