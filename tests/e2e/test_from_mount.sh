#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discfs as mount(8) calls it, by the name of a mount helper.
source "$(dirname "$0")/rig.sh"
rig_init

ln -s "$DISCFS" "$work/mount.fuse.discfs"
helper=$work/mount.fuse.discfs
rig_mounts+=("$mnt")

# says WANTED SENTENCE COMMAND...: status 0, and WANTED is all it prints.
says() {
	local wanted=$1 sentence=$2 status=0 said
	shift 2
	said=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ] && [ "$said" = "$wanted" ]; then pass "$sentence"; else
		fail "$sentence: status $status, said: $said"
	fi
}

says "" "a directory as the source is the project" \
	"$helper" "$project/" "$mnt" -n -o rw,noauto,nofail,x-systemd.automount,medium=bd-r
echo kept >"$mnt/file"
says "BD-R" "options come through" grep -o BD-R "$mnt/.discfs/plan"
rig_umount
says "" "none with project= finds it again" "$helper" none "$mnt" -s -w -o "project=$project/"
says kept "with all it held" cat "$mnt/file"
rig_umount
says "" "-f only pretends" "$helper" none "$mnt" -f -o "project=$project/"
mountpoint -q "$mnt" && fail "it is mounted"
"$helper" none -o rw 2>/dev/null && fail "a mount without a place"

# by_fstab COMMAND...: with the helper where mount(8) looks for it, and all mounts private.
by_fstab() {
	unshare -m --propagation private bash -euc '
		mount -t overlay -o "lowerdir=$1:/usr/sbin" none /usr/sbin
		shift
		"$@"' - "$work/sbin" "$@"
}

# A line as the man page has it: mount -a and mount DIR find it, and umount ends it.
uses_fstab() {
	local fstab=$work/fstab
	says "" "mount -a" mount -T "$fstab" -a
	echo two >"$mnt/by-fstab"
	says "fuse.discfs" "the type is the one in fstab" findmnt -no FSTYPE "$mnt"
	says "" "umount" umount "$mnt"
	flock "$project/lock" true
	says "" "mount DIR" mount -T "$fstab" "$mnt"
	says two "what was staged is there" cat "$mnt/by-fstab"
	says "" "umount again" umount "$mnt"
	flock "$project/lock" true
	return $rig_failed
}

mkdir "$work/sbin"
cp "$helper" "$work/sbin/mount.fuse.discfs" --no-dereference
echo "$project/ $mnt fuse.discfs rw,noatime,medium=bd-r 0 0" >"$work/fstab"
export -f says uses_fstab pass fail
export work mnt project rig_failed
if [ "$(id -u)" = 0 ] && by_fstab true 2>/dev/null; then
	by_fstab uses_fstab || rig_failed=1
else
	echo "skipped: mounting by fstab (needs root and an overlay over /usr/sbin)"
fi
rig_end
