#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discctl check: a mount checks itself, a project at rest is checked without a byte of it changing,
# damage is told, mended, and gone after.
source "$(dirname "$0")/rig.sh"
rig_init jq sqlite3

# exits STATUS SENTENCE COMMAND...: what it says goes to $said.
exits() {
	local want=$1 sentence=$2 got=0
	shift 2
	said=$("$@" 2>&1) || got=$?
	equal "$sentence" "$got" "$want"
}

# Names, sizes, times and bytes of the project; of folders no time, for SQLite's files come and go.
state() {
	(cd "$project" && find . -type d -printf '%p %m\n' -o -printf '%p %s %i %m %T@\n' | sort
		find . -type f -print0 | sort -z | xargs -0 cat) | cksum
}

sql() {
	sqlite3 "$project/catalog.sqlite" "$1"
}

rest() {
	"$DISCCTL" check --project="$project" "$@"
}

exits 8 "what is not there cannot be checked" rest
[ -e "$project" ] && fail "a check made the project"

rig_mount
cp -a "$DISCFS_SOURCE/include" "$DISCFS_SOURCE/man" "$mnt/"
head -c 3000000 /dev/urandom >"$mnt/large"
ln "$mnt/large" "$mnt/include/hard"
ln -s large "$mnt/link"
exits 0 "a mount checks itself" "$DISCCTL" -m "$mnt" check
holds "... and says so" "$said" ": clean"
exits 0 "... every byte too" "$DISCCTL" -m "$mnt" check --content
equal "... and as JSON" "$("$DISCCTL" -j -m "$mnt" check | jq -r '"\(.ok) \(.faults)"')" "true 0"
equal "... with the image that a burn would write" \
	"$(jq .image_blocks "$mnt/.discfs/check.json")" "$(space image_blocks)"
exits 0 "the mount that the current directory is in" env -C "$mnt" "$DISCCTL" check
exits 8 "nothing is repaired beneath a mount" "$DISCCTL" -m "$mnt" check --repair
holds "... and it says what to do" "$said" "unmount"
exits 8 "a mounted project is not checked behind the mount's back" rest
holds "... which is named" "$said" "mounted at $mnt"
exits 2 "options of check belong to check" "$DISCCTL" -m "$mnt" status --repair

exec 5>"$mnt/open"
echo kept >&5
kill -9 "$(sed -n 's/.* by process //p' "$project/lock")"
exec 5>&-
umount -l "$mnt" 2>/dev/null || fusermount3 -uz "$mnt"
before=$(state)
exits 0 "after a kill there is no fault" rest --content
holds "... and what the next mount will take in is told" "$said" "note unclean"
equal "... and nothing of the project has changed" "$(state)" "$before"
exits 0 "a repair takes it in" rest --repair
exits 0 "... once" rest
equal "... and says nothing more" "$(grep -c note <<<"$said")" 0
rig_mount
equal "what was written is there" "$(cat "$mnt/open")" kept
rig_umount

sql "UPDATE inode SET nlink = 9 WHERE ino = (SELECT ino FROM entry WHERE name = x'6c61726765')"
before=$(state)
exits 4 "a fault is left" rest
holds "... told with its name" "$said" 'nlink: "/large" (inode '
holds "... what was expected" "$said" "expected link count 2, found 9"
equal "... and nothing has changed" "$(state)" "$before"
equal "as JSON" "$(rest --json | jq -r '.findings[0] | "\(.state) \(.kind) \(.found)"')" \
	"found nlink 9"
rig_mount
exits 4 "a mount finds it in itself too" "$DISCCTL" -m "$mnt" check
holds "... and says where" "$said" '"/large"'
rig_umount
exits 1 "it is repaired" rest --repair
exits 0 "... and gone" rest

sql "DELETE FROM entry WHERE name = x'6c696e6b'; DELETE FROM cost WHERE ino = 1"
rm -f "$project"/objects/0000/*
exits 4 "an orphan and a lost content" rest
holds "the one" "$said" "orphan: inode "
holds "the other, by one of its names" "$said" "missing: \"/large\" (inode "
exits 1 "both are mended" rest --repair
exits 0 "... and gone" rest
rig_mount
equal "the orphan is in lost+found" "$(readlink "$mnt"/lost+found/*)" large
equal "the file without bytes has none" "$(stat -c %s "$mnt/large")" 0
rig_umount

head -c 10000 /dev/urandom |
	dd of="$project/catalog.sqlite" bs=1 seek=20000 conv=notrunc status=none
cp "$project/catalog.sqlite" "$work/damaged"
exits 4 "a damaged catalog is left" rest
holds "... with what SQLite says" "$said" "a sound database"
exits 1 "it is salvaged" rest --repair
holds "... and the old one is kept" "$said" "catalog.sqlite.damaged-"
check "... as it was" cmp "$project"/catalog.sqlite.damaged-*Z "$work/damaged"
exits 0 "... and the new one is sound" rest
rig_mount
check "the mount is there" ls "$mnt"
rig_umount

: >"$project/catalog.sqlite"
exits 8 "an empty file is no catalog" rest --repair
holds "... and it says so" "$said" "shorter than its header"
rig_end
