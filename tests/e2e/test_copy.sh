#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `copy` stages what cp -a would, and whoever looked before sees it after.
source "$(dirname "$0")/rig.sh"
rig_init rsync jq getfattr setfattr getfacl setfacl
rig_mount

# Something of every kind, with a name that is no text.
source_tree() {
	mkdir -p "$1/deep/er" "$1/empty" "$1/many"
	seq 1000 >"$1/seq"
	: >"$1/nothing"
	head -c 2500000 /dev/zero | tr '\0' x >"$1/deep/large"
	truncate -s 9M "$1/sparse"
	printf end | dd of="$1/sparse" bs=1 seek=5000000 conv=notrunc status=none
	echo strange >"$1/"$'a\xff\n"b\\'
	seq 300 | while read -r i; do seq "$i" >"$1/many/$i"; done
	ln -s ../seq "$1/deep/link"
	ln "$1/seq" "$1/deep/er/hard"
	mkfifo "$1/fifo"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1/socket"
	setfattr -n user.comment -v 'kept as it is' "$1/seq" "$1/deep"
	setfacl -m u:1234:rwx "$1/nothing"
	setfacl -d -m g:55:rx "$1/empty"
	chmod 4755 "$1/nothing"
	chmod 1770 "$1/empty"
	if [ "$(id -u)" = 0 ]; then
		chown 1234:4321 "$1/deep/large"
		mknod "$1/device" c 1 3 2>/dev/null || true
	fi
	touch -d '2001-02-03 04:05:06.123456789' "$1/seq" "$1/deep"
	touch -h -d '1999-12-31 23:59:59' "$1/deep/link"
}

attributes() {
	(cd "$1" && find . -print0 | sort -z | xargs -0 getfattr -h -d -m - --absolute-names |
		grep -v '^user.discfs')
	(cd "$1" && find . ! -type l -print0 | sort -z | xargs -0 getfacl --absolute-names -n)
}

times() {
	(cd "$1" && find . -mindepth 1 -printf '%T@ %P\0' | sort -z)
}

same_as_source() {
	rig_manifest "$work/src" >"$work/wanted" && rig_manifest "$1" >"$work/got" &&
		same_list "$work/got" "$work/wanted" && cmp <(rig_digests "$work/src") \
		<(rig_digests "$1") && cmp <(times "$work/src") <(times "$1") &&
		cmp <(attributes "$work/src") <(attributes "$1")
}

source_tree "$work/src"
check "names that are not there are remembered" bash -c "! stat '$mnt/tree/seq' '$mnt/src'"
ls -la "$mnt" >/dev/null
links=$(stat -c %h "$mnt")
check "copy waits for its end" control "copy $work/src tree wait"
holds "... and says what it did" "$(status .job.outcome)" "copied "
equal "... as a job of its kind" "$(status .job.kind)" copy
check "what was looked for in vain is there" stat "$mnt/tree/seq"
equal "the root has one directory more" "$(stat -c %h "$mnt")" $((links + 1))
check "all of it is as it was" same_as_source "$mnt/tree"
equal "rsync finds nothing to do" "$(rsync -aHAXni --delete "$work/src/" "$mnt/tree/")" ""
equal "hard links are one file" "$(stat -c %i "$mnt/tree/seq")" \
	"$(stat -c %i "$mnt/tree/deep/er/hard")"
cp -a "$work/src" "$mnt/by-cp"
equal "it takes what cp -a takes" \
	"$(rsync -aHAXni --delete "$mnt/by-cp/" "$mnt/tree/")" ""

# Over what is there: merged, replaced, and seen by who had it open or had looked at it.
ls -lR "$mnt/tree" >/dev/null
cat "$mnt/tree/many/7" >/dev/null
exec 5<"$mnt/tree/many/7"
echo mine >"$mnt/tree/own"
ln "$mnt/tree/many/8" "$mnt/tree/kept"
echo changed >"$work/src/many/7"
echo changed >"$work/src/many/8"
echo new >"$work/src/many/new"
rm "$work/src/many/9" && ln -s nowhere "$work/src/many/9"
check "a second copy merges" "$DISCCTL" -m "$mnt" copy "$work/src/." /tree
equal "... replaces" "$(cat "$mnt/tree/many/7" "$mnt/tree/many/8")" $'changed\nchanged'
equal "... adds" "$(cat "$mnt/tree/many/new")" new
equal "... also another kind" "$(readlink "$mnt/tree/many/9")" nowhere
equal "... keeps what it does not name" "$(cat "$mnt/tree/own")" mine
equal "... and the other name of what it replaces" "$(cat "$mnt/tree/kept")" "$(seq 8)"
equal "... whose links are counted" "$(stat -c %h "$mnt/tree/kept")" 1
equal "who had it open reads on" "$(cat <&5)" "$(seq 7)"
exec 5<&-
rm "$mnt/tree/own" "$mnt/tree/kept"
check "all of it is as it is now" same_as_source "$mnt/tree"

# Failures.
control_refused EINVAL "relative" "a relative source" "copy src wait"
control_refused ENOENT "nothing-here" "a source that is not there" "copy $work/nothing-here wait"
control_refused ENOENT "no directory" "a target below nothing" "copy $work/src /a/b/c"
control_refused EINVAL "mount" "the mount itself" "copy $mnt/tree elsewhere wait"
control_refused EACCES ".discfs" "the control directory" "copy $work/src .discfs wait"
mkdir "$work/in-the-way" && mkdir "$mnt/in-the-way" && echo x >"$work/in-the-way/tree"
mkdir "$mnt/in-the-way/tree"
refused EISDIR "" "a file over a directory" control "copy $work/in-the-way / wait"
holds "... naming it" "$(cat "$mnt/.discfs/error")" "in-the-way/tree"
check "... or goes on without it" control "copy $work/in-the-way / on-error=skip wait"
holds "... and says so" "$(status .job.outcome)" "1 left out"
rmdir "$mnt/in-the-way/tree" "$mnt/in-the-way"
check "the project is never staged into itself" control "copy $work all on-error=skip wait"
check "... nor the mount" test -e "$mnt/all/src/seq" -a ! -e "$mnt/all/project" -a \
	! -e "$mnt/all/mnt"
rm -rf "$mnt/all"
truncate -s 6G "$work/too-large"
control_refused ENOSPC "need" "what does not fit, before anything is copied" "copy $work/too-large"
check "... and nothing is there" test ! -e "$mnt/too-large"

# `clear` is made behind the kernel's back, too.
stat "$mnt/tree/seq" >/dev/null
check "clear" control clear
check "what was looked at is gone" bash -c "! stat '$mnt/tree/seq' && ! stat '$mnt/tree'"
equal "... all of it" "$(ls -A "$mnt")" ""

control "copy $work/src tree wait"
before=$(space used_blocks)
rig_umount
rig_mount
check "a remount keeps all of it" same_as_source "$mnt/tree"
equal "... and the space it takes" "$(space used_blocks)" "$before"
rig_umount

# Killed in the middle: whole files, and a catalog that agrees with itself.
killed() {
	local pid n=0
	rm -rf "$project"
	rig_mount
	pid=$(pgrep -f "^$DISCFS --project=$project " | head -n 1)
	control "copy $work/many many"
	until [ "$(status .job.percent)" -gt "$1" ]; do :; done
	kill -9 "$pid"
	umount -l "$mnt" 2>/dev/null || fusermount3 -uz "$mnt"
	flock "$project/lock" true
	rig_mount
	while IFS= read -r -d '' file; do
		cmp -s "$file" "$work/many/${file#"$mnt"/many/}" || fail "torn: $file"
		n=$((n + 1))
	done < <(find "$mnt/many" -type f -print0)
	check "after kill -9 at $1 percent $n files are whole" test "$n" -gt 0
	check "... and are there to be copied over" control "copy $work/many/. many wait"
	check "... completely" diff -r "$work/many" "$mnt/many"
	rig_umount
}
mkdir "$work/many"
for d in {1..20}; do
	mkdir "$work/many/$d"
	for f in {1..100}; do seq "$d" "$f$d" >"$work/many/$d/$f"; done
done
killed 5
killed 50

# A signal ends the copy and the mount, while a client looks at the same directories.
rm -rf "$project"
rig_mount -f 2>"$work/log" &
daemon=$!
until mountpoint -q "$mnt"; do :; done
control "copy $work/many many"
(while ls -lR "$mnt" >/dev/null 2>&1 && mountpoint -q "$mnt"; do :; done) &
looker=$!
kill -TERM "$(pgrep -P "$daemon" -f "^$DISCFS" || pgrep -f "^$DISCFS --project=$project -f")"
wait "$daemon" || true
wait "$looker" || true
check "a signal ends mount and copy" bash -c "! mountpoint -q '$mnt'"
rig_end
