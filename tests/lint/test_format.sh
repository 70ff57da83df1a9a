#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every C file is as clang-format with .clang-format would write it.
set -euo pipefail
cd "${DISCFS_SOURCE:-$(dirname "$0")/../..}"
if ! command -v clang-format >/dev/null; then
	echo "skipped: clang-format is not installed"
	exit 77
fi
find src include tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
