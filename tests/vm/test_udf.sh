#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A kernel that is nobody's but Debian's mounts our UDF volumes, and Rock Ridge with directories at
# any depth: names, kinds, modes, owners, links, sizes, times, targets and content are those that
# were staged, and it complains of nothing.
source "$(dirname "$0")/../e2e/rig.sh"
rig_init qemu-system-x86_64
[ "$(id -u)" = 0 ] || rig_skip "owners and devices need root"

vm=$DISCFS_BUILD/vm
status=0
"$DISCFS_SOURCE/tests/vm/prepare" "$vm" guest || status=$?
[ $status != 77 ] || exit 77
check "the guest is made" test $status = 0

rig_mount
cd "$mnt"
mkdir -p a/b/c/d/e/f/g/h/i/j/k many
for i in $(seq 300); do echo "$i" >"many/file number $i of many, with a name of some length"; done
for size in 0 1 1831 1832 1833 1872 1873 2047 2048 2049 100000; do
	head -c $size /dev/urandom >"size$size"
done
echo deep >a/b/c/d/e/f/g/h/i/j/k/deep
# Linux reads 253 bytes of a name of Rock Ridge.
echo é >é.txt && echo 日本 >日本語.txt && echo x >"$(printf 'n%.0s' {1..249}).txt"
ln size2049 a/hard && ln size2049 a/b/harder
ln -s a/b/c relative && ln -s /absolute/path absolute && ln -s ../.././x/../y dots
# Linux reads no target that takes more than a block.
ln -s "$(printf 'component/%.0s' {1..100})end" long
mkfifo pipe && mknod null c 1 3 && mknod disk b 8 17
chmod 4751 size1 && chmod 1777 many && chmod 0 size0 && chown 1234:5678 size2048 a/b
touch -d '1975-05-05 05:05:05 UTC' size1832 && touch -d '2037-01-01 UTC' size2047
cd / && (cd "$mnt" && sh "$DISCFS_SOURCE/tests/vm/listing") >"$work/wanted"

# save NAME FILESYSTEMS REVISION ACCESS [LETTER]: the letter says how the guest mounts it.
drives=() names=()
echo off >"$mnt/.discfs/settings/checksums"
save() {
	local image=$work/$1.iso
	echo "$2" >"$mnt/.discfs/settings/filesystems"
	echo "$3" >"$mnt/.discfs/settings/udf_revision"
	echo "$4" >"$mnt/.discfs/settings/udf_access"
	check "saving $1" "$DISCCTL" -m "$mnt" image "$image"
	drives+=(-drive "file=$image,if=none,format=raw,readonly=on,id=$1"
		-device "virtio-blk-pci,drive=$1,serial=${5:-u}")
	names+=("$1")
}
save bridge auto auto read-only
save alone udf auto read-only
save bridge250 auto 2.50 read-only
save alone260 udf 2.60 read-only
save vat150 udf 1.50 write-once
save vat200 udf 2.00 write-once
save rockridge iso9660,rockridge auto read-only i
echo relocate >"$mnt/.discfs/settings/deep_directories"
save relocated iso9660,rockridge auto read-only i
rig_umount

timeout 300 qemu-system-x86_64 -accel tcg -cpu max -smp 1 -m 512 -nographic -nodefaults \
	-no-user-config -no-reboot -serial "file:$work/console" -serial "file:$work/found" \
	-kernel "$vm/vmlinuz" -initrd "$vm/guest.initrd" -append "console=ttyS0 quiet panic=-1" \
	"${drives[@]}" </dev/null || true
holds "the guest came to its end" "$(tail -n 1 "$work/found")" "== end"
for i in "${!names[@]}"; do
	drive=vd$(printf "\\x$(printf %x $((97 + i)))")
	sed -n "/^== $drive /,/^== /p" "$work/found" | sed '1d;$d' >"$work/got"
	check "the kernel finds in ${names[$i]} what was staged, and no fault" \
		diff "$work/wanted" "$work/got"
done
exit $rig_failed
