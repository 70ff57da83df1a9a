#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# stress-ng's file system class in the mount, each stressor checking what it does. Here so many
# operations each; contrib/stress sets DISCFS_STRESS_SECONDS and so gives each that time.
source "$(dirname "$0")/rig.sh"
rig_init stress-ng

# About half a second of each on a slow machine. Those without are ended by time: a single operation
# of theirs is thousands of calls, or they count none.
declare -A ops=(
	[access]=500 [chattr]=50 [chmod]=50 [chown]=400 [copy-file]=100 [dentry]=200 [dir]=250
	[dirdeep]=500 [dirmany]=1500 [dnotify]=200 [dup]=200 [eventfd]=5000 [fallocate]=10
	[fanotify]=5000 [fcntl]=5000 [fiemap]=1 [file-ioctl]=2000 [filename]=100 [flock]=100000
	[fsize]=200 [fstat]=1000 [getdent]=200 [handle]=50000 [hdd]=3000 [inotify]=3 [io]=50
	[iomix]=800 [ioprio]=20 [lease]=100 [locka]=200000 [lockf]=20000 [lockofd]=200000
	[mknod]=80 [open]=4096 [procfs]=100 [rename]=400 [sync-file]=30 [touch]=1500 [utime]=800
	[verity]=1
)
# These skip themselves: what they try is in no FUSE file system, or not in this kernel.
declare -A absent=(
	[fiemap]="FUSE has no FS_IOC_FIEMAP"
	[verity]="fs-verity is for file systems that were made with it; a local one skips it too"
)

# Of the class. bind-mount is one that stress-ng itself keeps from running, as it may hang a
# machine; binderfs is about a file system of its own.
stressors() {
	stress-ng --class 'filesystem?' 2>&1 | sed 's/.*stressors://' | tr -s ' ' '\n' |
		grep -vx -e '' -e bind-mount -e binderfs
}

# stress NAME: its operations, or its time, in a directory of the mount.
stress() {
	local how=("--$1" 1 -t 1)
	if [ -n "${DISCFS_STRESS_SECONDS:-}" ]; then
		how=("--$1" 2 -t "$DISCFS_STRESS_SECONDS")
	elif [ -n "${ops[$1]:-}" ]; then
		how=("--$1" 1 -t 30 "--$1-ops" "${ops[$1]}")
	fi
	stress-ng "${how[@]}" --verify --temp-path "$mnt" >"$work/said" 2>&1
}

passed=0 skipped=() failed=()
rig_mount
for name in $(stressors); do
	status=0
	stress "$name" || status=$?
	if [ -n "${absent[$name]:-}" ] && grep -q skipping "$work/said"; then
		skipped+=("$name")
		echo "skipped: $name: ${absent[$name]}"
	elif [ $status = 0 ] && ! grep -Eq 'skipping|fail:' "$work/said"; then
		passed=$((passed + 1))
	else
		failed+=("$name")
		fail "$name: status $status"
		tail -n 12 "$work/said"
	fi
done
equal "nothing is left of them" "$(ls -A "$mnt")" ""
check "the mount ends at once" rig_umount
rig_mount
equal "... and comes again, empty" "$(ls -A "$mnt")" ""
rig_umount
echo "stress: $passed stressors passed, ${#failed[@]} failed${failed:+ (${failed[*]})}," \
	"${#skipped[@]} do not apply (${skipped[*]})"
rig_end
