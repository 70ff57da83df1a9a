#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discctl validate: an image of ours is clean, a flipped bit is told with clause and sector, what is
# no image is refused.
source "$(dirname "$0")/rig.sh"
rig_init jq

# exits STATUS SENTENCE COMMAND...: what it says goes to $said.
exits() {
	local want=$1 sentence=$2 got=0
	shift 2
	said=$("$@" 2>&1) || got=$?
	equal "$sentence" "$got" "$want"
}

rig_mount
cp -a "$DISCFS_SOURCE/include" "$DISCFS_SOURCE/man" "$mnt/"
image=$work/ours.iso
cp "$mnt/.discfs/image.iso" "$image"
exits 0 "our image has no findings" "$DISCCTL" validate "$image"
holds "... and it says what it looked at" "$said" "Rock Ridge + Joliet"
holds "... with the counts" "$said" "0 errors, 0 warnings"
exits 0 "image.iso is checked as it is made" "$DISCCTL" validate "$mnt/.discfs/image.iso"

# The lowest byte of the volume space size, little endian only: ECMA-119 8.4.8.
printf '\xff' | dd of="$image" bs=1 seek=$((16 * 2048 + 80)) conv=notrunc status=none
exits 4 "a changed byte is an error" "$DISCCTL" validate "$image"
holds "... with its clause" "$said" "ECMA-119 8.4.8"
holds "... its place" "$said" "sector 16, byte 80"
holds "... and what should be" "$said" "the same number in both byte orders"
exits 4 "... as JSON too" "$DISCCTL" -j validate "$image"
equal "... which says the same" \
	"$(jq -r '[.ok, .findings[0].clause, .findings[0].sector] | @tsv' <<<"$said")" \
	$'false\tECMA-119 8.4.8\t16'

# Of UDF's reserve sequence, which nobody reads while the main one is there.
image=$work/udf.iso
cp "$mnt/.discfs/image.iso" "$image"
printf '\377' | dd of="$image" bs=1 seek=$((48 * 2048 + 100)) conv=notrunc status=none
exits 4 "a changed byte of UDF is an error" "$DISCCTL" -j validate "$image"
equal "... with its clause and sector, and what there is" \
	"$(jq -r '[.findings[0].clause, .findings[0].sector, .spaces[-1]] | @tsv' <<<"$said")" \
	$'ECMA-167 3/7.2.6\t48\tUDF 1.02'

exits 8 "a file that is not there is not checked" "$DISCCTL" validate "$work/none"
holds "... and it says so" "$said" "No such file"
head -c 100000 /dev/zero >"$work/zeros"
exits 8 "what is no image is refused" "$DISCCTL" validate "$work/zeros"
holds "... with the sector looked at" "$said" "sector 16"
exits 8 "a folder is refused" "$DISCCTL" validate "$work"
exits 2 "it takes one image" "$DISCCTL" validate "$image" "$image"
rig_end
