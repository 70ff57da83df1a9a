#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command that README.md shows after "$ " works, in a home of its own.
source "$(dirname "$0")/rig.sh"
rig_init bsdtar jq
export HOME=$work/home PATH=$DISCFS_BUILD/src/cli:$PATH
unset XDG_DATA_HOME
mkdir "$HOME"
rig_mounts+=("$HOME/disc")
cd "$DISCFS_SOURCE"
export TMPDIR=$work

sed -n 's/^\$ //p' README.md >"$work/commands"
check "README.md shows commands" test "$(wc -l <"$work/commands")" -ge 5
while read -r command <&3; do
	# This very test runs inside contrib/test.
	if [[ $command == contrib/test* ]]; then
		check "$command is there" test -x contrib/test
		continue
	fi
	check "$command" bash -euo pipefail -c "$command"
	for left in "$work"/discfs.*/disc; do
		! mountpoint -q "$left" || umount "$left" 2>/dev/null || fusermount3 -u "$left"
	done
done 3<"$work/commands"
rig_end
