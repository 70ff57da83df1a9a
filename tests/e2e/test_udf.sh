#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UDF from the mount: the projection is the size of the image after every kind of change, and what
# 7-Zip extracts is what was staged.
source "$(dirname "$0")/rig.sh"
rig_init 7z setfattr setfacl
rig_mount
cd "$mnt"

# exact SENTENCE: space and image.iso are of one mind.
exact() {
	equal "$1" "$(stat -c %s .discfs/image.iso)" \
		$(($(sed -n 's/^image_blocks=//p' .discfs/space) * 2048))
}

# edits: every kind of change, on a layout that is empty before and after.
edits() {
	mkdir -p dir/sub
	echo small >file
	exact "$1: a few files"
	for size in 1832 1833 1872 1873 2048 2049 10; do
		truncate -s $size file
		exact "$1: a file of $size bytes"
	done
	setfattr -n user.short -v value file
	setfattr -n user.long -v "$(printf 'x%.0s' {1..3000})" dir
	setfacl -m u:1234:rwx file
	exact "$1: attributes and an ACL"
	for i in $(seq 60); do setfattr -n "user.with_a_longer_name_$i" -v "$i" file; done
	exact "$1: many attributes"
	for i in $(seq 80); do echo "$i" >"dir/a file whose name takes some room, number $i"; done
	exact "$1: a directory that outgrows its file entry"
	ln file dir/link && ln -s "$(printf 'component/%.0s' {1..300})" long
	exact "$1: links"
	mv dir/sub dir/other && rm dir/link && setfattr -x user.long dir
	exact "$1: what is moved, removed and taken off"
	rm -r dir file long
	exact "$1: nothing"
}

for form in udf,1.02 udf,1.50 udf,2.01 udf,2.60 auto,auto auto,2.50; do
	echo "${form%,*}" >.discfs/settings/filesystems
	echo "${form#*,}" >.discfs/settings/udf_revision
	edits "$form"
done

cp -a "$DISCFS_SOURCE/include" .
echo é >été.txt
for form in udf,1.02 udf,2.01 auto,auto; do
	echo "${form%,*}" >.discfs/settings/filesystems
	echo "${form#*,}" >.discfs/settings/udf_revision
	"$DISCCTL" -m "$mnt" image "$work/$form.iso" >/dev/null
	check "$form: 7-Zip extracts it" 7z x -tudf -o"$work/$form" "$work/$form.iso"
	check "$form: SHA256SUMS hold" env -C "$work/$form" sha256sum --quiet -c SHA256SUMS
	equal "$form: ... of every file" "$(wc -l <"$work/$form/SHA256SUMS")" \
		"$(find . -type f | wc -l)"
	check "$form: and it is what was staged" diff -r -x SHA256SUMS "$mnt" "$work/$form"
done
cd /
exit $rig_failed
