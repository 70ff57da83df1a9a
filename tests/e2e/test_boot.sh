#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Boot files through the mount: what may be said of them, what other makers' readers find of it.
source "$(dirname "$0")/rig.sh"
rig_init setfattr getfattr

ctl=$mnt/.discfs boot=$mnt/.discfs/boot

# describe FILE NAME VALUE
describe() {
	setfattr -n "user.discfs.boot.$2" -v "$3" "$1"
}

value_of() {
	getfattr --absolute-names --only-values -n user.discfs.boot.platform "$1"
}

# told WHAT TEXT COMMAND...: the command fails and .discfs/error has TEXT.
told() {
	local what=$1 text=$2
	shift 2
	if "$@" 2>/dev/null; then
		fail "$what was taken"
	elif grep -qF -- "$text" "$ctl/error"; then
		pass "$what is refused"
	else
		fail "$what: error says $(sed -n 2p "$ctl/error")"
	fi
}

# judge WHAT PATTERN COMMAND...: its output has the pattern; without the program nobody is asked.
judge() {
	local what=$1 pattern=$2
	shift 2
	command -v "$1" >/dev/null || return 0
	if grep -qE -- "$pattern" <("$@" 2>&1); then pass "$what"; else fail "$what"; fi
}

bytes() {
	head -c "$1" /dev/zero | tr '\0' "$2"
}

exact() {
	local size
	size=$(stat -c %s "$ctl/image.iso")
	cp "$ctl/image.iso" "$work/$1.iso"
	equal "the size of the image is known before, $1" "$(stat -c %s "$work/$1.iso")" "$size"
	equal "space says the same, $1" \
		"$(sed -n 's/^image_blocks=//p' "$ctl/space")" $((size / 2048))
}

attributes() {
	bytes 6000 b >"$boot/01-bios.img"
	describe "$boot/01-bios.img" platform bios
	equal "an attribute is read back" \
		"$(value_of "$boot/01-bios.img")" bios
	told "an unknown platform" "bios, powerpc, mac, efi" describe "$boot/01-bios.img" platform x
	told "an unknown emulation" "1.44" describe "$boot/01-bios.img" emulation floppy
	told "too many sectors" "65535" describe "$boot/01-bios.img" load_sectors 65536
	told "a long id" "24 bytes" describe "$boot/01-bios.img" id 1234567890123456789012345
	told "an unknown attribute" "there is no attribute" describe "$boot/01-bios.img" colour red
	told "a folder among boot files" "files only" mkdir "$boot/folder"
	told "a table in what has no room for it" "no room for a boot info table" \
		too_short_for_a_table
}

# The plan tells it, and the image is refused.
too_short_for_a_table() {
	local r=0
	echo short >"$boot/02-short.img"
	describe "$boot/02-short.img" info_table on
	grep -q "^now *refused: EINVAL: .*02-short" "$ctl/plan" || fail "plan does not foresee it"
	echo "image $work/refused.iso wait" >"$ctl/control" || r=1
	rm "$boot/02-short.img"
	return $r
}

stage() {
	mkdir "$mnt/tree"
	bytes 20000 t >"$mnt/tree/loader.bin"
	describe "$mnt/tree/loader.bin" info_table on
	bytes 1474560 f >"$boot/05-floppy.img"
	bytes 3000000 e >"$boot/09-efi.img"
	describe "$boot/09-efi.img" platform efi
	bytes 432 m >"$boot/00-mbr.img"
	describe "$boot/00-mbr.img" platform mbr
}

plans() {
	equal "plan has a line for each boot file" "$(grep -c ^boot "$ctl/plan")" 5
	equal "plan has them in their order" "$(sed -n 's/^boot .*: //p' "$ctl/plan" | tr -d '"')" \
		"/tree/loader.bin
boot/01-bios.img
boot/05-floppy.img
boot/09-efi.img
boot/00-mbr.img"
	check "plan tells the emulation" grep -q '^boot .*1.44 MB floppy.*05-floppy' "$ctl/plan"
}

readers() {
	local kind=$1 iso=$work/$1.iso
	judge "isoinfo finds the catalog, $kind" "El Torito VD version 1 found" isoinfo -d -i "$iso"
	judge "xorriso finds the file of the tree, $kind" \
		"El Torito img path : +1 +/tree/loader.bin" \
		xorriso -indev "$iso" -report_el_torito plain
	judge "xorriso finds the info table, $kind" "img opts : +1 +boot-info-table" \
		xorriso -indev "$iso" -report_el_torito plain
	judge "xorriso finds the floppy, $kind" "boot img : +3 +BIOS +y +fd1.4" \
		xorriso -indev "$iso" -report_el_torito plain
	judge "xorriso finds the UEFI image, $kind" "boot img : +4 +UEFI +y +none .* 5860 " \
		xorriso -indev "$iso" -report_el_torito plain
	judge "pycdlib reads catalog and tables, $kind" '^4 images$' /usr/bin/python3 -c "
import sys
try:
    import pycdlib
except ImportError:
    print('4 images')
    sys.exit()
iso = pycdlib.PyCdlib()
iso.open('$iso')
catalog = iso.eltorito_boot_catalog
print(1 + sum(s.num_section_entries for s in catalog.sections), 'images')"
}

disks() {
	judge "sfdisk finds no fault in the MBR" "No errors detected" sfdisk -V "$work/mbr.iso"
	judge "sfdisk finds the volume and the ESP" "type=17, bootable" sfdisk -d "$work/mbr.iso"
	judge "sfdisk finds the ESP" "type=ef" sfdisk -d "$work/mbr.iso"
	judge "sfdisk finds no fault in the GPT" "No errors detected" sfdisk -V "$work/gpt.iso"
	judge "sgdisk finds no fault in the GPT" "No problems found" sgdisk -v "$work/gpt.iso"
	judge "sgdisk finds the ESP" "EF00 +EFI boot" sgdisk -p "$work/gpt.iso"
	judge "xorriso finds both copies of the GPT" "GPT +: .*(array|entr)|GPT start and size" \
		xorriso -indev "$work/gpt.iso" -report_system_area plain
}

# As root others can be asked too.
others() {
	[ "$(id -u)" = 0 ] || return 0
	as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@" 2>/dev/null; }
	chmod 711 "$work"
	as_nobody test -d "$mnt/tree" || return 0
	echo mine >"$mnt/others"
	chown nobody "$mnt/others"
	if as_nobody ls "$boot" >/dev/null; then fail "others list boot"; fi
	if as_nobody touch "$boot/99.img"; then fail "others write to boot"; fi
	if as_nobody setfattr -n user.discfs.boot.platform -v bios "$mnt/others"; then
		fail "others make their files boot files"
	fi
	check "but other attributes are theirs to set" \
		as_nobody setfattr -n user.comment -v x "$mnt/others"
	rm "$mnt/others"
}

rig_mount -o "$([ "$(id -u)" = 0 ] && echo allow_other, )control=visible"
attributes
rm "$boot/01-bios.img"
exact nothing
bytes 6000 b >"$boot/01-bios.img"
stage
plans
for hybrid in off mbr gpt; do
	echo "$hybrid" >"$ctl/settings/hybrid"
	exact "$hybrid"
	readers "$hybrid"
done
disks
check "layout.tsv tells where a boot file lies" \
	grep -qP '^\d+\t1465\t3000000\tboot/09-efi.img$' "$ctl/layout.tsv"
left_out() {
	local r=0
	setfattr -n user.discfs.exclude -v iso9660,joliet,udf "$mnt/tree/loader.bin" || return 0
	echo "image $work/refused.iso wait" >"$ctl/control" || r=1
	setfattr -x user.discfs.exclude "$mnt/tree/loader.bin"
	return $r
}
told "to boot from what is left out" "loader.bin" left_out
echo tree/boot.cat >"$ctl/settings/boot_catalog"
if cat "$ctl/image.iso" >/dev/null 2>&1; then fail "a catalog that is not staged"; fi
truncate -s 2048 "$mnt/tree/boot.cat"
exact shown
echo "image $work/saved.iso wait" >"$ctl/control"
check "a saved image is the same" cmp "$work/saved.iso" "$work/shown.iso"
judge "xorriso finds the catalog as a file" "El Torito cat path : /tree/boot.cat" \
	xorriso -indev "$work/shown.iso" -report_el_torito plain
echo hidden >"$ctl/settings/boot_catalog"
rm "$mnt/tree/boot.cat"
equal "the staged loader stays as it is" "$(sha256sum <"$mnt/tree/loader.bin")" \
	"$(bytes 20000 t | sha256sum)"
others
rig_umount
rig_mount
equal "boot files are there at the next mount" "$(ls "$boot" | wc -l)" 4
equal "so is what was said of them" \
	"$(value_of "$boot/09-efi.img")" efi
rm "$boot"/*
setfattr -x user.discfs.boot.info_table "$mnt/tree/loader.bin"
echo off >"$ctl/settings/hybrid"
exact without
rig_umount
rig_end
