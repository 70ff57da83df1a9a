#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Media over mounts: two sessions that strangers read, a medium that is overwritten and erased.
source "$(dirname "$0")/rig.sh"
rig_init xorriso jq

# listing LBA: the names that the session at that block holds.
listing() {
	xorriso -abort_on FATAL -report_about SORRY -load sbsector "$1" -indev "stdio:$medium" \
		-find / -type f 2>/dev/null | sort | tr -d "'" | tr '\n' ' '
}

rig_mount --medium=dvd+r
echo one >"$mnt/one"
check "a first session is burned" control "burn close=appendable wait"
medium=$(status .medium.file)
next=$(status .medium.next_writable)
capacity=$(space capacity_blocks)
equal "what is left is what df has" "$(stat -f -c %b "$mnt")" "$capacity"
check "the rest is less than the disc" test "$capacity" -lt $((2295104 - next + 1))
rig_umount
rig_mount
equal "the next mount finds it appendable" "$(status .medium.state)" appendable
rm "$mnt/one"
echo two >"$mnt/two"
check "session.bin is what comes next" test -s "$mnt/.discfs/session.bin"
cp "$mnt/.discfs/session.bin" "$work/session.bin"
check "a second session is burned" control "burn wait"
check "... as session.bin showed it" \
	cmp -n "$(stat -c %s "$work/session.bin")" "$work/session.bin" \
	<(tail -c +$((next * 2048 + 1)) "$medium")
equal "xorriso finds the first" "$(listing 0)" "/SHA256SUMS /one "
equal "xorriso finds the second" "$(listing "$next")" "/SHA256SUMS /two "
equal "the disc stays appendable" "$(status .medium.state)" appendable
check "close finalises it" control "close wait"
equal "... and it is closed" "$(status .medium.state)" closed
control_refused EROFS closed "a closed disc takes no burn" burn

check "a DVD+RW is put in" control "load medium=dvd+rw"
check "it is formatted and burned" control "burn wait"
control_refused EEXIST overwrite "it is not overwritten unasked" burn
echo three >"$mnt/three"
check "it is when asked to" control "burn overwrite wait"
medium=$(status .medium.file)
equal "xorriso finds the new tree" "$(listing 0)" "/SHA256SUMS /three /two "
check "verify agrees" control "verify wait"
rig_umount
rig_mount --medium=dvd+rw
equal "the next mount finds it written" "$(status .medium.state)" overwritable
check "it is erased" control "erase wait"
equal "... and blank" "$(status .medium.state)" blank
rig_umount
rig_end
