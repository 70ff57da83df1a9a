#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `add`: a tree by reference reads as its source, changes no source, and notices what became of it.
source "$(dirname "$0")/rig.sh"
rig_init rsync jq xorriso
rig_mount --medium=dvd+r

mkdir -p "$work/src/deep/er" "$work/src/empty"
seq 1000 >"$work/src/seq"
: >"$work/src/nothing"
head -c 3000000 /dev/zero | tr '\0' x >"$work/src/deep/large"
ln -s ../seq "$work/src/deep/link"
ln "$work/src/seq" "$work/src/deep/er/hard"
mkfifo "$work/src/fifo"
setfattr -n user.comment -v kept "$work/src/seq" 2>/dev/null || true
touch -d '2001-02-03 04:05:06.123456789' "$work/src/deep/er" "$work/src/seq"
cp -a "$work/src" "$work/former"

sources() {
	status .layout.references
}

check "names that are not there are remembered" bash -c "! stat '$mnt/tree/seq'"
check "add waits for its end" control "add $work/src tree wait"
holds "... and says what it did" "$(status .job.outcome)" "added 6 files"
equal "... as a job of its kind" "$(status .job.kind)" add
equal "it reads as its source" "$(rsync -aHAXnic --delete "$work/src/" "$mnt/tree/")" ""
check "... to the byte" diff -r --no-dereference -x fifo "$work/src" "$mnt/tree"
equal "nothing of it is stored" "$(find "$project/segments" "$project/objects" -size +64k)" ""
equal "status counts the references" "$(sources)" 2
holds "plan tells of them" "$(cat "$mnt/.discfs/plan")" "2 files (2.9 MiB) are read from where"
before=$(space used_blocks)

# A change makes an own copy.
echo more >>"$mnt/tree/deep/large"
equal "what is written to is the layout's own" "$(tail -c 6 "$mnt/tree/deep/large")" $'xmore'
check "... and the source stays" cmp "$work/src/deep/large" "$work/former/deep/large"
equal "... and is no reference any more" "$(sources)" 1
truncate -s 100 "$mnt/tree/seq"
equal "what is cut keeps its beginning" "$(cat "$mnt/tree/seq")" "$(head -c 100 "$work/src/seq")"
rm -rf "$mnt/tree"
equal "what is removed is forgotten" "$(sources)" 0

check "a single file" "$DISCCTL" -m "$mnt" add "$work/src/deep/large"
check "... and a tree" control "add $work/src tree wait"
equal "... are references" "$(sources)" 3
rig_umount
rig_mount --medium=dvd+r
equal "a remount keeps them" "$(sources)" 3
equal "... and what they read" "$(rsync -aHAXnic --delete "$work/src/" "$mnt/tree/")" ""
rm "$mnt/large"
equal "... and the space they take" "$(space used_blocks)" "$before"

check "an image is made of them" control "image $work/image.iso wait"
xorriso -indev "$work/image.iso" -osirrox on -extract /tree "$work/extracted" 2>/dev/null
check "... and holds them" diff -r --no-dereference -x fifo "$work/src" "$work/extracted"

# All or nothing.
control_refused EEXIST "staged already" "what is there already" "add $work/src/. tree wait"
mkdir "$work/partly" && echo a >"$work/partly/a" && echo b >"$work/partly/b"
echo unread >"$work/unread"
truncate -s 6G "$work/partly/large"
control_refused ENOSPC "need" "what does not fit" "add $work/partly"
check "... leaves nothing" test ! -e "$mnt/partly"
rm "$work/partly/large"

# Killed right after: it is there, whole.
pid=$(pgrep -f "^$DISCFS --project=$project " | head -n 1)
control "add $work/partly wait"
kill -9 "$pid"
umount -l "$mnt" 2>/dev/null || fusermount3 -uz "$mnt"
flock "$project/lock" true
rig_mount --medium=dvd+r
check "a kill loses nothing" diff -r "$work/partly" "$mnt/partly"

# Sources that changed are noticed before anything is written.
control "add $work/unread wait"
echo changed >>"$work/unread"
refused ESTALE "" "a changed source is not read" cat "$mnt/unread"
refused ESTALE "" "... nor written to" dd if=/dev/zero of="$mnt/unread" bs=1 count=1 conv=notrunc
check "... but may be written anew" cp "$work/unread" "$mnt/unread"
equal "... and is then" "$(cat "$mnt/unread")" $'unread\nchanged'
echo changed >>"$work/partly/a"
refused ESTALE "" "... nor burned" control "burn wait"
holds "... and named" "$(cat "$mnt/.discfs/error")" "partly/a"
refused ESTALE "" "... nor saved" control "image $work/image2.iso wait"
check "... to no file" test ! -e "$work/image2.iso"
rm "$mnt/partly/a" "$work/partly/b"
refused ESTALE "" "a source that is gone" control "burn wait"
holds "... is named" "$(cat "$mnt/.discfs/error")" "partly/b"
rm "$mnt/partly/b"
check "without them it burns" control "burn wait"
rig_umount
rig_end
