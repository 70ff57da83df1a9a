#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What cannot be is refused with its errno and a sentence, and nothing is lost by it.
source "$(dirname "$0")/rig.sh"
rig_init jq
ctl=$mnt/.discfs

commands() {
	control_refused EINVAL frobnicate "an unknown command" "frobnicate"
	control_refused EINVAL burn "... with the likely one named" "brun"
	control_refused EINVAL quux "an unknown word" "burn quux=1"
	control_refused EINVAL close "a bad value" "burn close=perhaps"
	control_refused EINVAL quote "an open quote" 'burn "close=disc'
	printf 'burn %5000s\n' '' >"$work/long"
	refused EINVAL "" "a line of 5000 bytes" cp "$work/long" "$ctl/control"
	control_refused EINVAL UTF-8 "invalid UTF-8" $'burn \xff\xfe'
	control_refused EINVAL relative "a relative path" "image here.iso"
	control_refused EOPNOTSUPP version "what this version has not got" "snapshot it"
	control_refused EINVAL floppy "an unknown medium" "load medium=floppy"
	refused EINVAL "" "printf without a newline" bash -c "env printf nonsense >'$ctl/control'"
	refused EINVAL "" "a NUL" bash -c "printf 'burn\\0\\n' >'$ctl/control'"
	equal "none of them began a job" "$(status .job)" null
	check "cat shows the last reply" grep -q '^error ' "$ctl/control"
	check "an empty line and a comment are nothing" control $'\n# comment'
}

settings() {
	refused ENOENT "" "reading an unknown setting" cat "$ctl/settings/nosuch"
	refused EACCES "" "writing an unknown setting" put "$ctl/settings/nosuch" 1
	refused EINVAL "" "a bad value of a setting" put "$ctl/settings/overcommit" maybe
	equal "... changes nothing" "$(cat "$ctl/settings/overcommit")" off
	refused EINVAL "" "a volume id that is too long" \
		put "$ctl/settings/volume_id" "$(printf 'V%.0s' {1..300})"
	check "a good value is taken" put "$ctl/settings/volume_id" GOOD_NAME
	equal "... and read" "$(cat "$ctl/settings/volume_id")" GOOD_NAME
	check "what is allowed is listed" grep -qx on "$ctl/settings/overcommit.allowed"
}

control_directory() {
	local name
	for name in status space progress help image.iso settings/overcommit.allowed; do
		refused EACCES "" "writing $name" bash -c "echo x >'$ctl/$name'"
	done
	refused EACCES "" "making a file in .discfs" touch "$ctl/new"
	refused EACCES "" "making a directory in .discfs" mkdir "$ctl/new"
	refused EACCES "" "removing a control file" rm -f "$ctl/control"
	refused EACCES "" "renaming a control file" mv -T "$ctl/control" "$ctl/other"
	echo staged >"$mnt/file"
	refused EACCES "" "moving a file into .discfs" mv -T "$mnt/file" "$ctl/file"
	refused EACCES "" "linking a file into .discfs" ln "$mnt/file" "$ctl/file"
	mkdir "$mnt/dir"
	refused EACCES "" "renaming onto .discfs" mv -T "$mnt/dir" "$mnt/.discfs"
	refused EEXIST "" "a directory called .discfs" mkdir "$mnt/.discfs"
	refused EACCES "" "removing .discfs" rmdir "$mnt/.discfs"
	rmdir "$mnt/dir"
	check "control is still there" test -f "$ctl/control" -a -f "$mnt/file"
	rm "$mnt/file"
}

names() {
	local shown
	echo x >"$mnt/"$'evil\nstate=done\e[31m"\xff'
	check "odd names burn" control "burn close=appendable wait"
	for shown in status status.json plan progress error control; do
		equal "$shown holds no byte that drives a terminal" \
			"$(LC_ALL=C tr -d '\n\t' <"$ctl/$shown" | tr -cd '\1-\37\177' | wc -c)" 0
	done
	check "status.json stays JSON" jq -e . "$ctl/status.json"
	equal "progress has no forged line" "$(grep -vc ^job= "$ctl/progress" || true)" 0
}

medium_states() {
	control "load medium=dvd+rw"
	check "a DVD+RW takes a burn" control "burn wait"
	control_refused EEXIST blank "a medium that is not blank" burn
	control_refused EMEDIUMTYPE "never closed" "a medium that is never closed" close
	control "load medium=dvd+r"
	control_refused EMEDIUMTYPE erased "a medium that cannot be erased" "erase full"
	check "close=disc closes the disc" control "burn close=disc wait"
	control_refused EROFS "" "a closed disc" burn
	check "eject" control eject
	control_refused ENOMEDIUM "" "no medium" burn
	control "load medium=cd-r"
	refused EINVAL "" "cancel without a job" control cancel
}

own_image() {
	control_refused EINVAL "lies in the mount" "an image into its own mount" \
		"image $mnt/self.iso"
	check "... leaves no file" test ! -e "$mnt/self.iso"
	control_refused EINVAL "lies in the mount" "a medium in its own mount" \
		"load medium=dvd+r file=$mnt/self.iso"
	check "... leaves no file either" test ! -e "$mnt/self.iso"
}

too_big() {
	refused ENOSPC "" "a write past the medium's end" \
		bash -c "head -c 800000000 /dev/zero >'$mnt/big'"
	check "... keeps what fitted" test "$(stat -c %s "$mnt/big")" -gt 600000000
	equal "... and nothing is free" "$(space free_blocks)" 0
	rm "$mnt/big"
	refused ENOSPC "" "a size past the medium's end" truncate -s 800M "$mnt/big"
	rm -f "$mnt/big"
	put "$ctl/settings/overcommit" on
	check "overcommit takes it" truncate -s 800M "$mnt/big"
	control_refused ENOSPC "" "... and the burn refuses it" burn
	holds "... with what is needed" "$(cat "$ctl/control")" "$(space used_blocks)"
	holds "... and what there is" "$(cat "$ctl/control")" "$(space capacity_blocks)"
	rm "$mnt/big"
	put "$ctl/settings/overcommit" off
}

busy() {
	truncate -s 600M "$mnt/large"
	check "a burn begins" control burn
	control_refused EBUSY job "a second burn" burn
	control_refused EBUSY job "a load while burning" "load medium=dvd+r"
	refused EBUSY "" "clear while a file is open" control clear 5<"$mnt/large"
	check "cancel ends it" control cancel
	check "the stream ends with the job" cat "$ctl/progress"
	holds "... cancelled" "$(status .job.state)" cancelled
	check "the layout is still there" test -f "$mnt/large"
	rm "$mnt/large"
}

projects() {
	local other=$work/other-mnt
	mkdir "$other"
	rig_mounts+=("$other")
	refused_mount "in use: mounted at $mnt" "a second mount of the project" "$project"
	if [ "$(id -u)" = 0 ]; then
		mkdir -m 700 "$work/theirs" && chown nobody: "$work/theirs"
		refused_mount "belongs to user" "somebody else's project" "$work/theirs"
	else
		echo "skipped: somebody else's project (needs root)"
	fi
	mkdir -m 777 "$work/open" && chmod 777 "$work/open"
	refused_mount "written by others" "a project that all may write" "$work/open"
	mkdir -m 700 "$work/damaged"
	head -c 20000 /dev/urandom >"$work/damaged/catalog.sqlite"
	cp "$work/damaged/catalog.sqlite" "$work/damage"
	refused_mount catalog "a damaged catalog" "$work/damaged"
	check "... is left as it was" cmp "$work/damage" "$work/damaged/catalog.sqlite"
	refused_mount floppy "an unknown --medium" "$work/new" --medium=floppy
	refused_mount recorder "an unknown --recorder" "$work/new" --recorder=/dev/nosuch
	refused_mount "lies in the mount point" "a project in the mount point" "$other/below"
	rm -r "$other/below"
	refused_mount max_read "-o max_read=, which the kernel would refuse later" "$work/new" \
		-o max_read=4096
	rmdir "$other" && touch "$other"
	refused_mount "not a directory" "a mount point that is a file" "$work/new"
	rm "$other" && mkdir "$other"
}

killed() {
	local pid
	pid=$(sed -n 's/.* by process //p' "$project/lock")
	echo kept >"$mnt/kept"
	kill -KILL "$pid"
	flock "$project/lock" true # until it is gone a request may be cut off in its middle
	refused ENOTCONN "" "a killed daemon's mount" ls "$mnt"
	check "a mount over a killed one" rig_mount
	equal "... has what was staged" "$(cat "$mnt/kept" 2>&1)" kept
	equal "... alone, the dead one is gone" "$(grep -c " $mnt " /proc/mounts)" 1
	rig_umount
}

# refused_mount PART SENTENCE PROJECT [OPTION...]
refused_mount() {
	local part=$1 sentence=$2 dir=$3 said
	shift 3
	if said=$("$DISCFS" --project="$dir" "$@" "$work/other-mnt" 2>&1); then
		fail "$sentence: it was mounted"
	else
		holds "$sentence is refused in words" "$said" "$part"
	fi
}

full_disk() {
	mkdir "$work/small"
	if ! mount -t tmpfs -o size=8m,mode=700 none "$work/small" 2>/dev/null; then
		echo "skipped: a full disk under the store (mount is not possible here)"
		return
	fi
	project=$work/small/project
	rig_mount --medium=bd-r
	put "$ctl/settings/overcommit" on
	truncate -s 20M "$mnt/big"
	control_refused ENOSPC "its file system has" "an image that its disk has no room for" \
		"image $work/small/image.iso"
	check "... leaves no file" test ! -e "$work/small/image.iso"
	rm "$mnt/big"
	put "$ctl/settings/overcommit" off
	refused ENOSPC "" "a full disk under the store" \
		bash -c "head -c 50000000 /dev/zero >'$mnt/big'"
	check "... leaves the mount answering" cat "$ctl/status"
	rm "$mnt/big"
	check "... and room again once files are removed" \
		timeout 10 bash -c "until echo after >'$mnt/after'; do :; done"
	check "... for a file that survives a sync" sync "$mnt/after"
	rig_umount
	rig_mount
	equal "... and a remount" "$(cat "$mnt/after" 2>&1)" after
	rig_umount
}

rig_mount --medium=dvd+r
commands
settings
control_directory
names
medium_states
own_image
too_big
busy
projects
killed
full_disk
rig_end
