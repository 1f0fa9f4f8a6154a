#!/bin/sh
# Runs one container as a kubelet would, as far as its files, its user and its network go, and asks its probes:
#   unshare --mount --net --fork pod.sh NODE DIR UID GID
# DIR has container.json, documented.json, server.mjs and kubelet.mjs; directories.txt has lines "rw PATH" and "ro PATH".
# The root file system has programs and libraries only; what is mounted "rw" can be written, nothing else.
set -eu
node=$1 dir=$2 uid=$3 gid=$4
root=$dir/root
mkdir -p "$root"
mount --make-rprivate /
mount -t tmpfs -o mode=755 root "$root"
for name in usr bin lib lib64; do
  [ -e "/$name" ] || continue
  if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$root/$name"; else mkdir "$root/$name"; mount --rbind "/$name" "$root/$name"; fi
done
mkdir -p "$root/test" "$root/dev/shm" "$root/proc" "$root/etc" "$root/node"
mount --bind "$dir" "$root/test"
mount --bind "$(dirname "$node")" "$root/node"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
for device in null zero urandom; do : >"$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
# As container runtimes mount it; a volume there comes on top.
mount -t tmpfs -o mode=1777,size=64m shm "$root/dev/shm"
while read -r mode path; do
  mkdir -p "$root$path"
  if [ "$mode" = rw ]; then mount -t tmpfs -o mode=777 scratch "$root$path"; else : >"$root$path/model" 2>/dev/null || true; fi
done <"$dir/directories.txt"
mount -o remount,ro,bind "$root/test"
mount -o remount,ro "$root"
ip link set lo up
ip address add 10.1.2.3/32 dev lo
exec chroot --userspec="$uid:$gid" --groups="$gid" "$root" "/node/$(basename "$node")" /test/kubelet.mjs
