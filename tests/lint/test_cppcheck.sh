#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# cppcheck has nothing to say about the sources.
set -euo pipefail
cd "${DISCFS_SOURCE:-$(dirname "$0")/../..}"
if ! command -v cppcheck >/dev/null; then
	echo "skipped: cppcheck is not installed"
	exit 77
fi
cppcheck --enable=warning,portability,performance --std=c11 --error-exitcode=1 --inline-suppr \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -j 2 --quiet \
	-D_GNU_SOURCE -DDISCFS_VERSION='"0"' -I include src
