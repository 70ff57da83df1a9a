#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Clients that are killed while a request of theirs is not answered: none keeps the mount busy.
source "$(dirname "$0")/rig.sh"
rig_init jq setfattr
[ "$(id -u)" = 0 ] || rig_skip "only the superuser can unmount without fusermount3"
sleep 100 &
until [[ $(cut -d' ' -f3 "/proc/$!/stat") == S ]]; do :; done
[ "$(cat "/proc/$!/wchan")" != 0 ] || rig_skip "the kernel does not tell what processes wait for"
kill $!

# In the foreground, so that its process is known.
start() {
	rig_mounts+=("$mnt")
	"$DISCFS" -f --project="$project" "$@" "$mnt" 2>>"$work/log" &
	daemon=$!
	until mountpoint -q "$mnt"; do kill -0 "$daemon"; done
}

# Until process $1 waits for an answer of the mount, or for others that do.
blocked() {
	until grep -q -e request_wait_answer -e fuse_lock_inode "/proc/$1/wchan"; do
		kill -0 "$1"
	done
}

# Kills the client, which must go; then the mount ends at the first try and the daemon with it.
ends() {
	local sentence=$1 client=$2 status=0
	kill -KILL "$client"
	wait "$client" 2>/dev/null || true
	kill -CONT "$daemon"
	check "$sentence: umount works at once" umount "$mnt"
	wait "$daemon" || status=$?
	equal "... and the daemon ends well" "$status" 0
}

stage() {
	echo "load medium=bd-r" >"$mnt/.discfs/control"
	[ -e "$mnt/large" ] || head -c 300M /dev/zero >"$mnt/large"
}

# What waits by design: streams, and commands that were asked to.
start
cat "$mnt/.discfs/events" >/dev/null &
blocked $!
ends "a reader of events" $!

start
stage
echo "burn wait" >"$mnt/.discfs/control" &
waiter=$!
until [ "$(status .job.state)" = write ] || ! kill -0 $waiter 2>/dev/null; do :; done
cat "$mnt/.discfs/progress" >/dev/null &
blocked $!
kill -KILL $!
ends "a writer of \"burn wait\" and a reader of progress" $waiter
start
equal "... and what was staged is all there" "$(stat -c %s "$mnt/large")" $((300 << 20))

# What waits because the daemon does not answer just now. A request that it has read already cannot
# be taken back, so that these wait in the queue.
questions=(
	"exec stat '$mnt/nothing-yet'"
	"exec ls '$mnt'"
	"exec cat '$mnt/file'"
	"echo more >>'$mnt/file'"
	"echo new >'$mnt/new'"
	"exec mkdir '$mnt/dir'"
	"exec mv '$mnt/file' '$mnt/moved'"
	"exec rm '$mnt/file'"
	"exec sync '$mnt/file'"
	"exec df '$mnt'"
	"exec truncate -s 99 '$mnt/file'"
	"exec ln '$mnt/file' '$mnt/link'"
	"exec setfattr -n user.a -v b '$mnt/file'"
	"exec fallocate -l 5000 '$mnt/file'"
	"exec cat '$mnt/.discfs/space'"
	"echo status >'$mnt/.discfs/control'"
)
echo some >"$mnt/file"
for question in "${questions[@]}"; do
	kill -STOP "$daemon"
	sh -c "exec 2>/dev/null; $question" >/dev/null &
	blocked $!
	ends "a client killed in: ${question//$mnt/MNT}" $!
	start
	[ -e "$mnt/file" ] || echo some >"$mnt/file"
done

# The daemon is stopped, its clients go, it wakes: all answers are for nobody.
[ -e "$mnt/file" ] || fail "the file is gone"
kill -STOP "$daemon"
clients=()
for i in {1..20}; do
	stat "$mnt/nothing-$i" 2>/dev/null &
	clients+=($!)
	blocked $!
done
kill -KILL "${clients[@]}"
wait "${clients[@]}" 2>/dev/null || true
kill -CONT "$daemon"
check "after many lost clients it answers" stat "$mnt/file"
check "... and nobody keeps it busy" umount "$mnt"
wait "$daemon" || fail "the daemon ended with $?"

# The daemon itself is killed: who has files open hears it, and umount works.
start
exec 5<"$mnt/file" 6>>"$mnt/file"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
refused ENOTCONN "" "reading a mount whose daemon was killed" stat "$mnt/file"
exec 5<&- 6>&-
check "umount of a dead mount" umount "$mnt"
start
equal "it all is there again" "$(cat "$mnt/file")" some
umount "$mnt"
wait "$daemon" || fail "the daemon ended with $?"
if grep -E 'Sanitizer|runtime error' "$work/log"; then fail "the daemon complained"; fi
rig_end
