#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# With nothing going on no thread of the daemon has a reason to run: each sleeps in a wait that no
# clock ends. What a thread waits for stands in /proc; no time is measured.
source "$(dirname "$0")/rig.sh"
rig_init
[ "$(uname -m)" = x86_64 ] || rig_skip "the numbers of system calls are those of x86_64"
grep -q libtsan <(ldd "$DISCFS") && rig_skip "ThreadSanitizer has a thread with a clock"
rig_mount
daemon=$(pgrep -f -- "--project=$project")

# Threads that a clock will wake, or that run. futex (202): its fourth argument is the time-out;
# poll (7): the third, -1 for none; 219 goes on with what a signal interrupted.
restless() {
	cat "/proc/$daemon/task"/*/syscall | awk '
		$1 == 202 && $5 == "0x0" { next }
		$1 == 7 && $4 ~ /^0x(ffffffff)?ffffffff$/ { next }
		{ n++ }
		END { print n + 0 }'
}

# The commit of what was done comes first: a second after it.
comes_to_rest() {
	for _ in $(seq 400); do
		[ "$(restless)" = 0 ] && return
		read -rt 0.05 <> <(:) || true
	done
	cat "/proc/$daemon/task"/*/syscall
	false
}

cat "/proc/$daemon/task/$daemon/syscall" >"$work/said" 2>&1 || rig_skip "/proc hides system calls"
check "a fresh mount comes to rest" comes_to_rest
put "$mnt/file" content
check "a change makes one thread wait for its second" [ "$(restless)" -gt 0 ]
check "after the commit it comes to rest" comes_to_rest
cat "$mnt/file" "$mnt/.discfs/status" "$mnt/.discfs/space" >/dev/null
df "$mnt" >/dev/null
check "after looking around it comes to rest" comes_to_rest
control "burn simulate wait" || true
check "after a job it comes to rest" comes_to_rest
rig_umount
rig_end
