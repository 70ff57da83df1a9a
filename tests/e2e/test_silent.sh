#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sources added by reference lie on a file system that does not answer any more: who reads them
# waits, nobody else does, and whoever waits can be killed.
source "$(dirname "$0")/rig.sh"
rig_init jq python3
[ "$(id -u)" = 0 ] || rig_skip "only the superuser can unmount without fusermount3"
silent_fs=$DISCFS_BUILD/tests/silent_fs
[ -x "$silent_fs" ] || rig_skip "silent_fs is not built"

# A promise of an answer is kept long before this; the test would wait for ever without it.
answers() {
	local sentence=$1
	shift
	check "$sentence" timeout 60 "$@"
}

# Until process $1 waits for an answer of the mount, in one of the states $2.
waits() {
	until [[ $(cut -d' ' -f3 "/proc/$1/stat") == [$2] ]] &&
		grep -q -e request_wait_answer -e folio_wait "/proc/$1/wchan"; do
		kill -0 "$1"
	done
}

# Every kind of work that has nothing to do with the sources.
works() {
	answers "$1: ls -l" ls -lR "$mnt"
	answers "... df" df "$mnt"
	answers "... status" cat "$mnt/.discfs/status"
	answers "... space" cat "$mnt/.discfs/space"
	answers "... cp into the mount" cp "$work/file" "$mnt/file-$((++works))"
	answers "... cp out of it" cmp "$work/file" "$mnt/file-$works"
	answers "... fsync" sync "$mnt/file-$works"
	answers "... opening and closing the same files" touch "${idle[@]}"
	answers "... its name" mv "$mnt/ref/b" "$mnt/ref/moved"
	mv "$mnt/ref/moved" "$mnt/ref/b"
}

# In the foreground, so that its end is seen.
start() {
	rig_mounts+=("$mnt")
	# The leak sanitizer would wait for threads that wait for the source.
	ASAN_OPTIONS=detect_leaks=0 "$DISCFS" -f --project="$project" "$mnt" 2>>"$work/log" &
	daemon=$!
	until mountpoint -q "$mnt"; do kill -0 $daemon; done
}

ends() {
	check "$1" umount "$mnt"
	answers "... and its daemon" tail --pid=$daemon -f /dev/null
	kill -KILL $daemon 2>/dev/null || true # a test that waits for ever tells nothing
	wait $daemon || fail "the daemon ended with $?"
}

works=0
idle=("$mnt/ref/"{a,b,c}) # nobody changes them just now
mkdir "$work/far"
"$silent_fs" "$work/far" &
far=$!
until mountpoint -q "$work/far"; do kill -0 $far; done
head -c 100000 /dev/urandom >"$work/file"
start
check "a tree is added by reference" "$DISCCTL" -m "$mnt" add "$work/far" ref
equal "... and read where it lies" "$(sha256sum <"$mnt/ref/a")" \
	"$(head -c 300000 /dev/zero | tr '\0' a | sha256sum)"
printf changed | dd of="$mnt/ref/b" conv=notrunc status=none
equal "... and copied when it is written to" "$(head -c 9 "$mnt/ref/b")" changedbb
equal "... whole" "$(stat -c %s "$mnt/ref/b") $(tr -d b <"$mnt/ref/b")" "300000 changed"
truncate -s 1000 "$mnt/ref/b"
equal "... or cut" "$(wc -c <"$mnt/ref/b")" 1000
# An image has the sum of every file: nothing reads the sources for that any more.
check "an image is made of it" cp "$mnt/.discfs/image.iso" /dev/null
echo 3 >/proc/sys/vm/drop_caches

# Nobody looks at the far mount from here on, but those that shall hang.
kill -USR1 $far
cat "$mnt/ref/a" >/dev/null 2>&1 &
reader=$!
waits $reader SD
works "while somebody reads a source that is silent"
dd if=/dev/zero of="$mnt/ref/a" bs=100 count=1 conv=notrunc status=none 2>/dev/null &
writer=$!
waits $writer S
idle=("$mnt/ref/"{b,c})
works "while somebody writes to it, too"
truncate -s 70000 "$mnt/ref/c" 2>/dev/null &
cutter=$!
waits $cutter S
idle=("$mnt/ref/b")
works "while somebody cuts another"
for i in {1..70}; do
	dd if="$mnt/ref/c" of=/dev/null bs=1 skip=$i count=1 iflag=direct status=none 2>/dev/null &
	many+=($!)
done
for client in "${many[@]}"; do waits "$client" SD; done
works "while very many do"
kill -KILL $reader $writer $cutter "${many[@]}"
answers "whoever waits can be killed" tail --pid=$reader -f /dev/null
answers "... and the writer" tail --pid=$writer -f /dev/null
answers "... and who cuts" tail --pid=$cutter -f /dev/null
for client in "${many[@]}"; do
	timeout 60 tail --pid="$client" -f /dev/null || fail "a reader lives"
done
wait $reader $writer $cutter "${many[@]}" 2>/dev/null || true
ends "the mount ends though its sources hang"
start
idle=("$mnt/ref/"{a,b,c})

# A command that waits, for a copy that never ends. The kernel interrupts a request once, at any
# signal; a program that is told EINTR for one that it catches may send the command again.
client='
import ctypes, os, signal, sys
for s in (signal.SIGCHLD, signal.SIGINT):
    signal.signal(s, lambda *a: None)
    signal.siginterrupt(s, False)
fd = os.open(sys.argv[1], os.O_WRONLY)
print("opened", flush=True)
line = sys.argv[2].encode()
libc = ctypes.CDLL(None, use_errno=True)
r = libc.write(fd, line, len(line))
print(r, os.strerror(ctypes.get_errno()), flush=True)
os._exit(0)'
python3 -c "$client" "$mnt/.discfs/control" $'copy '"$work/far"$' far wait\n' >"$work/written" &
waiter=$!
# A signal that meets the opening is not what this is about.
until grep -q opened "$work/written"; do kill -0 $waiter; done
waits $waiter S
kill -CHLD $waiter
waits $waiter D
works "after a signal that the caller catches"
equal "it goes on waiting" "$(cat "$work/written")" "opened"
kill -INT $waiter
answers "Ctrl-C ends the waiting, also after that" tail --pid=$waiter -f /dev/null
equal "... with EINTR" "$(tail -n 1 "$work/written")" "-1 Interrupted system call"
equal "... and the job goes on" "$(status .job.state)" prepare
kill -KILL $far
wait $far 2>/dev/null || true
umount -l "$work/far" # the copy may hold it for a moment
ends "the mount ends when the sources are gone"
if grep -E 'Sanitizer|runtime error' "$work/log"; then fail "the daemon complained"; fi
rig_mount
equal "what was staged is all there" \
	"$(cmp "$work/file" "$mnt/file-1" && ls "$mnt/ref" | tr '\n' ' ')" "a b c "
check "... without a fault but sources that are gone" \
	bash -c "'$DISCCTL' -m '$mnt' check | grep -v '^left source' | grep -q ' 2 faults'"
rig_umount
rig_end
