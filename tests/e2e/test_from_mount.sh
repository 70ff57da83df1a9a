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
rig_end
