# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by test_burn_*.sh: stages a real tree, burns it, and reads it back with strangers.
source "$(dirname "$0")/rig.sh"

BIG_BYTES=$((4 * 1024 * 1024 * 1024 + 12345))
FILES_WANTED=10000

# More than 4 GiB in which no two sectors are alike.
big_content() {
	(set +o pipefail; seq 100000000 999999999 | head -c "$BIG_BYTES")
}

stage_big() {
	big_content >"$mnt/more-than-4-gib"
}

count_files() {
	find "$1" -type f | wc -l
}

# Real files of this machine, smallest folders first, until there are enough.
real_files() {
	local from have=0
	for from in usr/share/zoneinfo usr/lib/python3 usr/include usr/share/perl usr/share/doc \
		usr/lib/gcc usr/share/man usr/share/locale; do
		[ -d "/$from" ] && [ "$have" -lt $FILES_WANTED ] || continue
		[ "$(du -sm "/$from" | cut -f1)" -lt 200 ] || continue
		(cd / && cp -a --parents "$from" "$1")
		have=$(count_files "$1")
	done
	mkdir "$1/made"
	for ((; have < FILES_WANTED; have++)); do echo "$have" >"$1/made/$have"; done
}

odd_names() {
	local deep=$1/deep i
	mkdir "$1/odd" "$deep"
	echo a >"$1/odd/"$'new\nline'
	echo b >"$1/odd/"$'esc\e[31mred'
	echo c >"$1/odd/quote\"'\\"
	echo d >"$1/odd/"$'invalid\xff\xfeutf8'
	echo e >"$1/odd/$(printf 'l%.0s' {1..255})"
	echo f >"$1/odd/$(printf 'l%.0s' {1..254})m"
	echo g >"$1/odd/README"
	echo h >"$1/odd/readme"
	echo i >"$1/odd/ leading and trailing "
	echo j >"$1/odd/ünï-日本-😀"
	echo k >"$1/odd/a;1"
	: >"$1/odd/empty"
	mkdir "$1/odd/empty dir"
	ln "$1/odd/README" "$1/odd/hard link"
	ln -s README "$1/odd/symlink"
	ln -s "/$(printf 'very-long-target/%.0s' {1..40})" "$1/odd/long symlink"
	for i in {1..20}; do deep=$deep/level-$i && mkdir "$deep"; done
	echo bottom >"$deep/bottom"
	chmod 751 "$1/odd"
	touch -d '1987-06-05 04:03:02' "$1/odd/README"
}

# The projection is the image, and df says the same.
check_projection() {
	equal "image_blocks is the size of image.iso" \
		$(($(space image_blocks) * 2048)) "$(stat -c %s "$mnt/.discfs/image.iso")"
	equal "used is image and overhead" \
		$(($(space image_blocks) + $(space overhead_blocks))) "$(space used_blocks)"
	equal "df counts in sectors" "$(stat -f -c %S "$mnt")" 2048
	equal "df knows the capacity" "$(stat -f -c %b "$mnt")" "$(space capacity_blocks)"
	equal "df knows what is free" "$(stat -f -c %a "$mnt")" "$(space free_blocks)"
	equal "df has an entry for each name" "$(($(stat -f -c "%c - %d" "$mnt")))" \
		"$(space entries)"
	equal "capacity is used and free" \
		$(($(space used_blocks) + $(space free_blocks))) "$(space capacity_blocks)"
}

# The medium's bytes begin with the image; what follows is padding and counted as overhead.
check_medium() {
	local image=$(($1 * 2048)) used=$2 bytes
	bytes=$(stat -c %s "$medium")
	check "the medium begins with the image" cmp -n "$image" "$mnt/.discfs/image.iso" "$medium"
	check "... and holds no more than was told" \
		test "$bytes" -ge "$image" -a "$bytes" -le $((used * 2048))
	check "... and only zeros behind it" \
		cmp -n $((bytes - image)) <(tail -c +$((image + 1)) "$medium") /dev/zero
}

# extracted NAME DIR SED: DIR holds the source, byte for byte. SED hides from the list of names what
# the reader itself gets wrong.
extracted() {
	check "$1 gives SHA256SUMS, which hold" \
		env -C "$2" sha256sum --quiet --ignore-missing -c SHA256SUMS
	rm -f "$2/SHA256SUMS"
	rig_manifest "$2" | sed -Ez "$3" | sort -z >"$work/got"
	sed -Ez "$3" "$work/manifest" | sort -z >"$work/wanted"
	check "$1 gives names, modes, owners, links, sizes, times" \
		same_list "$work/got" "$work/wanted"
	rig_digests "$2" >"$work/got"
	check "$1 gives contents" same_list "$work/got" "$work/digests"
	rm -rf "$2"
}

# bsdtar forgets the slash where a target goes on in the next SL field.
read_by_bsdtar() {
	mkdir "$work/bsdtar"
	check "bsdtar extracts the disc" \
		bsdtar -C "$work/bsdtar" --exclude more-than-4-gib -xpf "$medium"
	extracted bsdtar "$work/bsdtar" '/ odd.long symlink -> /d'
	[ -z "$1" ] || check "bsdtar gives the big file" \
		cmp <(bsdtar -xOf "$medium" more-than-4-gib) <(big_content)
}

# xorriso does not set the times of symbolic links.
read_by_xorriso() {
	mkdir "$work/xorriso"
	check "xorriso extracts the disc" xorriso -abort_on FATAL -report_about SORRY -for_backup \
		-osirrox on:auto_chmod_off -indev "stdio:$medium" \
		${1:+-rm /more-than-4-gib --} -extract / "$work/xorriso" -rollback_end
	extracted xorriso "$work/xorriso" 's/^(l( [^ ]+){5}) [0-9]+/\1/'
}

read_by_libcdio() {
	check "iso-info reads the disc" iso-info --no-header -l "$medium"
	mv "$work/said" "$work/iso-info"
	check "... to the deepest directory" grep -aq level-20 "$work/iso-info"
	check "iso-read gives a file" iso-read -i "$medium" -e /odd/README -o "$work/iso-read"
	check "... as it was" cmp "$work/iso-read" "$source_tree/odd/README"
	check "7z finds the disc whole" 7z t -tiso "$medium"
}

# burn_and_read_back TYPE [big]
burn_and_read_back() {
	local type=$1 big=${2:-} image used
	rig_init bsdtar xorriso iso-info iso-read 7z jq
	source_tree=$work/source
	mkdir "$source_tree"
	real_files "$source_tree"
	odd_names "$source_tree"
	rig_mount --medium="$type"
	equal "the medium is blank" "$(status .medium.state)" blank
	check "cp -a stages $(count_files "$source_tree") files" cp -a "$source_tree/." "$mnt"
	rig_manifest "$source_tree" >"$work/manifest"
	rig_digests "$source_tree" >"$work/digests"
	[ -z "$big" ] || check "a file over 4 GiB is staged" stage_big
	rig_manifest "$mnt" >"$work/staged"
	check_projection
	image=$(space image_blocks) used=$(space used_blocks)

	check "burn wait burns it" control "burn wait"
	holds "... and says so" "$(cat "$mnt/.discfs/control")" ok
	equal "the job is done" "$(status .job.state)" done
	medium=$(status .medium.file)
	check_medium "$image" "$used"
	check "the staged tree is unchanged" cmp <(rig_manifest "$mnt") "$work/staged"
	read_by_bsdtar "$big"
	read_by_xorriso "$big"
	read_by_libcdio
	check "image PATH saves it" control "image $work/saved.iso wait"
	check "... the same as image.iso" cmp "$work/saved.iso" "$mnt/.discfs/image.iso"
	rig_umount
	rig_end
}
