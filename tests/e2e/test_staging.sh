#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What people stage with ends up as it was: cp, rsync, tar, editors, links, times, a remount.
source "$(dirname "$0")/rig.sh"
rig_init rsync jq ed
rig_mount

small_tree() {
	mkdir -p "$1/deep/er" "$1/empty"
	seq 1000 >"$1/seq"
	head -c 3000000 /dev/zero | tr '\0' x >"$1/deep/three-mb"
	: >"$1/nothing"
	echo run >"$1/deep/er/tool"
	chmod 4755 "$1/deep/er/tool"
	chmod 0600 "$1/seq"
	chmod 1777 "$1/empty"
	ln -s ../seq "$1/deep/link"
	ln "$1/seq" "$1/deep/hard"
	mkfifo "$1/fifo"
	touch -d '2001-02-03 04:05:06.123456789' "$1/seq" "$1/deep/er"
	touch -h -d '1999-12-31 23:59:59' "$1/deep/link"
	[ "$(id -u)" != 0 ] || chown 1234:4321 "$1/deep/three-mb"
}

same_tree() {
	cmp <(rig_manifest "$1") <(rig_manifest "$2") && cmp <(rig_digests "$1") <(rig_digests "$2")
}

nanoseconds() {
	(cd "$1" && find . -mindepth 1 -printf '%T@ %P\0' | sort -z)
}

# An editor's two ways: a new file renamed over the old one, and the old one written anew.
editor_saves() {
	echo old >"$mnt/edited"
	chmod 640 "$mnt/edited"
	cp -p "$mnt/edited" "$mnt/.edited.swp"
	echo new >"$mnt/.edited.swp"
	mv "$mnt/.edited.swp" "$mnt/edited"
	equal "a save by rename is read back" "$(cat "$mnt/edited")" new
	equal "... with its mode" "$(stat -c %a "$mnt/edited")" 640
	check "ed saves in place" ed -s "$mnt/edited" <<<$',s/new/newer/\nwq'
	equal "... and it is read back" "$(cat "$mnt/edited")" newer
	check "sed -i edits" sed -i 's/^new.*/newest/' "$mnt/edited"
	equal "... and it is read back" "$(cat "$mnt/edited")" newest
}

small_tree "$work/src"
check "cp -a stages a tree" cp -a "$work/src" "$mnt/cp"
check "... and it reads back the same" same_tree "$work/src" "$mnt/cp"
check "... with times to the nanosecond" cmp <(nanoseconds "$work/src") <(nanoseconds "$mnt/cp")
check "rsync -aH stages a tree" rsync -aH "$work/src/" "$mnt/rsync"
check "... and it reads back the same" same_tree "$work/src" "$mnt/rsync"
equal "a second rsync finds nothing to do" "$(rsync -aHi "$work/src/" "$mnt/rsync")" ""
tar -C "$work" -cf "$work/src.tar" src
check "tar x stages a tree" tar -C "$mnt" --xform s/^src/tar/ -xpf "$work/src.tar"
check "... and it reads back the same" same_tree "$work/src" "$mnt/tar"

echo one >"$mnt/log"
echo two >>"$mnt/log"
equal ">> appends" "$(cat "$mnt/log")" $'one\ntwo'
truncate -s 5 "$mnt/log"
equal "truncate cuts" "$(cat "$mnt/log")" $'one\nt'
truncate -s 8 "$mnt/log"
check "truncate grows with zeros" cmp "$mnt/log" <(printf 'one\nt\0\0\0')
printf X | dd of="$mnt/log" bs=1 seek=1 conv=notrunc status=none
check "a byte in the middle is rewritten" cmp "$mnt/log" <(printf 'oXe\nt\0\0\0')
mkdir "$mnt/dir"
mv "$mnt/log" "$mnt/dir/renamed"
check "rename moves" test -f "$mnt/dir/renamed" -a ! -e "$mnt/log"
refused ENOTEMPTY "" "rmdir of a full directory" rmdir "$mnt/dir"
exec 5<"$mnt/dir/renamed"
rm "$mnt/dir/renamed"
check "an unlinked open file is still read" cmp - <(printf 'oXe\nt\0\0\0') <&5
exec 5<&-
check "an empty directory goes" rmdir "$mnt/dir"
ln "$mnt/cp/seq" "$mnt/cp/seq2"
equal "a hard link counts" "$(stat -c %h "$mnt/cp/seq")" 3
rm "$mnt/cp/seq2"
equal "... and uncounts" "$(stat -c %h "$mnt/cp/seq")" 2
refused EEXIST "" "ln does not overwrite" ln "$mnt/cp/seq" "$mnt/cp/deep/hard"
refused ENAMETOOLONG "" "a name of 256 bytes" touch "$mnt/$(printf 'n%.0s' {1..256})"
check "a name of 255 bytes" touch "$mnt/$(printf 'n%.0s' {1..255})"
editor_saves

check ".discfs answers to its name" test -d "$mnt/.discfs"
equal ".discfs is not listed" "$(ls -A "$mnt" | grep -cx .discfs || true)" 0
check "find and du do not walk into it" bash -c "! find '$mnt' -name control | grep -q ."
check "rsync -aH --delete leaves it alone" rsync -aH --delete "$work/src/" "$mnt/rsync"

rig_manifest "$mnt" >"$work/before"
rig_digests "$mnt" >"$work/before.sha"
nanoseconds "$mnt" >"$work/before.ns"
before=$(space used_blocks)
rig_umount
check "nothing lies in the mount point afterwards" rmdir "$mnt"
mkdir "$mnt"
rig_mount
check "a remount keeps names, modes, owners, links" cmp <(rig_manifest "$mnt") "$work/before"
check "... contents" cmp <(rig_digests "$mnt") "$work/before.sha"
check "... times" cmp <(nanoseconds "$mnt") "$work/before.ns"
equal "... and the space it takes" "$(space used_blocks)" "$before"
rig_umount
rig_mount -o control=visible
check "-o control=visible lists .discfs" bash -c "ls -A '$mnt' | grep -qx .discfs"
rig_umount

# An ordinary user mounts with fusermount3.
user_mounts() {
	local as=(runuser -u nobody --) home=$work/nobody
	mkdir -m 0700 "$home" && mkdir "$home/mnt" && chown -R nobody: "$home" && chmod 711 "$work"
	rig_mounts+=("$home/mnt")
	"${as[@]}" "$DISCFS" --project="$home/project" "$home/mnt"
	check "an ordinary user mounts and stages" "${as[@]}" cp -r /etc/fstab "$home/mnt/f"
	check "... commands" "${as[@]}" sh -c "echo 'burn wait' >$home/mnt/.discfs/control"
	refused EACCES "" "the mount is private to its owner" ls "$home/mnt"
	check "... and unmounts" "${as[@]}" fusermount3 -u "$home/mnt"
}

if [ "$(id -u)" != 0 ] || [ ! -u "$(command -v fusermount3)" ] ||
	! command -v runuser >/dev/null; then
	echo "skipped: an ordinary user's mount (needs root, runuser and a setuid fusermount3)"
elif ! runuser -u nobody -- sh -c ': <>/dev/fuse' 2>/dev/null; then
	echo "skipped: an ordinary user's mount (/dev/fuse is closed to users)"
elif ! runuser -u nobody -- test -x "$DISCFS"; then
	echo "skipped: an ordinary user's mount (the build directory is closed to users)"
else
	user_mounts
fi
rig_end
