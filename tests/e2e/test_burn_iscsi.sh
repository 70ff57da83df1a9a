#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A recorder on another machine: somebody else's, reached by iSCSI, burned and read back; and what
# happens when it is not there, lets nobody in, or goes away.
source "$(dirname "$0")/iscsi_rig.sh"

source_tree() {
	mkdir "$1" "$1/dir"
	seq 1 60000 >"$1/numbers"
	cp -r "$DISCFS_SOURCE/src" "$1/dir/"
	ln -s numbers "$1/link"
}

burns_and_reads_back() {
	rig_mount --recorder="$(tgt_url)"
	equal "status names the recorder" "$(status .recorder.id)" "$(tgt_url)"
	equal "... by its own name" "$(status .recorder.vendor)" IET
	equal "the medium is blank" "$(status .medium.state)" blank
	equal "... and a DVD+R" "$(status .medium.type)" dvd+r
	check "files are staged" cp -a "$work/source/." "$mnt"
	check "burn wait burns them over the network" control "burn wait"
	holds "... verified" "$(status .job.outcome)" "read back equal"
	image_bytes=$(stat -c %s "$mnt/.discfs/image.iso")
	check "the target's file is the image" \
		cmp -n "$image_bytes" "$disc" "$mnt/.discfs/image.iso"
	mkdir "$work/read"
	check "bsdtar reads it" bsdtar -C "$work/read" -xpf "$disc"
	check "... as it was" \
		diff -r --no-dereference -x SHA256SUMS "$work/source" "$work/read"
	equal "the medium is closed now" "$(status .medium.state)" closed
	control_refused EROFS closed "it takes nothing more" burn
	control_refused EOPNOTSUPP "cannot load" "nobody can put a disc in from here" load
}

# Between two commands: the next one comes on a new connection, and the medium is looked at anew.
survives_a_restart_of_the_target() {
	tgt_again
	check "a burn after the target was started again" control "burn wait"
	holds "... verified" "$(status .job.outcome)" "read back equal"
	check "... and right" cmp -n "$image_bytes" "$disc" "$mnt/.discfs/image.iso"
}

tells_a_broken_connection() {
	tgt_kill
	control_refused ENODEV "does not answer" "without the target there is no recorder" burn
	check "the mount answers all the same" ls -l "$mnt"
	check "... and takes files" cp "$work/source/numbers" "$mnt/more"
	tgt_again
	check "and burns when the target is there again" control "burn wait"
	rig_umount
	tgt_again
}

# A burn that has begun to write: long enough to be met in the middle.
begin_long_burn() {
	rig_mount --recorder="$(tgt_url)"
	truncate -s 500M "$mnt/zeros"
	control "burn verify=none"
	grep -m 1 -q "state=write percent=[2-9]" "$mnt/.discfs/progress" ||
		fail "the burn does not get on: $(tail -n 1 "$mnt/.discfs/progress")"
}

# What the recorder does not answer keeps nobody else waiting.
lives_with_a_recorder_that_hangs() {
	begin_long_burn
	kill -STOP "$tgt_pid"
	check "ls answers while the recorder hangs" ls -l "$mnt"
	check "... and df" df "$mnt"
	check "... and cp" cp "$work/source/numbers" "$mnt/meanwhile"
	check "... and fsync" sync "$mnt/meanwhile"
	equal "... and status: the job goes on" "$(status .job.state)" write
	kill -CONT "$tgt_pid"
	grep -q "state=done" "$mnt/.discfs/progress" || true
	equal "and when it goes on, so does the burn" "$(status .job.state)" done
	rm "$mnt/meanwhile"
	rig_umount
	tgt_again
}

tells_a_connection_that_breaks_in_a_burn() {
	begin_long_burn
	tgt_kill
	grep -q "state=failed" "$mnt/.discfs/progress" || true
	equal "a burn whose connection breaks has failed" "$(status .job.state)" failed
	holds "... and says what the disc is" "$(cat "$mnt/.discfs/error")" "unfinished track"
	holds "... and why" "$(cat "$mnt/.discfs/error")" "connection to the recorder broke"
	check "what is staged is there" test "$(stat -c %s "$mnt/zeros")" = $((500 << 20))
	rm "$mnt/zeros"
	rig_umount
	tgt_again
}

# not_mounted ERRNO-WORDS SENTENCE URL
not_mounted() {
	local said
	if said=$("$DISCFS" --project="$work/none" --recorder="$3" "$mnt" 2>&1); then
		umount "$mnt"
		fail "$2: it was mounted"
	else
		holds "$2" "$said" "$1"
	fi
	case $said in *secret*) fail "... with the password in its sentence: $said" ;; esac
}

refuses_what_is_no_recorder() {
	not_mounted "not an optical drive" "a unit that is no drive" "$(tgt_url 0)"
	not_mounted "no such unit" "a unit that is not there" "$(tgt_url 7)"
	not_mounted "does not let us in" "a target that is not there" "$(tgt_url | sed s/:dvd/:cd/)"
	not_mounted "does not answer" "a port where nobody listens" \
		"iscsi://127.0.0.1:1/$IQN/1"
	not_mounted "wanted iscsi://" "a URL that is none" "iscsi://127.0.0.1"
}

lets_in_by_password() {
	tgt --op new --mode account --user archivist --password secret-of-12
	tgt --op bind --mode account --tid 1 --user archivist
	not_mounted "uthenti" "a target that wants a name" "$(tgt_url)"
	not_mounted "uthenti" "a wrong password" "$(tgt_url 1 archivist%secret-wrong@)"
	rig_mount --recorder="$(tgt_url 1 archivist%secret-of-12@)"
	equal "the right password lets in, and is not told" "$(status .recorder.id)" "$(tgt_url)"
	rig_umount
}

rig_init tgtd tgtadm tgtimg bsdtar jq
tgt_init
tgt_again
trap 'tgt_kill; rig_clean' EXIT
source_tree "$work/source"
burns_and_reads_back
survives_a_restart_of_the_target
tells_a_broken_connection
lives_with_a_recorder_that_hangs
tells_a_connection_that_breaks_in_a_burn
refuses_what_is_no_recorder
lets_in_by_password
rig_end
