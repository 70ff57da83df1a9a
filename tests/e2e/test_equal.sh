#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Equal content: what the setting dedup shares, counted by space before anything is built, read back
# whole by other programs; and the digests that a file tells.
source "$(dirname "$0")/rig.sh"
rig_init xorriso bsdtar 7z udfinfo getfattr
rig_mount
cp -a "$DISCFS_SOURCE/src/image" "$mnt/first"
cp -a "$DISCFS_SOURCE/src/image" "$mnt/again" # the same times: alike
cp -r "$DISCFS_SOURCE/src/image" "$mnt/later" # others
ln "$mnt/first/image.c" "$mnt/linked"

# extent PATH: where ISO 9660 has it. entries: file entries of UDF.
extent() {
	xorriso -abort_on NEVER -indev "stdio:$work/image.iso" \
		-find "$1" -exec report_lba -- 2>/dev/null |
		sed -n 's/^File data lba: *[0-9]* *, *\([0-9]*\) .*/\1/p'
}
entries() {
	udfinfo "$work/image.iso" 2>/dev/null | sed -n 's/^numfiles=//p'
}

declare -A blocks files
for how in off auto always; do
	echo "$how" >"$mnt/.discfs/settings/dedup"
	blocks[$how]=$(space image_blocks)
	"$DISCCTL" -m "$mnt" image "$work/image.iso" >/dev/null
	equal "dedup=$how: projected and built" \
		$((${blocks[$how]} * 2048)) "$(stat -c %s "$work/image.iso")"
	equal "dedup=$how: df is of the same mind" \
		"$(stat -f -c %a "$mnt")" "$(space free_blocks)"
	files[$how]=$(entries)
	first=$(extent /first/image.c) again=$(extent /again/image.c) later=$(extent /later/image.c)
	shared=""
	if [ "$first" = "$again" ]; then shared+=alike; fi
	if [ "$first" = "$later" ]; then shared+=" equal"; fi
	case $how in
	off) wanted="" ;;
	auto) wanted="alike" ;;
	always) wanted="alike equal" ;;
	esac
	equal "dedup=$how: xorriso sees which extents are shared" "$shared" "$wanted"
	mkdir "$work/iso" "$work/udf"
	check "dedup=$how: bsdtar extracts it" bsdtar -C "$work/iso" -xpf "$work/image.iso"
	check "dedup=$how: 7-Zip extracts UDF" 7z x -tudf -o"$work/udf" "$work/image.iso"
	for dir in iso udf; do
		check "dedup=$how: what $dir holds is what was staged" \
			diff -r -x SHA256SUMS "$mnt" "$work/$dir"
		check "dedup=$how: and its SHA256SUMS hold" \
			env -C "$work/$dir" sha256sum --quiet -c SHA256SUMS
	done
	chmod -R u+w "$work/iso" "$work/udf"
	rm -r "$work/iso" "$work/udf" "$work/image.iso"
done
n=$(find "$DISCFS_SOURCE/src/image" -type f | wc -l)
check "auto takes less than off" test "${blocks[auto]}" -lt $((${blocks[off]} - n))
check "always less than auto" test "${blocks[always]}" -lt $((${blocks[auto]} - n))
check "UDF has fewer entries for what is alike" \
	test "${files[auto]}" -le $((${files[off]} - n)) -a "${files[auto]}" -eq "${files[always]}"
echo on >"$mnt/.discfs/settings/dedup"
equal "on is another word for auto" "$(space image_blocks)" "${blocks[auto]}"

equal "a file tells its digest" \
	"$(getfattr --only-values -n user.discfs.sha256 "$mnt/first/image.c")" \
	"$(sha256sum <"$mnt/first/image.c" | cut -d' ' -f1)"
echo more >>"$mnt/again/image.c"
equal "... and that of what it is now" \
	"$(getfattr --only-values -n user.discfs.sha256 "$mnt/again/image.c")" \
	"$(sha256sum <"$mnt/again/image.c" | cut -d' ' -f1)"
check "the project is sound" "$DISCCTL" -m "$mnt" check
rig_umount
rig_mount
check "a change of one of them takes room, and is kept" \
	test "$(space image_blocks)" -gt "${blocks[auto]}"
rig_umount
rig_end
