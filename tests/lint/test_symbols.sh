#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No two functions or variables of different modules have one name: of static libraries the linker
# silently takes the first that it meets.
set -euo pipefail
cd "${DISCFS_BUILD:-$(dirname "$0")/../../build}"
libraries=(src/lib*.a)
if [ ! -e "${libraries[0]}" ]; then
	echo "skipped: nothing is built"
	exit 77
fi
twice=$(nm --defined-only --extern-only "${libraries[@]}" 2>/dev/null |
	awk '$2 ~ /[TDBRC]/ && $3 !~ /^__/ { print $3 }' | sort | uniq -d)
[ -n "$twice" ] || exit 0
nm --defined-only --extern-only --print-file-name "${libraries[@]}" 2>/dev/null |
	grep -Fw "$twice" | cut -d: -f1,2,3
exit 1
