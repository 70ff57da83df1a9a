#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Images start their boot loaders: from a disc and from a disk, with a BIOS and with UEFI.
source "$(dirname "$0")/../e2e/rig.sh"
source "$(dirname "$0")/vm_rig.sh"
rig_init qemu-system-x86_64 grub-mkstandalone grub-mkimage mformat mcopy setfattr

isolinux=/usr/lib/ISOLINUX modules=/usr/lib/syslinux/modules/bios ovmf=/usr/share/ovmf/OVMF.fd
for file in "$isolinux/isolinux.bin" "$isolinux/isohdpfx.bin" "$modules/ldlinux.c32" "$ovmf" \
	/usr/lib/grub/x86_64-efi/modinfo.sh /usr/lib/grub/i386-pc/boot_hybrid.img; do
	[ -e "$file" ] || rig_skip "there is no $file"
done

make_uefi_image() {
	cat >"$work/grub.cfg" <<-'CFG'
		serial --unit=0 --speed=115200
		terminal_output serial
		echo GRUB-WAS-STARTED
		echo and is done
	CFG
	grub-mkstandalone -O x86_64-efi -o "$work/bootx64.efi" --fonts= --locales= --themes= \
		--install-modules="normal echo serial terminal part_gpt part_msdos iso9660 fat" \
		"boot/grub/grub.cfg=$work/grub.cfg" 2>/dev/null
	mformat -i "$work/efi.img" -C -T $(($(stat -c %s "$work/bootx64.efi") / 512 + 400)) ::
	mmd -i "$work/efi.img" ::/EFI ::/EFI/BOOT
	mcopy -i "$work/efi.img" "$work/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
}

stage() {
	mkdir "$mnt/isolinux"
	cp "$isolinux/isolinux.bin" "$modules/ldlinux.c32" "$mnt/isolinux/"
	printf 'serial 0\nsay ISOLINUX-WAS-STARTED\nsay and waits\nprompt 1\n' \
		>"$mnt/isolinux/isolinux.cfg"
	setfattr -n user.discfs.boot.info_table -v on "$mnt/isolinux/isolinux.bin"
	cp "$isolinux/isohdpfx.bin" "$mnt/.discfs/boot/00-mbr.img"
	setfattr -n user.discfs.boot.platform -v mbr "$mnt/.discfs/boot/00-mbr.img"
	cp "$work/efi.img" "$mnt/.discfs/boot/10-efi.img"
	setfattr -n user.discfs.boot.platform -v efi "$mnt/.discfs/boot/10-efi.img"
}

# Another layout: GRUB for the BIOS, which finds itself by two addresses.
stage_grub() {
	printf '%s\n' "serial --unit=0" "terminal_output serial" "echo GRUB-WAS-STARTED" \
		"echo and is done" >"$work/early.cfg"
	grub-mkimage -O i386-pc-eltorito -p /boot/grub -o "$mnt/.discfs/boot/01-grub.img" \
		-c "$work/early.cfg" biosdisk iso9660 serial terminal echo part_msdos
	setfattr -n user.discfs.boot.info_table -v grub2 "$mnt/.discfs/boot/01-grub.img"
	cp /usr/lib/grub/i386-pc/boot_hybrid.img "$mnt/.discfs/boot/00-mbr.img"
	setfattr -n user.discfs.boot.platform -v mbr "$mnt/.discfs/boot/00-mbr.img"
}

# boot_sector WORD: ds = 0; each character of the word through int 10h; halt.
boot_sector() {
	printf '\x31\xc0\x8e\xd8\xbe\x18\x7c\xfc\xac\x84\xc0\x74\x08\xb4\x0e\x31\xdb\xcd\x10'
	printf '\xeb\xf3\xf4\xeb\xfd%s\r\n\0' "$1"
}

# disk_image FILE BYTES WORD: a partition in the table says what a hard disk is like.
disk_image() {
	truncate -s "$2" "$1"
	boot_sector "$3" | dd of="$1" conv=notrunc status=none
	printf '\x80\x01\x01\x00\x0c\x0f\x3f\x01\x3f\0\0\0\x41\x07\0\0' |
		dd of="$1" bs=1 seek=446 conv=notrunc status=none
	printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

# The same file, once as the floppy that its size makes it, once as a hard disk.
stage_emulated() {
	disk_image "$mnt/.discfs/boot/01-disk.img" 1474560 EMULATION-WAS-STARTED
	[ "$1" = floppy ] ||
		setfattr -n user.discfs.boot.emulation -v hard-disk "$mnt/.discfs/boot/01-disk.img"
}

# starts WHAT WANTED QEMU_OPTION...
starts() {
	local what=$1
	shift
	if vm_expect "$@"; then pass "$what"; else fail "$what"; fi
}

disk() {
	printf '%s' "file=$work/$1.iso,format=raw,if=$2,readonly=on"
}

make_uefi_image
rig_mount
stage
for hybrid in off mbr gpt; do
	echo "$hybrid" >"$mnt/.discfs/settings/hybrid"
	cp "$mnt/.discfs/image.iso" "$work/$hybrid.iso"
done

bios=(-m 128) uefi=(-m 256 -bios "$ovmf")
starts "a BIOS starts it from a disc" ISOLINUX-WAS-STARTED \
	"${bios[@]}" -boot d -cdrom "$work/off.iso"
starts "UEFI starts it from a disc" GRUB-WAS-STARTED "${uefi[@]}" -cdrom "$work/off.iso"
for hybrid in mbr gpt; do
	starts "a BIOS starts it from a disk, $hybrid" ISOLINUX-WAS-STARTED \
		"${bios[@]}" -drive "$(disk $hybrid virtio)"
	starts "UEFI starts it from a disk, $hybrid" GRUB-WAS-STARTED \
		"${uefi[@]}" -drive "$(disk $hybrid virtio)"
	starts "a BIOS starts the same from a disc, $hybrid" ISOLINUX-WAS-STARTED \
		"${bios[@]}" -boot d -cdrom "$work/$hybrid.iso"
done

for kind in floppy hard-disk; do
	rm -rf "$mnt/isolinux" "$mnt"/.discfs/boot/*
	echo off >"$mnt/.discfs/settings/hybrid"
	stage_emulated $kind
	cp "$mnt/.discfs/image.iso" "$work/$kind.iso"
	starts "a BIOS starts a $kind" EMULATION-WAS-STARTED \
		"${bios[@]}" -boot d -cdrom "$work/$kind.iso"
done
rm "$mnt"/.discfs/boot/*
stage_grub
echo mbr >"$mnt/.discfs/settings/hybrid"
cp "$mnt/.discfs/image.iso" "$work/grub.iso"
starts "a BIOS starts GRUB from a disc" GRUB-WAS-STARTED \
	"${bios[@]}" -boot d -cdrom "$work/grub.iso"
starts "a BIOS starts GRUB from a disk" GRUB-WAS-STARTED \
	"${bios[@]}" -drive "$(disk grub virtio)"

rm "$mnt"/.discfs/boot/*
cp "$work/efi.img" "$mnt/efi.img"
setfattr -n user.discfs.boot.platform -v efi "$mnt/efi.img"
for hybrid in mbr gpt; do
	echo "$hybrid" >"$mnt/.discfs/settings/hybrid"
	cp "$mnt/.discfs/image.iso" "$work/tree.iso"
	starts "UEFI starts a file of the tree from a disk, $hybrid" GRUB-WAS-STARTED \
		"${uefi[@]}" -drive "$(disk tree virtio)"
done
rig_umount
rig_end
